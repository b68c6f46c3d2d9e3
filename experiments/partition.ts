/**
 * The answers that clients get on both sides of a partition, and the calls that members have executed when it has
 * healed.
 *
 * Source: dissertation, chapters on replicated procedure call and on binding: collation with missing answers, and the
 * rule that a removed member must not answer. docs/under-a-partition.md states the guarantees. The checker
 * (sim/checkers/partition.ts) judges every replication by them.
 */
import { bar, line } from "../harness/chart.ts";
import { experiment } from "../harness/experiment.ts";
import { choice, count, duration, flag, number, ratio, type Values } from "../harness/parameters.ts";
import type { Milliseconds } from "../protocols/host.ts";
import { messageOptions } from "../protocols/message/options.ts";
import { constant } from "../sim/chance/distribution.ts";
import {
  canDropOthers,
  isAnsweredAtOnce,
  serviceFor,
  type Divided,
  type Side,
} from "../sim/checkers/partition-statement.ts";
import {
  carried,
  partitionCourse,
  roundsPerLease,
  silence,
  type Seen,
  type SideName,
} from "../sim/troupes/partition-course.ts";
import { refusalOfService, serviceOf, serviceParameters } from "../harness/service.ts";
import { least } from "../harness/statistics/moments.ts";

const parameters = {
  collator: choice(["unanimous", "first-come", "watchdog", "majority", "quorum"], "how clients collate answers"),
  agreeing: count(2, "collator quorum: how many members must answer alike", { min: 1, max: 32 }),
  binding: choice(["ringmaster", "static"], "whether the membership may change"),
  quorum: choice(["one", "majority"], "how many members of an epoch must take part in a change of it"),
  members: count(3, "degree of replication", { min: 1, max: 32 }),
  minority: count(1, "members that are cut off, with a client of their own", { min: 0, max: 32 }),
  ringmasters: count(3, "members of the Ringmaster", { min: 1, max: 9 }),
  ringmasterSide: choice(["majority", "minority", "split"], "where those are; split: half of them on each side"),
  cut: duration("20s", "how long the partition lasts", { min: 1000 }),
  oneWay: flag(false, "only datagrams from the minority's side are lost"),
  rate: number(5, "calls that each client makes", { min: 0.01, max: 1000, unit: "per second" }),
  limit: duration("0s", "how long a client waits for an answer; 0s: as long as it takes"),
  loss: ratio(0, "fraction of all datagrams that are lost besides", { max: 0.5 }),
  lease: duration("5s", "a member executes calls for so long after the Ringmaster heard it", { min: 500 }),
  suspicion: duration("7.5s", "a member is dropped when the Ringmaster has not heard it for so long", { min: 500 }),
  ...serviceParameters,
} as const;

/** The delay of a datagram, in ms. */
const delay = 0.5;

type Settings = Values<typeof parameters>;

/** The number of Ringmaster members that are cut off with the minority. */
function ringmastersCutOff({ ringmasters, ringmasterSide }: Settings): number {
  return { majority: 0, minority: ringmasters, split: Math.floor(ringmasters / 2) }[ringmasterSide];
}

/** Of the calls made during the cut, those that were answered before it healed. */
function answeredInTime(calls: readonly Seen[], healed: Milliseconds): [answered: number, made: number] {
  return [calls.filter(({ outcome, done }) => outcome === "answered" && done < healed).length, calls.length];
}

/** The time from `from` to the next answer to one of these calls, in s; null if there is none before `end`. */
function untilAnswer(calls: readonly Seen[], from: Milliseconds, end = Infinity): number | null {
  const times = calls.filter(({ outcome, done }) => outcome === "answered" && done >= from && done < end);
  return times.length === 0 ? null : (least(times.map(({ done }) => done)) - from) / 1000;
}

/** Of the calls made during the cut: the time from the first call to the first answer, in s. */
function blackoutOf(calls: readonly Seen[], healed: Milliseconds): number | null {
  return calls.length === 0 ? null : untilAnswer(calls, calls[0]!.made, healed);
}

