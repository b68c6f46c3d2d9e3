/**
 * How long a change of membership takes, and its effect on callers, with the real protocols in the loop: a Ringmaster,
 * a troupe whose state callers change all the while, and lines of some bandwidth. A member joins, leaves or crashes.
 *
 * Source: dissertation, chapter 6: one atomic transaction, get_state and set_troupe_id, brings in a new member. The
 * newcomer fetches most of the state while calls go on. Then the members stand still for four round trips (half of
 * freezing; digests, manifest and retained calls; two phases of the decision; half to tell them) and, under load, while
 * the newcomer fetches the pieces changed since. Near the rate at which calls change pieces as fast as they are
 * fetched, that is chance, so the model is a mean over courses (sim/theory/join-model.ts). It fails where frozen
 * members fill the Ringmaster's lines.
 *
 * Each replication is checked: each member's state includes each call exactly once, and no call is lost.
 */
import { course, line } from "../harness/chart.ts";
import { experiment } from "../harness/experiment.ts";
import { choice, count, duration, number } from "../harness/parameters.ts";
import { refusalOfService, serviceOf, serviceParameters } from "../harness/service.ts";
import { quantile } from "../harness/statistics/moments.ts";
import { cut } from "../protocols/binding/state/pieces.ts";
import { externalizeState } from "../protocols/call/module-state.ts";
import type { Stub } from "../protocols/call/client/stub.ts";
import type { ModuleClass } from "../protocols/call/module.ts";
import { collators } from "../protocols/call/collator.ts";
import { headerBytes } from "../protocols/wire/segment.ts";
import { constant } from "../sim/chance/distribution.ts";
import type { ChangeSetting } from "../sim/theory/change-steps.ts";
import { joinTime, leaveTime, outsideModel, type ChangeTime } from "../sim/theory/join-model.ts";
import { scattered, Store } from "../sim/troupes/byte-store.ts";
import { MembershipTrace } from "../sim/troupes/membership-trace.ts";
import { OpenWorkload } from "../sim/troupes/open-workload.ts";
import { BoundTroupe, type Place } from "../sim/troupes/bound-troupe.ts";
import { greatest } from "../harness/statistics/moments.ts";

/** Bytes in a ms at 1 Mb/s. */
const bytesPerMegabit = 125;

/** The bytes that Ethernet, IP and UDP add to a datagram. */
const overhead = 66;

/** Bytes of a call to `add`, and of its RETURN. */
const callBytes = headerBytes + 38;
const returnBytes = headerBytes + 2;

/** Calls begin this many ms before the request for a change, and latencies are shown from then on. */
const before = 1000;
const shown = Array.from({ length: 40 }, (_, i) => i * 100 - before);
const bin = 100;

/** Calls continue for this many ms after the change. A call may take this many ms at most. */
const after = 1000;
const longestChange = 600_000;

/** The mean pause of the Ringmaster's clients between two attempts, in ms. */
const pollInterval = 5;

/** The name of the troupe. */
const name = "store";

