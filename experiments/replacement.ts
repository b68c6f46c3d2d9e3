/**
 * Policies for the replacement of failed members, with the real protocols in the loop.
 *
 * Source: dissertation, chapter 6. The machines of members fail. A repairer learns of each failure. By its policy it
 * provides new machines after a replacement time. The new members join through the Ringmaster, with the state of the
 * other members. The troupe is available while it has a member with its state. When all members have failed, the state
 * is lost, and the first new member founds the troupe again.
 *
 * All policies meet the same failures (sim/troupes/replaced-troupe.ts; with a trace: the same moments of failure).
 */
import { line } from "../harness/chart.ts";
import { experiment } from "../harness/experiment.ts";
import {
  doubtsOf,
  downtimes,
  observation,
  outageSeen,
  placing,
  refusalOfTrace,
  type PlacingSettings,
  type TraceSettings,
} from "../harness/observations.ts";
import { choice, count, duration, file, number, text } from "../harness/parameters.ts";
import { refusalOfService, serviceOf, serviceParameters } from "../harness/service.ts";
import { placeNotes, togetherNote } from "../harness/together.ts";
import type { Milliseconds } from "../protocols/host.ts";
import { constant } from "../sim/chance/distribution.ts";
import { exponential, law, laws } from "../sim/chance/lifetimes.ts";
import {
  replacementRate,
  shareBelow,
  timeToTotalLoss,
  type ReplacementModel,
  type Span,
} from "../sim/theory/replacement-model.ts";
import { FollowedTroupe } from "../sim/troupes/followed-troupe.ts";
import { lengthOf, outageOf, spanOf, tooShort, warmUpShare, type Timed } from "../sim/troupes/observed-span.ts";
import { inRacks, store, type Placement, type Racks } from "../sim/troupes/replaced-troupe.ts";
import { brokenAssumptions, brokenAssumptionsOfShares, waits } from "../sim/troupes/replacement-assumptions.ts";
import { modelOf, policyOf, refusal } from "../sim/troupes/replacement-settings.ts";

const hour = 3_600_000;

interface Settings extends Timed, TraceSettings, PlacingSettings {
  readonly placement: Placement;
  readonly trace: string;
}