export default experiment({
  name: "partition",
  question: "What do clients on both sides of a partition see?",
  reproduces: "dissertation: collators under missing answers, and a dropped member that must not answer",
  parameters,
  measures: {
    answeredMinority: {
      estimator: "ratio",
      resolution: 0.05,
      help: "fraction of the calls made during the cut that are answered before it heals, on the minority's side",
    },
    answeredMajority: { estimator: "ratio", resolution: 0.05, help: "the same on the majority's side" },
    blackoutMinority: {
      unit: "s",
      precision: null,
      help: "from the first call made during the cut to the first answer to such a call, on the minority's side",
    },
    blackoutMajority: { unit: "s", precision: null, help: "the same on the majority's side" },
    recoveryMinority: {
      unit: "s",
      precision: null,
      help: "from the healing to the first answer, on the minority's side",
    },
    recoveryMajority: { unit: "s", precision: null, help: "the same on the majority's side" },
    rejoined: { unit: "s", precision: null, help: "from the healing until all are members again" },
    indefinite: {
      estimator: "rare",
      precision: null,
      help: "fraction of the calls made during the cut, on both sides, that fail and may have been executed",
    },
    readsFailed: { estimator: "rare", precision: null, help: "fraction of reads that fail when all is over" },
    diverged: { estimator: "rare", precision: null, help: "fraction of replications after which states differ" },
    divergentCalls: { precision: null, help: "calls that only some members have executed in the end" },
    lostAnswers: {
      estimator: "rare",
      precision: null,
      help: "fraction of the answered calls made during the cut that no member has executed in the end",
    },
  },
  async run(p, replication) {
    const world = replication.world({ network: { delay: constant(delay), ...(p.loss > 0 ? { loss: p.loss } : {}) } });
    const where = `${replication.seed}, replication ${replication.number}`;
    const { opened, healed, calls, reads, rejoined, equal, judgement } = await partitionCourse(world, where, {
      ...p,
      timeout: p.limit,
      ringmastersCutOff: ringmastersCutOff(p),
      ...(p.module === "" ? {} : { service: await serviceOf(p) }),
    });
    for (const { sentence } of judgement.violations.slice(0, 1)) replication.unconverged(sentence);
    // States of a user's class may depend on the order of calls.
    if (p.module === "" && equal !== (judgement.divergent === 0)) {
      replication.unconverged(`States and the calls that were executed contradict each other (seed ${where}).`);
    }
    const during = (side: SideName): Seen[] => calls[side].filter(({ made }) => made >= opened && made < healed);
    const [minority, majority] = [during("minority"), during("majority")];
    const both = [...minority, ...majority];
    const failed = ({ outcome }: Seen): boolean => outcome !== "answered";
    return {
      answeredMinority: answeredInTime(minority, healed),
      answeredMajority: answeredInTime(majority, healed),
      blackoutMinority: blackoutOf(minority, healed),
      blackoutMajority: blackoutOf(majority, healed),
      recoveryMinority: untilAnswer(calls.minority, healed),
      recoveryMajority: untilAnswer(calls.majority, healed),
      rejoined: rejoined === null ? null : rejoined / 1000,
      indefinite: [both.filter(({ outcome }) => outcome === "failed indefinitely").length, both.length],
      readsFailed: [reads.filter(failed).length, reads.length],
      diverged: [equal ? 0 : 1, 1],
      divergentCalls: judgement.divergent,
      lostAnswers: [judgement.lost, both.filter((call) => !failed(call)).length],
    };
  },
  model: {
    answeredMinority: {
      of: (p) => answered(p, "minority"),
      outside,
      source: "docs/under-a-partition.md, and constants",
    },
    answeredMajority: {
      of: (p) => answered(p, "majority"),
      outside,
      source: "docs/under-a-partition.md, and constants",
    },
    blackoutMinority: { of: (p) => blackout(p, "minority"), outside, source: "constants of messages and binding" },
    blackoutMajority: { of: (p) => blackout(p, "majority"), outside, source: "constants of messages and binding" },
    diverged: { of: diverges, source: "docs/under-a-partition.md" },
    divergentCalls: { of: divergentCalls, outside, source: "calls that were given up, with a static table" },
  },
  matters: { agreeing: (p) => p.collator === "quorum" },
  refuse(p) {
    const { members, minority, lease, suspicion } = p;
    const refused = refusalOfService(p);
    if (refused !== null) return refused;
    if (2 * minority > members)
      return `a minority of ${minority} among ${members} members: expected at most half of them`;
    return suspicion < lease ? `a suspicion of ${suspicion} ms: expected at least the lease of ${lease} ms` : null;
  },
  charts: [
    bar({ x: "collator", y: ["answeredMinority", "answeredMajority"], facet: "binding", name: "answered-by-collator" }),
    bar({ x: "collator", y: ["blackoutMinority", "blackoutMajority"], facet: "binding", name: "blackout-by-collator" }),
    line({ x: "cut", y: "lostAnswers", by: "collator", facet: "ringmasterSide", name: "lost-by-cut" }),
    line({ x: "cut", y: "divergentCalls", by: "collator", facet: "ringmasterSide", name: "divergent-by-cut" }),
  ],
  sweep: { collator: ["unanimous", "first-come", "watchdog", "majority"], binding: ["ringmaster", "static"] },
  demo: { cells: { collator: ["unanimous", "majority"], binding: ["ringmaster", "static"], rate: 8 }, replications: 6 },
});