export default experiment({
  name: "reconfiguration",
  question: "How long does a change of membership take, and what do callers notice?",
  reproduces: "dissertation, chapter 6: join_troupe as one atomic transaction, under load",
  parameters: {
    change: choice(["join", "leave", "crash"], "one more member joins; one leaves; one crashes and is removed"),
    members: count(3, "degree of replication before the change", { min: 1, max: 16 }),
    state: count(1_000_000, "the troupe's state", { min: 1, max: 100_000_000, unit: "bytes" }),
    load: number(200, "rate of calls, at random times, each of which changes one byte", { min: 0, unit: "calls/s" }),
    bandwidth: number(100, "of each machine's line", { min: 0.1, unit: "Mb/s" }),
    roundTrip: duration("2ms", "between two machines, without the time on the line", { min: 0.01 }),
    piece: count(16_384, "a piece of the state, on average: what has changed is fetched by pieces", {
      min: 256,
      unit: "bytes",
    }),
    collator: choice(["unanimous", "first-come", "majority"], "what callers wait for"),
    suspicion: duration("1500ms", "change crash: time of silence after which a member is held for dead", { min: 500 }),
    ringmasters: count(3, "members of the Ringmaster", { min: 1, max: 9 }),
    ...serviceParameters,
  },
  measures: {
    changeTime: { unit: "ms", help: "from the request (or the crash) until the next membership is in force" },
    standstill: { unit: "ms", help: "time in which members execute nothing, because of the change" },
    longest: { unit: "ms", help: "the longest time that a call took, of all", precision: null },
    medianBefore: {
      unit: "ms",
      help: "median latency of the calls that were over before the request",
      precision: null,
    },
    p99Before: { unit: "ms", help: "99th percentile of their latencies", precision: null },
    medianDuring: { unit: "ms", help: "median latency of calls under way at some time of the change", precision: null },
    p99During: { unit: "ms", help: "99th percentile of their latencies", precision: null },
    medianAfter: { unit: "ms", help: "median latency of calls that began after the change", precision: null },
    p99After: { unit: "ms", help: "99th percentile of their latencies", precision: null },
    callFailures: { estimator: "rare", help: "fraction of calls that failed", precision: null },
    bytes: { unit: "bytes", help: "sent to the newcomer until it is a member", precision: null },
  },
  series: {
    latency: {
      unit: "ms",
      estimator: "ratio",
      help: "mean latency by the time at which a call began",
      along: { name: "time", unit: "s", at: shown.map((from) => (from + bin / 2) / 1000) },
    },
  },
  async run(p, replication) {
    const { roundTrip, members, state, suspicion } = p;
    const bandwidth = { bitsPerSecond: p.bandwidth * 1e6, of: "sender", overhead } as const;
    const world = replication.world({ network: { delay: constant(roundTrip / 2), bandwidth } });
    const observer = new MembershipTrace(world, name);
    const expected = scattered(state);
    const served = p.module === "" ? undefined : await serviceOf(p);
    const modules: object[] = [];
    const bound = new BoundTroupe(world, {
      name,
      members: 1,
      ringmasters: p.ringmasters,
      binding: {
        probeInterval: suspicion / 6,
        lease: suspicion * 0.8,
        suspicion,
        pollInterval,
        pieceBytes: p.piece,
      },
      messages: { retransmitInterval: 200, longestInterval: 400, tries: 3 },
      make() {
        const module = served?.make() ?? new Store(modules.length === 0 ? scattered(state) : new Uint8Array(0));
        modules.push(module);
        return module;
      },
      changed: () => observer.changed(),
    });
    for (;;) {
      while (bound.living < bound.places.length) await world.run(world.now + 100);
      if (bound.living === members) break;
      bound.grow();
    }
    const client = bound.client("callers");
    const type = served?.type ?? (Store as ModuleClass<object>);
    const binding = client.thread(() => client.bind(type, name, { collator: collators[p.collator]! }));
    await world.run(world.now + 100);
    const stub = await binding;
    const callers = new OpenWorkload(world.random.fork("callers"));
    callers.begin(world, p.load, (random) => {
      const at = Math.floor(random.next() * state);
      expected[at]!++;
      return client.thread(() => (served === undefined ? (stub as Stub<Store>).add(at) : served.call(stub)));
    });
    // The request is made at a random moment between two probes of the Ringmaster.
    await world.run(world.now + before + world.random.fork("request").next() * suspicion);

    const request = world.now;
    const { standstill, epoch } = observer;
    const subject = p.change === "join" ? bound.grow() : bound.places[0]!;
    const received = observer.bytes.get(subject.life.address) ?? 0;
    let [done, bytes] = [Infinity, 0];
    observer.changed = () => {
      const isOver =
        p.change === "join" ? subject.joined : p.change === "leave" ? !subject.joined : observer.epoch > epoch;
      if (!isOver || done < Infinity) return;
      done = world.now;
      bytes = (observer.bytes.get(subject.life.address) ?? 0) - received;
    };
    if (p.change === "leave") void subject.leave();
    else if (p.change === "crash") subject.machine.crash();
    while (done === Infinity) {
      if (world.now > request + longestChange) throw new Error(`no change after ${longestChange} ms`);
      await world.run(world.now + 100);
    }
    const end = Math.max(done + after, request + shown.at(-1)! + bin);
    await world.run(end);
    callers.end();
    await world.run(end + 2 * suspicion + 10_000);
    const stores = served === undefined ? (modules as Store[]) : undefined;
    judge(bound, members, observer, stores, expected, replication.seed);

    const { calls } = callers;
    replication.series(
      "latency",
      shown.map((from) => {
        const latencies = callers.latencies((call) => call.from >= request + from && call.from < request + from + bin);
        return latencies.length === 0 ? null : [latencies.reduce((sum, each) => sum + each, 0), latencies.length];
      }),
    );
    const earlier = callers.latencies(({ to }) => to < request);
    const during = callers.latencies(({ from, to }) => from < done && to >= request);
    const later = callers.latencies(({ from }) => from >= done);
    const all = callers.latencies(() => true);
    return {
      changeTime: done - request,
      standstill: observer.standstill - standstill,
      longest: all.length === 0 ? null : greatest(all),
      medianBefore: share(earlier, 0.5),
      p99Before: share(earlier, 0.99),
      medianDuring: share(during, 0.5),
      p99During: share(during, 0.99),
      medianAfter: share(later, 0.5),
      p99After: share(later, 0.99),
      callFailures: calls.length === 0 ? null : [callers.failed, calls.length],
      bytes: p.change === "join" ? bytes : null,
    };
  },
  model: {
    changeTime: {
      of: (p) => modelOf(p)?.total ?? null,
      label: "predicted",
      within: 0.1,
      outside: (p) => outsideModel(settingOf(p)),
      source: "the steps of the protocol: one round trip each, and messages and state on the lines",
    },
    standstill: {
      of: (p) => modelOf(p)?.standstill ?? null,
      label: "predicted",
      within: 0.1,
      outside: (p) => outsideModel(settingOf(p)),
      source: "the same, from the first member that stands still to the last that goes on",
    },
    callFailures: { of: (p) => (p.load > 0 ? 0 : null), source: "nothing is lost while a member lives" },
  },
  refuse(p) {
    const refused = refusalOfService(p);
    if (refused !== null) return refused;
    if (p.change !== "join" && p.members < 2) return `change ${p.change} with members 1: expected at least 2`;
    const most = Math.floor((1000 * p.bandwidth * bytesPerMegabit) / (p.members * (callBytes + overhead)));
    return p.load < most
      ? null
      : `load ${p.load} with members ${p.members} on lines of ${p.bandwidth} Mb/s: expected less than ${most}, which fills the callers' line`;
  },
  charts: [
    course({
      y: "latency",
      by: "state",
      facet: "load",
      log: "y",
      title: "Mean latency around a change of membership that is asked for at 0 s",
    }),
    line({ x: "state", y: "changeTime", by: "load", facet: "change", log: "xy" }),
    line({ x: "state", y: "standstill", by: "load", facet: "change", log: "xy" }),
    line({ x: "load", y: "standstill", by: "state", facet: "change", log: "y" }),
  ],
  replications: 10,
  sweep: { state: [10_000, 100_000, 1_000_000, 10_000_000], load: [0, 20, 200, 1000] },
  demo: { cells: [{ state: [10_000, 1_000_000], load: 0 }, { load: 200 }], replications: 3 },
});

