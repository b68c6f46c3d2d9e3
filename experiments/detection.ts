/**
 * The time to detect a crash, and the rate of false suspicions, by probes on lines that lose datagrams.
 *
 * Source: dissertation, paired message protocol (probes), and chapter 6 (the Ringmaster's null calls). At level
 * `message`, one process watches another process, as servers watch the members of a calling troupe. At level
 * `ringmaster`, a majority of the Ringmaster judges the members of a troupe and removes members that it considers dead.
 * A living member that was removed joins again. A more patient watcher detects crashes later and suspects living
 * processes less often; a chart shows this trade-off.
 */
import { line, tradeOff } from "../harness/chart.ts";
import { experiment, type Replication } from "../harness/experiment.ts";
import { choice, count, duration, ratio } from "../harness/parameters.ts";
import { quantile } from "../harness/statistics/moments.ts";
import type { Milliseconds } from "../protocols/host.ts";
import { Endpoint } from "../protocols/message/endpoint.ts";
import { messageOptions, retryInterval, type MessageOptions } from "../protocols/message/options.ts";
import type { Watch } from "../protocols/message/watch.ts";
import { constant } from "../sim/chance/distribution.ts";
import { judged, watched, type DetectionModel } from "../sim/theory/detection-model.ts";
import { BoundTroupe } from "../sim/troupes/bound-troupe.ts";

const hour = 3_600_000;

interface Setting {
  readonly level: "message" | "ringmaster";
  readonly interval: Milliseconds;
  readonly tries: number;
  readonly loss: number;
  readonly ringmasters: number;
  readonly retry: Milliseconds;
  readonly roundTrip: Milliseconds;
  readonly life: Milliseconds;
  readonly crashes: number;
}

/** The observations of one replication. */
interface Sight {
  /** The time from each crash to its detection, in ms. */
  readonly delays: number[];
  /** The total lifetime of watched processes in ms, and the number of suspicions in that time. */
  lived: Milliseconds;
  suspicions: number;
  /** The number of probes or null calls, and the lifetime in ms during which they were counted. */
  probes: number;
  counted: Milliseconds;
}

/** The message options of level `message`, with the protocol's own back-off. */
function watchOptions({ interval, tries, retry }: Setting): MessageOptions {
  const waits = { retransmitInterval: retry / 2, longestInterval: 4 * retry };
  return messageOptions({ ...waits, tries, probeInterval: interval });
}

/** Level `message`: one process watches another process, which crashes again and again. */
async function watching(p: Setting, replication: Replication): Promise<Sight> {
  const world = replication.world({ network: { delay: constant(p.roundTrip / 2), loss: p.loss } });
  const options = watchOptions(p);
  const sight: Sight = { delays: [], lived: 0, suspicions: 0, probes: 0, counted: 0 };
  const subject = world.machine("subject");
  const { address } = subject.start((host) => void new Endpoint(host, { called: () => undefined }, options));
  let endpoint!: Endpoint;
  world.machine("watcher").start((host) => {
    endpoint = new Endpoint(host, { called: () => undefined }, options);
  });
  let crashed: Milliseconds | undefined;
  let watch: Watch | undefined;
  const begin = (): void => {
    watch = endpoint.watch(address, 0, {
      heard: () => undefined,
      crashed: () => {
        if (crashed === undefined) {
          sight.suspicions++;
          begin();
        } else {
          sight.delays.push(world.now - crashed);
          watch = undefined;
        }
      },
    });
  };
  const random = world.random.fork("crashes");
  for (let i = 0; i < p.crashes; i++) {
    const start = world.now;
    begin();
    // Counting begins and ends at random moments between two first probes.
    const within = (): Milliseconds => random.next() * (p.interval + p.roundTrip);
    await world.run(start + p.life / 10 + within());
    const [counting, probes] = [world.now, endpoint.counters.probes];
    await world.run(start + p.life + p.life / 10 + within());
    subject.crash();
    sight.lived += world.now - start;
    sight.counted += world.now - counting;
    sight.probes += endpoint.counters.probes - probes;
    crashed = world.now;
    while (watch !== undefined) await world.run(world.now + p.interval);
    crashed = undefined;
    subject.restart();
  }
  return sight;
}

const troupe = "subject";
const members = 3;

