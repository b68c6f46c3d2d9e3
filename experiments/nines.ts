/**
 * The unavailability of a troupe whose failed members are replaced, down to 1e-9 and beyond, where plain simulation
 * would take too long. The real protocols are in the loop (Ringmaster, detection, state transfer).
 *
 * In a replication, one troupe fails and heals again and again. A cycle lasts from one moment with all members to the
 * next (sim/troupes/outage-cycles.ts). The replication gives unbiased means of the downtime and of the length of a
 * cycle. Their quotient over all replications is the unavailability. Failures are biased
 * (sim/troupes/failure-biasing.ts), so that about a thousand cycles give an interval of 10%, however rare outages are.
 */
import { line } from "../harness/chart.ts";
import { experiment } from "../harness/experiment.ts";
import { choice, count, duration } from "../harness/parameters.ts";
import { constant } from "../sim/chance/distribution.ts";
import { exponential } from "../sim/chance/lifetimes.ts";
import { chain, shareBelow, timeToTotalLoss } from "../sim/theory/replacement-model.ts";
import { failureBias, likelihoods, sizeOfOutage, unbiased } from "../sim/troupes/failure-biasing.ts";
import { OutageCycles } from "../sim/troupes/outage-cycles.ts";
import { brokenAssumptions, brokenAssumptionsOfShares } from "../sim/troupes/replacement-assumptions.ts";
import { modelOf, policyOf, refusal, type ReplacementSettings } from "../sim/troupes/replacement-settings.ts";
import { store } from "../sim/troupes/replaced-troupe.ts";

const hour = 3_600_000;

interface Settings extends ReplacementSettings {
  readonly method: string;
}

export default experiment({
  name: "nines",
  question: "How rare is an outage that cannot be waited for?",
  reproduces: "dissertation, chapter 6: unavailability p^n, p = L/(L+M), far below what naive simulation can see",
  parameters: {
    members: count(4, "degree of replication", { min: 1, max: 32 }),
    lifetime: duration("1000h", "mean time from the start of a machine to its failure; exponential", { min: 1000 }),
    replacement: duration("50h", "mean time from the decision to replace until the new machine starts; exponential", {
      min: 1000,
    }),
    policy: choice(["eager", "threshold"], "eager: each at once; threshold: all failed together, when few survive"),
    threshold: count(1, "policy threshold: replace when at most so many survive", { min: 0, max: 31 }),
    repairers: choice(["many", "one"], "policy eager: whether replacements go on in parallel or one after the other"),
    detection: duration("0s", "mean time until a crash is known, by probes of the Ringmaster; 0s: known at once"),
    state: count(0, "state that a new member fetches", { unit: "bytes" }),
    ringmasters: count(1, "members of the Ringmaster; their machines do not fail", { min: 1, max: 9 }),
    method: choice(
      ["biasing", "naive"],
      "biasing: failures are made likelier, and what is seen counts by its likelihood; naive: failures come as they are",
    ),
    cycles: count(200, "times in one replication that a member fails, until all are members again", { min: 1 }),
  },
  measures: {
    unavailability: { estimator: "rare", isDowntime: true, help: "fraction of time with no member that has the state" },
    majorityUnavailability: { estimator: "rare", help: "fraction of time with fewer members than a majority" },
    timeToTotalLoss: {
      unit: "hours",
      estimator: "ratio",
      help: "from all members up to the first moment with none",
      precision: null,
    },
    events: { help: "events simulated in one replication", precision: null },
  },
  async run(p, replication) {
    const world = replication.world({ network: { delay: constant(0.1) } });
    const cycles = await OutageCycles.form(world, {
      members: p.members,
      ringmasters: p.ringmasters,
      policy: policyOf(p),
      lifetime: exponential(p.lifetime),
      replacement: exponential(p.replacement),
      detection: p.detection,
      service: store(p.state),
      bias: p.method === "biasing" ? failureBias(chain(modelOf(p))) : undefined,
    });
    const { below, belowMajority, time, exposure, losses } = await cycles.means(p.cycles);
    return {
      unavailability: [below, time, outageOf(p, 1) / p.cycles],
      majorityUnavailability: [belowMajority, time, outageOf(p, Math.floor(p.members / 2) + 1) / p.cycles],
      timeToTotalLoss: [exposure / hour, losses],
      events: world.engine.executed,
    };
  },
  model: {
    unavailability: {
      of: (p) => shareBelow(modelOf(p), 1),
      outside: brokenAssumptionsOfShares,
      source: "dissertation, chapter 6",
    },
    majorityUnavailability: {
      of: (p) => shareBelow(modelOf(p), Math.floor(p.members / 2) + 1),
      outside: brokenAssumptionsOfShares,
      source: "the same chain, by the number that live",
    },
    timeToTotalLoss: {
      of: (p) => timeToTotalLoss(modelOf(p))! / hour,
      outside: brokenAssumptions,
      source: "the same chain, with total loss absorbing",
    },
  },
  matters: { threshold: (p) => p.policy === "threshold", repairers: (p) => p.policy === "eager" },
  refuse: refusal,
  charts: [
    line({ x: "replacement", y: "unavailability", by: "members", facet: "policy", log: "xy" }),
    line({ x: "replacement", y: "timeToTotalLoss", by: "members", facet: "policy", log: "xy" }),
  ],
  replications: 10,
  sweep: [
    { members: "2..5", replacement: "1h,10h,32h,110h" },
    { members: 3, replacement: "1h,10h,32h,110h", repairers: "one" },
    { members: [3, 4], replacement: "1h,10h,32h,110h", policy: "threshold" },
  ],
  demo: { cells: { members: 3, replacement: "1h", cycles: 160 }, replications: 8 },
});

/**
 * The mean contribution to a cycle's downtime of an outage with fewer than `needed` members, weighted by likelihood.
 */
function outageOf(p: Settings, needed: number): number {
  const { replacement, detection, policy, repairers, members } = p;
  const apart = policy === "eager" && repairers === "many";
  const mean = detection + replacement / (apart ? members - needed + 1 : 1);
  const rates = chain(modelOf(p));
  const bias = p.method === "naive" ? rates.map(() => unbiased) : failureBias(rates);
  return sizeOfOutage(likelihoods(rates, bias, needed - 1), mean, 2 * mean ** 2);
}