interface Setting {
  readonly module: string;
  readonly change: string;
  readonly members: number;
  readonly ringmasters: number;
  readonly state: number;
  readonly load: number;
  readonly bandwidth: number;
  readonly roundTrip: number;
  readonly piece: number;
}

function share(latencies: readonly number[], p: number): number | null {
  return latencies.length === 0 ? null : quantile(latencies, p);
}

/** The setting in the form of the model of a change. */
function settingOf(p: Setting): ChangeSetting {
  const { roundTrip, members, ringmasters } = p;
  return { roundTrip, bytesPerMs: p.bandwidth * bytesPerMegabit, overhead, members, ringmasters };
}

/** Models by setting, since two measures and all reports and charts ask for them. */
const models = new Map<string, ChangeTime>();

function modelOf(p: Setting): ChangeTime | null {
  if (p.change === "crash" || p.module !== "") return null;
  const { change, state, load, piece } = p;
  const setting = { ...settingOf(p), load: load / 1000 };
  const key = JSON.stringify([setting, change, state, piece]);
  let model = models.get(key);
  if (model === undefined) {
    if (change === "leave") model = leaveTime(setting);
    else {
      const pieces = cut(externalizeState(new Store(scattered(state))), piece).map((each) => each.bytes.length);
      model = joinTime({ ...setting, pieces, callBytes: returnBytes + overhead });
    }
    models.set(key, model);
  }
  return model;
}

/** @throws Error if a call was not executed, was executed twice, or is missing in the state of a member */
function judge(
  bound: BoundTroupe,
  members: number,
  observer: MembershipTrace,
  modules: readonly Store[] | undefined,
  expected: Uint8Array,
  seed: string,
): void {
  const stayed = bound.places.filter(({ joined, machine }) => joined && machine.up);
  const newcomers = bound.places.slice(members);
  const isOf = (place: Place, epoch: number): boolean => !newcomers.includes(place) || epoch === observer.epoch;
  const [violation] = observer.violations(
    (epoch) => stayed.filter((place) => isOf(place, epoch)).map(({ life }) => life.address),
    seed,
  );
  if (violation !== undefined) throw new Error(violation.sentence);
  // The effect of calls on a user's class is not known.
  for (const place of modules === undefined ? [] : stayed) {
    const { contents } = modules![bound.places.indexOf(place)]!;
    const at = expected.findIndex((byte, i) => contents[i] !== byte);
    if (at >= 0 || contents.length !== expected.length) {
      throw new Error(`${place.machine.name} has other bytes from ${at} on than the calls have written (seed ${seed})`);
    }
  }
}
