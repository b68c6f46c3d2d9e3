/**
 * A partition cuts a client and some members of a troupe off from another client and the other members, and heals. The
 * course records the outcomes of the calls of both clients, and the calls that the members have executed at the end.
 *
 * Calls are made at random times, each in a thread of its own. Their answers do not depend on their order. At the end
 * each client reads the number of recorded entries.
 */
import { collators, quorum as quorumOf } from "../../protocols/call/collator.ts";
import type { Program } from "../../protocols/program/program.ts";
import type { ImportOptions, Stub } from "../../protocols/call/client/stub.ts";
import type { ModuleClass } from "../../protocols/call/module.ts";
import { CallError } from "../../protocols/errors.ts";
import type { Milliseconds } from "../../protocols/host.ts";
import { messageOptions, retryInterval } from "../../protocols/message/options.ts";
import { checkEqualState, type MemberState } from "../checkers/equal-state.ts";
import type { Divided } from "../checkers/partition-statement.ts";
import { checkPartition, type PartitionCheckOptions, type PartitionJudgement } from "../checkers/partition.ts";
import { Stage } from "../stage.ts";
import type { StampedEvent } from "../trace.ts";
import type { World } from "../world.ts";
import { BoundTroupe } from "./bound-troupe.ts";
import type { Service } from "./service.ts";

export interface CourseOptions extends Divided {
  /** Number of members that are cut off, together with a client. */
  readonly minority: number;
  readonly ringmasters: number;
  /** Number of Ringmaster members that are cut off too. */
  readonly ringmastersCutOff: number;
  /** How long the partition lasts. */
  readonly cut: Milliseconds;
  /** Only datagrams from the minority's side are lost. */
  readonly oneWay: boolean;
  /** Calls that each client makes in a second, as a Poisson process. */
  readonly rate: number;
  /** How long a client waits for an answer; 0: without limit. */
  readonly timeout: Milliseconds;
  readonly lease: Milliseconds;
  readonly suspicion: Milliseconds;
  /** What is replicated and called. Default: a journal, whose answers do not depend on the order of calls. */
  readonly service?: Service;
}

/** A call, as its client saw it. */
export interface Seen {
  readonly made: Milliseconds;
  /** Infinity: the call never ended. */
  readonly done: Milliseconds;
  readonly outcome: "answered" | "failed definitely" | "failed indefinitely" | "none";
  /** Kind of the CallError; empty if there was none. */
  readonly kind: string;
}

export type SideName = "minority" | "majority";

export interface Course {
  readonly opened: Milliseconds;
  readonly healed: Milliseconds;
  readonly calls: Readonly<Record<SideName, readonly Seen[]>>;
  /** The reading calls at the end: two by each client, in one thread. */
  readonly reads: readonly Seen[];
  /** ms from the healing to the last entry of a member into an epoch, 0 if there was none; null with a static table. */
  readonly rejoined: Milliseconds | null;
  /** Whether all members have the same state in the end. */
  readonly equal: boolean;
  readonly judgement: PartitionJudgement;
}

/** The time after which a silent peer is given up, with the default constants of the message protocol. */
export const silence: Milliseconds = (() => {
  const options = messageOptions();
  let sum = 0;
  for (let attempt = 0; attempt <= options.tries; attempt++) sum += retryInterval(options, attempt);
  return sum;
})();

/** A client that has its answer carries the call on, for one datagram lifetime, to the members that it found silent. */
export const carried: Milliseconds = silence + messageOptions().datagramLifetime;

/** Rounds of the Ringmaster in one lease. */
export const roundsPerLease = 5;
const pollInterval: Milliseconds = 50;

const name = "journal";

class Journal {
  minority = new Set<number>();
  majority = new Set<number>();

  /** Answers the entry itself: the answer does not depend on the other entries. */
  record(side: SideName, entry: number): number {
    this[side].add(entry);
    return entry;
  }

  sizes(): readonly [minority: number, majority: number] {
    return [this.minority.size, this.majority.size];
  }
}

interface Client {
  readonly program: Program;
  readonly record: (side: SideName, entry: number) => Promise<unknown>;
  readonly read: () => Promise<unknown>;
}

/** The type of what is replicated, and the calls of a stub. */
function replicated(given: Service | undefined) {
  if (given !== undefined) {
    const { type, make } = given;
    const callsOf = (program: Program, stub: Stub<object>): Client => {
      return { program, record: () => given.call(stub), read: () => given.call(stub) };
    };
    return { type, make, callsOf };
  }
  const callsOf = (program: Program, stub: Stub<object>): Client => {
    const journal = stub as unknown as Stub<Journal>;
    return { program, record: (side, entry) => journal.record(side, entry), read: () => journal.sizes() };
  };
  return { type: Journal as ModuleClass<object>, make: () => new Journal(), callsOf };
}

/** The troupe with its two clients, bound by a static table or by a Ringmaster. */
interface Scene {
  readonly clients: Readonly<Record<SideName, Client>>;
  readonly troupe: PartitionCheckOptions["troupe"];
  readonly states: () => MemberState[];
}

function clientOf(side: SideName): string {
  return `${side}'s client`;
}

