/**
 * The mean replacement time that an availability requires: the dissertation's table, and the availability that its
 * figures achieve in simulation.
 *
 * Source: dissertation, chapter 6: for availability A, the mean replacement time must not exceed (1/L) q/(1-q), q =
 * (1-A)^(1/n).
 *
 * Plain simulation of an unavailability of 1e-5 would take too long. Therefore, while some members have failed,
 * failures are made more frequent, and results are weighted by their likelihood: failure biasing over regenerative
 * cycles, from all members up to all members up (A. Goyal, P. Shahabuddin, P. Heidelberger et al., IEEE Transactions on
 * Computers 41, 1992). After each step, a call shows whether the troupe answers. A step counts with the mean of its
 * exponential time instead of a random time (A. Hordijk et al., 1976).
 */
import { line } from "../harness/chart.ts";
import { experiment } from "../harness/experiment.ts";
import { count, duration, ratio } from "../harness/parameters.ts";
import { firstCome } from "../protocols/call/collator.ts";
import { constant } from "../sim/chance/distribution.ts";
import { Stage } from "../sim/stage.ts";
import { chain, requiredReplacement } from "../sim/theory/replacement-model.ts";
import { likelihoods, sizeOfOutage, unbiased, type Bias } from "../sim/troupes/failure-biasing.ts";

class Echo {
  echo(): void {}
}

export default experiment({
  name: "required-replacement",
  question: "How fast must failed members be replaced?",
  reproduces: "dissertation, chapter 6: replacement time needed for an availability",
  parameters: {
    members: count(3, "degree of replication", { min: 1, max: 16 }),
    availability: ratio(0.999, "availability that is asked for", { min: 0.5, max: 1 - 1e-12 }),
    lifetime: duration("1h", "mean time from the start of a machine to its failure", { min: 1000 }),
    bias: ratio(
      0.5,
      "probability that the next step is a failure while some have failed, if it is less than half of that by nature",
      {
        min: 0.05,
        max: 0.95,
      },
    ),
    cycles: count(100, "times in one replication that all members are up and one fails", { min: 1 }),
  },
  measures: {
    requiredReplacement: {
      unit: "s",
      help: "the longest mean replacement time, by the formula; the members are replaced in this time",
      precision: null,
    },
    unavailability: {
      estimator: "rare",
      isDowntime: true,
      help: "fraction of time in which the troupe could not answer",
    },
  },
  async run(p, replication) {
    const world = replication.world({ network: { delay: constant(0.1) } });
    // A crash is detected within milliseconds.
    const stage = new Stage(world, { retransmitInterval: 1, longestInterval: 2, tries: 5, probeInterval: 5 });
    const troupe = stage.troupe("echo", () => new Echo(), p.members);
    const client = stage.client("client");
    const echo = client.import(Echo, troupe.troupe, { collator: firstCome });
    const answers = async (): Promise<boolean> => {
      const call = client
        .thread(() => echo.echo())
        .then(
          () => true,
          () => false,
        );
      await world.run(world.now + 100);
      return call;
    };
    const replacement = requiredReplacement(p.members, p.lifetime, p.availability);
    const random = replication.random("steps");
    const machines = troupe.members.map(({ machine }) => machine);
    let [time, downtime] = [0, 0];
    for (let cycle = 0; cycle < p.cycles; cycle++) {
      let likelihood = 1;
      let biased = true;
      do {
        const living = machines.filter(({ up }) => up);
        const dead = machines.filter(({ up }) => !up);
        const rate = living.length / p.lifetime + dead.length / replacement;
        const answered = await answers();
        time += likelihood / rate;
        if (!answered) downtime += likelihood / rate;
        // After the first outage of a cycle, further failures are not needed, and biasing ends.
        biased &&= answered;
        const natural = living.length / p.lifetime / rate;
        const forced = biased ? forcedFailure(natural, p.bias, dead.length) : natural;
        const fails = random() < forced;
        likelihood *= fails ? natural / forced : (1 - natural) / (1 - forced);
        const among = fails ? living : dead;
        const machine = among[Math.floor(random() * among.length)]!;
        if (fails) machine.crash();
        else machine.restart();
      } while (machines.some(({ up }) => !up));
    }
    return { requiredReplacement: replacement / 1000, unavailability: [downtime, time, outageOf(p, replacement)] };
  },
  model: {
    requiredReplacement: {
      of: published,
      label: "published",
      within: 0.02,
      source: "dissertation, chapter 6: 6 min 40 s with three members, about 20 min with five",
    },
    unavailability: { of: (p) => 1 - p.availability, source: "dissertation, chapter 6" },
  },
  charts: [
    line({ x: "members", y: "requiredReplacement", by: "availability", log: "y" }),
    line({ x: "members", y: "unavailability", by: "availability", log: "y" }),
  ],
  replications: 30,
  sweep: { members: "1..7", availability: [0.99, 0.999, 0.9999, 0.99999], cycles: 500 },
  demo: { cells: { members: [1, 3, 5], availability: [0.999, 0.99999], cycles: 40 }, replications: 15 },
});

/** The dissertation's figures for a lifetime of an hour, in s. */
function published(p: { readonly members: number; readonly availability: number; readonly lifetime: number }) {
  if (p.availability !== 0.999 || p.lifetime !== 3_600_000) return null;
  return { 3: 400, 5: 1200 }[p.members] ?? null;
}

/** The biased probability that the next step is a failure. `natural`: the true probability; `dead`: failed members. */
function forcedFailure(natural: number, bias: number, dead: number): number {
  return dead > 0 && natural > 0 && natural < bias / 2 ? bias : natural;
}

/**
 * The mean contribution of one outage to the downtime of a replication: the mean time until the first member is back,
 * weighted by likelihood.
 */
function outageOf(
  p: { readonly members: number; readonly lifetime: number; readonly bias: number },
  replacement: number,
): number {
  const rates = chain({ ...p, replacement, policy: { kind: "eager", repairers: "many" } });
  const bias = rates.map((row, living): Bias => {
    const [failures, replacements] = [row[living - 1] ?? 0, row[living + 1] ?? 0];
    const sum = failures + replacements;
    const forced = forcedFailure(failures / sum, p.bias, p.members - living);
    return replacements === 0 || failures === 0
      ? unbiased
      : { lives: (forced * sum) / failures, replacements: ((1 - forced) * sum) / replacements };
  });
  const mean = replacement / p.members;
  return sizeOfOutage(likelihoods(rates, bias, 0), mean, mean ** 2);
}