/** The parameters in the form of the statement of guarantees. */
function sidesOf(p: Settings): { readonly divided: Divided } & Readonly<Record<SideName, Side>> {
  const cutOff = ringmastersCutOff(p);
  return {
    divided: p,
    minority: { members: p.minority, ringmaster: cutOff > p.ringmasters / 2 },
    majority: { members: p.members - p.minority, ringmaster: p.ringmasters - cutOff > p.ringmasters / 2 },
  };
}

function isUnanimousStatic({ binding, collator }: Settings): boolean {
  return binding === "static" && collator === "unanimous";
}

/**
 * The fraction of answered calls. The statement gives 0 or 1, with two exceptions.
 *
 * - With a static table, a unanimous client waits for silent members in each call, so that the last calls are answered
 *   too late.
 * - A member whose lease ends answers for the rest of the lease. A lease counts from the last but one null call that
 *   the member answered, since the next null call confirms it: on average the rest is 1.5 rounds less than the lease.
 *   If the member's answers are lost and the null calls arrive, it is 0.5 rounds less.
 */
function answered(p: Settings, side: SideName): number | null {
  const { divided, ...sides } = sidesOf(p);
  if (p.limit > 0) return null;
  switch (serviceFor(divided, sides[side])) {
    case "unanswered":
      return 0;
    case "answered":
      if (isAnsweredAtOnce(divided, sides[side])) return 1;
      if (isUnanimousStatic(p)) return Math.max(0, 1 - silence / p.cut);
      return p.cut > p.suspicion + 2 * (p.lease / roundsPerLease) + silence ? 1 : null;
    case "until leases end": {
      // Null calls come from both sides, and are lost in one direction only.
      if (p.oneWay && p.ringmasterSide === "split") return null;
      const late = p.oneWay && side === "minority" ? 0.5 : 1.5;
      const left = p.lease * (1 - late / roundsPerLease);
      return left < p.cut ? left / p.cut : null;
    }
  }
}

/**
 * The mean time from the first call to the first answer, in s.
 *
 * - If calls are answered at once: a round trip.
 * - With a static table and a unanimous client: until the silent members are given up.
 * - With a Ringmaster: until the silent members are removed. They are removed in the first round in which they have
 *   been silent for longer than `suspicion`. They answered the last round before the cut, half a round earlier on
 *   average. The first call is made one mean gap between calls after the cut. The first answer comes half a mean gap
 *   after the change.
 */
function blackout(p: Settings, side: SideName): number | null {
  const { divided, ...sides } = sidesOf(p);
  const service = serviceFor(divided, sides[side]);
  if (service === "unanswered" || p.limit > 0) return null;
  if (isAnsweredAtOnce(divided, sides[side])) return service === "answered" ? (2 * delay) / 1000 : null;
  if (isUnanimousStatic(p)) return silence < p.cut / 2 ? silence / 1000 : null;
  const round = p.lease / roundsPerLease;
  const found = (Math.floor(p.suspicion / round) + 0.5) * round;
  return found > silence && p.cut > found + round ? found / 1000 - 0.5 / p.rate : null;
}

/**
 * The probability that states differ in the end: 1 if calls are executed on one side only, and neither reach the other
 * side nor are discarded; null where this depends on chance.
 */
function diverges(p: Settings): number | null {
  const { divided, minority, majority } = sidesOf(p);
  if (p.minority === 0 || p.minority === p.members) return 0;
  if (p.binding === "static") return p.cut * p.rate > 20_000 + silence * p.rate ? 1 : null;
  if (canDropOthers(divided, minority) || canDropOthers(divided, majority)) return 0;
  return p.cut + silence < carried || (p.collator === "unanimous" && p.limit === 0) ? 0 : null;
}

/**
 * The mean number of calls that only one side has executed. With a static table these are the calls whose last
 * repetition was lost in the cut. The last repetition is sent one longest interval before the call is given up.
 */
function divergentCalls(p: Settings): number | null {
  if (p.binding !== "static" || diverges(p) !== 1) return diverges(p) === 0 ? 0 : null;
  const clients = p.oneWay ? 1 : 2;
  return (clients * p.rate * (p.cut - silence + messageOptions().longestInterval)) / 1000;
}

function outside({ loss }: Settings): string | null {
  return loss > 0 ? "it assumes that no datagram is lost but in the cut." : null;
}