export default experiment({
  name: "replacement",
  question: "When should failed members be replaced?",
  reproduces: "dissertation, chapter 6: replacement of failed members, as a birth-death chain",
  parameters: {
    members: count(3, "degree of replication", { min: 1, max: 32 }),
    lifetime: duration("1h", "mean time from the start of a machine to its failure", { min: 1000 }),
    replacement: duration("400s", "mean time from the decision to replace until the new machine starts", { min: 1000 }),
    policy: choice(
      ["eager", "threshold", "periodic", "delayed", "none"],
      "eager: each at once; threshold, periodic: all failed together, in one replacement time, with those that fail meanwhile; " +
        "delayed: as eager, but a machine has time first to come back by itself; none: only that",
    ),
    threshold: count(1, "policy threshold: replace when at most so many survive", { min: 0, max: 31 }),
    period: duration("1h", "policy periodic: time from one visit to the next", { min: 1000 }),
    delay: duration("10m", "policy delayed: time in which a machine may come back by itself", { min: 0 }),
    comeback: duration(
      "1h",
      "policies delayed, none: mean time until a machine comes back by itself; a trace has its own",
      {
        min: 1000,
      },
    ),
    comebackLaw: choice(Object.keys(laws), "law of the time until a machine comes back", "exponential"),
    repairers: choice(
      ["many", "one"],
      "policies eager, delayed: whether replacements go on in parallel or one after the other",
    ),
    detection: duration("0s", "mean time until a crash is known, by probes of the Ringmaster; 0s: known at once"),
    state: count(0, "state that a new member fetches", { unit: "bytes" }),
    bandwidth: number(10, "of each machine's line, if there is state", { min: 0.001, unit: "Mb/s" }),
    lifetimeLaw: choice(Object.keys(laws), "law of lifetimes", "exponential"),
    replacementLaw: choice(Object.keys(laws), "law of replacement times", "exponential"),
    spares: count(
      0,
      "spare machines, with which failed ones are replaced and which these become; 0: as many as are asked for",
    ),
    repair: duration(
      "1h",
      "with spares: mean time from when a failure is known until that machine is a spare, exponential",
      {
        min: 1000,
      },
    ),
    racks: count(0, "racks, which take all their machines down when they fail; 0: none", { max: 32 }),
    rackLifetime: duration("20h", "mean time from the start of a rack to its failure, exponential", { min: 1000 }),
    rackRepair: duration("10m", "mean time from a rack's failure until it is repaired, exponential", { min: 1000 }),
    placement: choice(["spread", "packed"], "with racks or across: members in different ones, or all in one"),
    trace: file(
      "",
      "CSV of real outages, as `troupe import outages` writes it: nodes drawn from it fail when it says; they come back by the policy",
    ),
    system: text("", "which system of the trace, if it has several"),
    nodes: count(0, "nodes of that system, those that never failed too; 0: those that the trace names", { min: 0 }),
    across: choice(["none", "rack", "room", "building"], "with a trace that tells them: what members are placed by"),
    ...serviceParameters,
    horizon: duration("0s", "simulated time of one replication; 0s: 200 lifetimes; a trace has its own"),
    troupes: count(1, "troupes in one replication, each on machines of its own", { min: 1, max: 1000 }),
    ringmasters: count(1, "members of the Ringmaster; their machines do not fail", { min: 1, max: 9 }),
    calls: count(20, "calls at random times, to each troupe in one replication", { min: 0 }),
  },
  measures: {
    unavailability: {
      estimator: "rare",
      help: "fraction of time with no member that has the state",
      isDowntime: true,
    },
    majorityUnavailability: {
      estimator: "rare",
      help: "fraction of time with fewer members than a majority",
      isDowntime: true,
    },
    timeToTotalLoss: {
      unit: "hours",
      estimator: "waiting",
      help: "from all members up to the first moment with none",
      precision: null,
    },
    replacements: { unit: "per hour", estimator: "ratio", help: "members replaced" },
    bytes: {
      unit: "bytes/hour",
      estimator: "ratio",
      help: "datagrams of newcomers until they had joined, their copies of the state included",
      precision: null,
    },
    detectionDelay: { unit: "s", estimator: "ratio", help: "from a crash until who repairs knows", precision: null },
    callFailures: { estimator: "rare", help: "fraction of calls that failed", precision: null },
  },
  async run(p, replication) {
    const bandwidth = { bitsPerSecond: p.bandwidth * 1e6, of: "sender" } as const;
    const world = replication.world({ network: { delay: constant(0.1), ...(p.state > 0 ? { bandwidth } : {}) } });
    const observed = p.trace === "" ? undefined : observation(p);
    if (observed !== undefined) {
      const window = p.replacement + p.detection;
      for (const note of [togetherNote(observed, window), ...placeNotes(observed, window)]) replication.note(note);
      for (const doubt of doubtsOf(observed, p.across)) replication.warn(doubt);
    }
    const length = observed?.duration ?? lengthOf(p);
    const warmUp = observed === undefined ? warmUpShare * length : 0;
    const served = p.module === "" ? store(p.state) : await serviceOf(p);
    const troupes: FollowedTroupe[] = [];
    for (let i = 0; i < p.troupes; i++) {
      const prefix = i === 0 ? "" : `${i + 1} `;
      const options = {
        prefix,
        members: p.members,
        ringmasters: p.ringmasters,
        policy: policyOf(p),
        lifetime: observed === undefined ? law(p.lifetimeLaw, p.lifetime) : undefined,
        replacement: law(p.replacementLaw, p.replacement),
        detection: p.detection,
        service: served,
        ...(waits(p) && observed === undefined ? { comeback: law(p.comebackLaw, p.comeback) } : {}),
        ...(p.spares > 0 ? { spares: { number: p.spares, repair: exponential(p.repair) } } : {}),
        ...(p.racks > 0 ? { racks: racksOf(p) } : {}),
      };
      const followed = await FollowedTroupe.form(world, options, warmUp, length);
      const names = observed?.choose(p.members, world.random.fork(`${prefix}nodes`), placing(p)) ?? [];
      followed.troupe.replay(names.map((name) => observed!.downtimes(name)), waits(p)); // prettier-ignore
      troupes.push(followed);
    }
    const counted = (length - warmUp) * p.troupes;
    const calls = world.random.fork("calls");
    // Each troupe has its own span of time, since earlier troupes fail while later troupes are formed.
    for (const followed of troupes) followed.call(p.calls, calls, followed.from, followed.to);
    await world.run(troupes.at(-1)!.to);
    const sum = (of: (followed: FollowedTroupe) => number) => troupes.reduce((total, one) => total + of(one), 0);
    const majority = Math.floor(p.members / 2) + 1;
    const outage = outageFor(p, 1);
    return {
      unavailability: [sum(({ account }) => account.below), counted, outage],
      majorityUnavailability: [sum(({ account }) => account.belowMajority), counted, outageFor(p, majority)],
      timeToTotalLoss: [sum(({ account }) => account.exposure) / hour, sum(({ account }) => account.losses)],
      replacements: [sum(({ replaced }) => replaced), counted / hour],
      bytes: [sum(({ bytes }) => bytes), counted / hour],
      detectionDelay: [sum(({ troupe }) => troupe.delays) / 1000, sum(({ troupe }) => troupe.known)],
      // Several calls fall into one outage, so that their failures are not independent.
      callFailures:
        p.calls === 0
          ? null
          : [sum(({ failedCalls }) => failedCalls), p.calls * p.troupes, 1 + (p.calls * outage) / (length - warmUp)],
    };
  },
  model: {
    unavailability: {
      of: (p) => shareBelow(modelFor(p), 1, spanFor(p)),
      outside: outsideOfShares,
      source: "dissertation, chapter 6",
    },
    majorityUnavailability: {
      of: (p) => shareBelow(modelFor(p), Math.floor(p.members / 2) + 1, spanFor(p)),
      outside: outsideOfShares,
      source: "the same chain, by the number that live",
    },
    timeToTotalLoss: {
      of: lossAfter,
      outside: (p) => brokenAssumptions(p) ?? tooShort(p, modelFor(p)),
      source: "the same chain, with total loss absorbing",
    },
    replacements: {
      of: replaced,
      outside: outsideOfShares,
      source: "as many as fail, but for those that come back by themselves",
    },
    detectionDelay: { of: (p) => p.detection / 1000, within: 0.05, source: "the parameter" },
    callFailures: {
      of: (p) => shareBelow(modelFor(p), 1, spanFor(p)),
      outside: outsideOfShares,
      source: "random times see time averages",
    },
  },
  matters: {
    lifetime: (p) => p.trace === "",
    lifetimeLaw: (p) => p.trace === "",
    replacement: (p) => p.policy !== "none",
    replacementLaw: (p) => p.policy !== "none",
    threshold: (p) => p.policy === "threshold",
    period: (p) => p.policy === "periodic",
    delay: (p) => p.policy === "delayed",
    comeback: (p) => waits(p) && p.trace === "",
    comebackLaw: (p) => waits(p) && p.trace === "",
    repairers: (p) => p.policy === "eager" || p.policy === "delayed",
    bandwidth: (p) => p.state > 0,
    repair: (p) => p.spares > 0,
    rackLifetime: (p) => p.racks > 0,
    rackRepair: (p) => p.racks > 0,
    placement: (p) => p.racks > 0 || p.across !== "none",
  },
  refuse(p) {
    const refused = refusal(p) ?? refusalOfService(p);
    if (refused !== null) return refused;
    if (p.horizon > 0 && p.horizon < 60_000) return `horizon ${p.horizon}ms: expected 0s, or at least 1m`;
    if (p.state > 0 && p.module !== "") return `state ${p.state} with a module: expected 0, as the module has its own`;
    if (p.spares > 0 && waits(p))
      return `spares ${p.spares} with policy ${p.policy}: expected 0, as machines are waited for`;
    if (p.racks > 0 && p.trace !== "")
      return `racks ${p.racks} with a trace: expected 0, as the trace says what fails together`;
    return refusalOfTrace(p, p.members);
  },
  charts: [
    line({ x: "replacement", y: "unavailability", by: "policy", facet: "members", log: "xy" }),
    line({ x: "replacement", y: "timeToTotalLoss", by: "policy", facet: "members", log: "xy" }),
    line({ x: "replacement", y: "replacements", by: "policy", facet: "members", log: "x" }),
    line({ x: "members", y: "unavailability", by: "policy", facet: "replacement", log: "y" }),
    line({ x: "members", y: "timeToTotalLoss", by: "policy", facet: "replacement", log: "y" }),
    line({ x: "detection", y: "unavailability", by: "policy", facet: "members", log: "y" }),
  ],
  replications: 15,
  sweep: { members: "2,3", policy: "eager,threshold,periodic", replacement: "10m,20m,40m", horizon: "60h" },
  demo: {
    cells: [{ members: 2, policy: ["eager", "threshold"], replacement: "20m", horizon: "30h" }],
    replications: 6,
    compare: "policy",
  },
});