async function begin(world: World, options: CourseOptions): Promise<Scene> {
  const { binding, members, ringmasters, quorum, lease, suspicion, timeout } = options;
  const collator = options.collator === "quorum" ? quorumOf(options.agreeing) : collators[options.collator]!;
  const calling: ImportOptions = timeout === 0 ? { collator } : { collator, timeout };
  const { type, callsOf, ...made } = replicated(options.service);
  const modules: object[] = [];
  const make = (): object => {
    const module = made.make();
    modules.push(module);
    return module;
  };
  const states = (): MemberState[] => modules.map((state, i) => ({ name: `${name} ${i + 1}`, state }));
  if (binding === "static") {
    const stage = new Stage(world);
    const { troupe } = stage.troupe(name, make, members);
    const client = (side: SideName): Client => {
      const program = stage.client(clientOf(side));
      return callsOf(program, program.import(type, name, calling));
    };
    return { clients: { minority: client("minority"), majority: client("majority") }, troupe, states };
  }
  const bound = new BoundTroupe(world, {
    name,
    members,
    ringmasters,
    quorum,
    make,
    binding: { probeInterval: lease / roundsPerLease, lease, suspicion, pollInterval },
    messages: {},
    changed: () => undefined,
  });
  while (bound.living < members) await world.run(world.now + 1000);
  const client = async (side: SideName): Promise<Client> => {
    const program = bound.client(clientOf(side));
    const stub = program.thread(() => program.bind(type, name, calling));
    await world.run(world.now + 1000);
    return callsOf(program, await stub);
  };
  return { clients: { minority: await client("minority"), majority: await client("majority") }, troupe: name, states };
}

/** Records the outcome of a call, made now, in the list. Rejects with any error that is not a CallError. */
async function follow(world: World, list: Seen[], call: Promise<unknown>): Promise<void> {
  const made = world.now;
  const place = list.push({ made, done: Infinity, outcome: "none", kind: "" }) - 1;
  try {
    await call;
    list[place] = { made, done: world.now, outcome: "answered", kind: "" };
  } catch (error) {
    if (!(error instanceof CallError)) throw error;
    const outcome = error.definite ? "failed definitely" : "failed indefinitely";
    list[place] = { made, done: world.now, outcome, kind: error.kind };
  }
}

/** The side's client calls as a Poisson process of `rate` calls/s, from now on. */
function makeCalls(
  world: World,
  side: SideName,
  { program, record }: Client,
  rate: number,
  until: Milliseconds,
): Seen[] {
  const calls: Seen[] = [];
  const gaps = world.random.fork(`calls of the ${side}`);
  for (let time = world.now, entry = 1; ; entry++) {
    time -= (Math.log(1 - gaps.next()) * 1000) / rate;
    if (time > until) return calls;
    world.at(time, () =>
      follow(
        world,
        calls,
        program.thread(() => record(side, entry)),
      ),
    );
  }
}

/** Names of the machines on the minority's side. */
function minoritySide({ binding, minority, ringmastersCutOff }: CourseOptions): string[] {
  const numbered = (what: string, count: number): string[] =>
    Array.from({ length: count }, (_, i) => `${what} ${i + 1}`);
  const cutOff = binding === "static" ? 0 : ringmastersCutOff;
  return [clientOf("minority"), ...numbered(name, minority), ...numbered("ringmaster", cutOff)];
}

/** Runs the course in a fresh world. `seed` appears in the sentences of the checkers. */
export async function partitionCourse(world: World, seed: string, options: CourseOptions): Promise<Course> {
  const { cut, rate, lease, suspicion, oneWay } = options;
  const trace: StampedEvent[] = [];
  const wanted = new Set(["start", "end", "partition", "heal", "call", "call-done", "execute", "membership"]);
  world.listen((stamped) => {
    if (wanted.has(stamped.event.type)) trace.push(stamped);
  });
  const { clients, troupe, states } = await begin(world, options);
  const start = world.now;
  // The cut comes at a random moment between two rounds of the Ringmaster, when the Ringmaster knows all members.
  const opened = start + silence + (world.random.fork("cut").next() * lease) / roundsPerLease;
  const healed = opened + cut;
  const quiet = healed + suspicion + 2 * silence;
  const settled = quiet + 4 * silence;
  const calls = {
    minority: makeCalls(world, "minority", clients.minority, rate, quiet),
    majority: makeCalls(world, "majority", clients.majority, rate, quiet),
  };
  const side = minoritySide(options);
  world.at(opened, () => {
    const partition = world.partition({ between: side, oneWay, name: "cut" });
    world.at(healed, () => partition.heal());
  });
  await world.run(settled);
  const reads: Seen[] = [];
  for (const { program, read } of [clients.minority, clients.majority]) {
    // A watchdog gives no second answer to a thread if members differed at the first.
    void program.thread(async () => {
      void follow(world, reads, read());
      await program.sleep(2 * silence);
      void follow(world, reads, read());
    });
  }
  await world.run(settled + 4 * silence);
  const entered = trace.findLast(
    ({ event }) => event.type === "membership" && event.name === name && event.state === "member",
  );
  const { collator, agreeing, quorum } = options;
  return {
    opened,
    healed,
    calls,
    reads,
    rejoined: options.binding === "static" ? null : Math.max(0, (entered?.time ?? 0) - healed),
    equal: checkEqualState(states(), { seed, time: world.now }).length === 0,
    judgement: checkPartition(trace, {
      seed,
      troupe,
      quorum,
      collator,
      agreeing,
      side,
      lease,
      carried,
      silence,
      cut: "cut",
    }),
  };
}
