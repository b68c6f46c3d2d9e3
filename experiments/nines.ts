/**
 * Nines that cannot be waited for: the availability of a troupe whose failed members are replaced, by importance splitting with
 * the real protocols in the loop (Ringmaster, detection, state transfer).
 *
 * A level is a number of failed members. Each replication is one splitting (sim/splitting.ts) over independent cycles
 * (sim/outage-cycle.ts); it gives unbiased means of downtime and length of a cycle, whose quotient over all replications is the
 * unavailability. With `split` no, all trials run from the beginning of a cycle: naive simulation, for comparison.
 */
import { line } from "../harness/chart.ts";
import { experiment } from "../harness/experiment.ts";
import { choice, count, duration } from "../harness/parameters.ts";
import { constant } from "../sim/distribution.ts";
import { law, laws } from "../sim/lifetimes.ts";
import { OutageCycle, total } from "../sim/outage-cycle.ts";
import { brokenAssumptions, brokenAssumptionsOfShares } from "../sim/replacement-assumptions.ts";
import { shareBelow, timeToTotalLoss } from "../sim/replacement-model.ts";
import { modelOf, policyOf, refusal } from "../sim/replacement-settings.ts";
import { meanTotals, split } from "../sim/splitting.ts";

const hour = 3_600_000;

export default experiment({
  name: "nines",
  question: "How rare is an outage that cannot be waited for?",
  reproduces: "dissertation, chapter 6: unavailability p^n, p = L/(L+M), far below what naive simulation can see",
  parameters: {
    members: count(4, "degree of replication", { min: 1, max: 32 }),
    lifetime: duration("1000h", "mean time from the start of a machine to its failure; exponential", { min: 1000 }),
    replacement: duration("50h", "mean time from the decision to replace until the new machine starts", { min: 1000 }),
    policy: choice(["eager", "threshold"], "eager: each at once; threshold: all failed together, when few survive"),
    threshold: count(1, "policy threshold: replace when at most so many survive", { min: 0, max: 31 }),
    repairers: choice(["many", "one"], "policy eager: whether replacements go on in parallel or one after the other"),
    detection: duration("0s", "mean time until a crash is known, by probes of the Ringmaster; 0s: known at once"),
    state: count(0, "bytes of state that a new member fetches", { min: 0 }),
    replacementLaw: choice(Object.keys(laws), "law of replacement times", "exponential"),
    ringmasters: count(1, "members of the Ringmaster; their machines do not fail", { min: 1, max: 9 }),
    split: choice(["yes", "no"], "whether cycles are split at each further failure; no: naive simulation"),
    effort: count(150, "trials at each number of failed members in one replication", { min: 1 }),
  },
  measures: {
    unavailability: { estimator: "ratio", help: "fraction of time with no member that has the state" },
    majorityUnavailability: { estimator: "ratio", help: "fraction of time with fewer members than a majority" },
    timeToTotalLoss: {
      unit: "hours",
      estimator: "ratio",
      help: "from all members up to the first moment with none",
      precision: null,
    },
    events: {
      help: "events simulated in one replication, those that are run again to branch included",
      precision: null,
    },
  },
  async run(p, replication) {
    let events = 0;
    const stages = await split({
      lowest: 1,
      highest: p.split === "yes" ? p.members : 1,
      effort: p.effort,
      random: { next: replication.random("splitting") },
      begin: async () => {
        const world = replication.world({ network: { delay: constant(0.1) } });
        return OutageCycle.begin(world, {
          members: p.members,
          ringmasters: p.ringmasters,
          policy: policyOf(p),
          lifetime: law("exponential", p.lifetime),
          replacement: law(p.replacementLaw, p.replacement),
          detection: p.detection,
          state: p.state,
        });
      },
      ended: ({ world }) => (events += world.engine.executed),
    });
    const means = meanTotals(stages);
    const of = (name: keyof typeof total): number => means[total[name]]!;
    return {
      unavailability: [of("below"), of("time")],
      majorityUnavailability: [of("belowMajority"), of("time")],
      timeToTotalLoss: [of("exposure") / hour, of("loss")],
      events,
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
  refuse: refusal,
  charts: [
    line({ x: "replacement", y: "unavailability", by: "members", facet: "policy", log: "xy" }),
    line({ x: "replacement", y: "timeToTotalLoss", by: "members", facet: "policy", log: "xy" }),
  ],
  replications: 10,
  sweep: { members: [2, 3, 4], replacement: "32.65h,111.11h" },
  demo: { cells: { members: 3, replacement: "111.11h", effort: 60 }, replications: 6 },
});