/** The longest time from the suspicion of a member to the reading of the register, in ms. */
function pauseOf({ interval }: Setting): Milliseconds {
  return interval / 25;
}

/** Level `ringmaster`: the Ringmaster probes a troupe, whose members crash one after the other. */
async function judging(p: Setting, replication: Replication): Promise<Sight> {
  const links = [{ from: names("ringmaster", p.ringmasters), to: names(troupe, members), both: true, loss: p.loss }];
  const world = replication.world({ network: { delay: constant(p.roundTrip / 2), links } });
  const sight: Sight = { delays: [], lived: 0, suspicions: 0, probes: 0, counted: 0 };
  const since = new Map<string, Milliseconds>();
  let [crashed, counting, removal]: [Milliseconds | undefined, boolean, Milliseconds] = [undefined, false, 0];
  const ends = (time: Milliseconds, machine: string): void => {
    sight.lived += time - (since.get(machine) ?? time);
    since.delete(machine);
  };
  world.listen(({ time, machine, event }) => {
    if (event.type === "membership" && event.name === troupe) {
      if (event.state === "member" && !since.has(machine)) since.set(machine, time);
      if (event.state !== "out") return;
      sight.suspicions++;
      ends(time, machine);
    } else if (event.type === "crash") ends(time, machine);
    else if (event.type === "call" && machine.startsWith("ringmaster")) {
      if (event.procedure === "null" && counting) sight.probes++;
      // A member of the Ringmaster begins to remove a process.
      if (event.procedure !== "freeze") return;
      removal = time;
      if (crashed === undefined) return;
      sight.delays.push(time - crashed);
      crashed = undefined;
    }
  });
  const suspicion = (p.tries + 0.25) * p.interval;
  const bound = new BoundTroupe(world, {
    name: troupe,
    members,
    ringmasters: p.ringmasters,
    binding: {
      probeInterval: p.interval,
      suspicion,
      lease: suspicion,
      loss: 1000 * suspicion,
      pollInterval: pauseOf(p),
    },
    messages: { retransmitInterval: p.retry, longestInterval: p.retry, tries: 20 },
    ringmasterMessages: { tries: 1 },
    make: () => ({}),
    changed: () => undefined,
  });
  // A member that was removed knows it when its lease has ended, at the latest.
  const isWhole = (): boolean => since.size === members && world.now - removal > 2 * suspicion;
  const random = world.random.fork("crashes");
  for (let i = 0; i < p.crashes; i++) {
    while (!isWhole()) await world.run(world.now + p.interval / 10);
    // Probes are counted over a whole number of rounds.
    counting = true;
    const rounds = Math.ceil(p.life / p.interval);
    await world.run(world.now + rounds * p.interval);
    counting = false;
    sight.counted += members * rounds * p.interval;
    await world.run(world.now + random.next() * p.interval);
    while (!isWhole()) await world.run(world.now + p.interval / 10);
    const { machine } = bound.places[i % members]!;
    machine.crash();
    crashed = world.now;
    while (crashed !== undefined) await world.run(world.now + p.interval);
    await world.run(world.now + p.interval);
    machine.restart();
  }
  return sight;
}

function names(of: string, number: number): string[] {
  return Array.from({ length: number }, (_, i) => `${of} ${i + 1}`);
}