function racksOf(p: Settings): Racks {
  const { racks: number, rackLifetime, rackRepair, placement } = p;
  return { number, lifetime: exponential(rackLifetime), repair: exponential(rackRepair), placement };
}

/** The mean time until a machine comes back: with a trace, the mean outage of its nodes. */
function comebackOf(p: Settings): Milliseconds {
  return p.trace === "" ? p.comeback : downtimes(observation(p)).outage;
}

/** The mean lifetime of a machine: with a trace, the mean lifetime of its nodes. */
function lifetimeOf(p: Settings): Milliseconds {
  if (p.trace === "") return p.lifetime;
  const observed = observation(p);
  const { count: failures, outage } = downtimes(observed);
  return (observed.duration * observed.nodes.length) / failures - outage;
}

function modelFor(p: Settings): ReplacementModel {
  const { members, spares, repair, racks } = p;
  return {
    ...modelOf(p),
    lifetime: lifetimeOf(p),
    ...(waits(p) ? { comeback: comebackOf(p) } : {}),
    ...(spares > 0 ? { spares: { number: spares, repair } } : {}),
    ...(racks > 0
      ? { racks: { inside: inRacks(racks, p.placement, members), lifetime: p.rackLifetime, repair: p.rackRepair } }
      : {}),
  };
}

function outsideOfShares(p: Settings): string | null {
  return brokenAssumptionsOfShares(p) ?? tooShort(p, modelFor(p));
}

function spanFor(p: Settings): Span | undefined {
  return spanOf(p, modelFor(p));
}

/** The mean contribution to the downtime of an outage with fewer than `needed` members. */
function outageFor(p: Settings, needed: number): Milliseconds {
  const isObserved = p.trace !== "" && p.policy === "none";
  return isObserved ? outageSeen(p, p.members, needed) : outageOf(p, p.members - needed + 1);
}

function replaced(p: Settings): number | null {
  const rate = replacementRate(modelFor(p), spanFor(p));
  return rate === null ? null : rate * hour;
}

function lossAfter(p: Settings): number | null {
  const time = timeToTotalLoss(modelFor(p), spanFor(p)?.to);
  return time === null ? null : time / hour;
}