export default experiment({
  name: "detection",
  question: "How soon is a crash detected, and how often is a living process suspected?",
  reproduces: "dissertation, probes of the paired message protocol and of the Ringmaster, as renewal processes",
  parameters: {
    level: choice(["message", "ringmaster"], "one process watches another; or the Ringmaster probes a troupe of three"),
    interval: duration("1s", "from an answer to the next probe; of the Ringmaster, from one null call to the next", {
      min: 10,
    }),
    tries: count(3, "probes, or null calls, in a row without answer, until the process is suspected", {
      min: 1,
      max: 6,
    }),
    loss: ratio(0.1, "probability that a datagram between watcher and watched is lost", { max: 0.7 }),
    ringmasters: count(3, "level ringmaster: its members, of which a majority decides", { min: 1, max: 5 }),
    retry: duration("100ms", "wait for an answer: to the first probe, with back-off; to each CALL of a null call", {
      min: 1,
    }),
    roundTrip: duration("2ms", "of a probe and its answer", { min: 0.01 }),
    life: duration("100s", "from the start of a process to its crash, at least", { min: "1s" }),
    crashes: count(50, "crashes in one replication", { min: 1 }),
  },
  measures: {
    detectionTime: { unit: "s", estimator: "ratio", help: "mean time from a crash until it is known" },
    detectionP99: {
      unit: "s",
      help: "time within which 99% of the crashes of a replication are known",
      precision: null,
    },
    falseSuspicions: {
      unit: "per hour",
      estimator: "rare",
      help: "suspicions of a living process, for each hour that it lives",
    },
    probes: { unit: "per s", estimator: "ratio", help: "probes, or null calls, for each process that is watched" },
  },
  async run(p, replication) {
    const sight = await (p.level === "message" ? watching(p, replication) : judging(p, replication));
    const { delays, lived, suspicions, probes, counted } = sight;
    return {
      detectionTime: [delays.reduce((sum, delay) => sum + delay, 0) / 1000, delays.length],
      detectionP99: quantile(delays, 0.99) / 1000,
      falseSuspicions: [suspicions, lived / hour],
      probes: [probes, counted / 1000],
    };
  },
  model: {
    detectionTime: {
      of: (p) => modelOf(p).mean / 1000,
      outside: outsideDetection,
      source: "what a crash at a random moment finds under way",
    },
    detectionP99: {
      of: (p) => modelOf(p).sampleQuantile(0.99, p.crashes) / 1000,
      // This assumption hardly affects the mean, but affects the tail.
      outside: (p) =>
        outsideDetection(p) ??
        (p.level === "ringmaster" ? "it assumes that members of the Ringmaster do not outrun one another." : null),
      source: "the same: a mixture of uniform laws, and order statistics of as many crashes",
    },
    falseSuspicions: { of: (p) => modelOf(p).falseRate * hour, source: "runs of losses, as a renewal process" },
    probes: {
      of: (p) => (p.level === "message" ? watchModel(p).probeRate : p.ringmasters / p.interval) * 1000,
      outside: (p) =>
        p.level === "ringmaster" && p.loss > 0
          ? "it assumes that members of the Ringmaster ask in their rounds only, and not also when another suspects a process."
          : null,
      source: "probes of a cycle over its length",
    },
  },
  matters: { ringmasters: (p) => p.level === "ringmaster" },
  refuse(p) {
    if (p.roundTrip >= p.retry) return `roundTrip ${p.roundTrip}ms with retry ${p.retry}ms: expected less`;
    if (p.level === "ringmaster" && p.interval < 5 * p.retry) {
      return `interval ${p.interval}ms with retry ${p.retry}ms: expected at least five times as much`;
    }
    if (p.level === "ringmaster" && p.tries < 2) {
      return "tries 1 at level ringmaster: expected at least 2, since only the second of two null calls renews a lease";
    }
    return null;
  },
  charts: [
    tradeOff({ x: "detectionTime", y: "falseSuspicions", through: "tries", by: "loss", facet: "level", log: "y" }),
    line({ x: "tries", y: "falseSuspicions", by: "loss", facet: "level", log: "y" }),
    line({ x: "interval", y: "detectionTime", by: "tries", facet: "level" }),
  ],
  replications: 20,
  sweep: [
    { loss: [0.05, 0.1, 0.2, 0.3], tries: "1..6", crashes: 100 },
    { level: "ringmaster", loss: [0.3, 0.4], tries: "2..4", crashes: 15 },
  ],
  demo: {
    cells: [
      { loss: [0.1, 0.3], tries: [2, 4], crashes: 200 },
      { level: "ringmaster", loss: 0.1, tries: 2, life: "10s", crashes: 25 },
    ],
    replications: 6,
  },
});

function watchModel(p: Setting): ReturnType<typeof watched> {
  const options = watchOptions(p);
  const waits = Array.from({ length: p.tries }, (_, i) => retryInterval(options, i + 1));
  return watched({ ...p, waits });
}

/** The removal of a living member would be mistaken for the detection of the crash. */
function outsideDetection(p: Setting): string | null {
  const { falseRate, mean } = modelOf(p);
  if (p.level === "message" || members * falseRate * mean < 0.01) return null;
  return "it assumes that no living member is suspected in the time that the detection of a crash takes.";
}

function modelOf(p: Setting): DetectionModel {
  return p.level === "message" ? watchModel(p) : judged({ ...p, pause: pauseOf(p) });
}
