/**
 * A partition cuts a client and some members of a troupe off from another client and the other members, and heals: what both
 * clients saw, and what the members have executed when all is over.
 *
 * Calls are made at random times, each in a thread of its own, and their answers do not depend on their order. At the end each
 * client reads how much was recorded.
 */
import { collators, quorum as quorumOf } from "../../protocols/call/collator.ts";
import type { Program } from "../../protocols/program/program.ts";
import type { ImportOptions, Stub } from "../../protocols/call/client/stub.ts";
import { CallError } from "../../protocols/errors.ts";
import type { Milliseconds } from "../../protocols/host.ts";
import { messageOptions, retryInterval } from "../../protocols/message/options.ts";
import { checkEqualState, type MemberState } from "../checkers/equal-state.ts";
import type { Divided } from "../checkers/partition-statement.ts";
import { checkPartition, type PartitionCheckOptions, type PartitionJudgement } from "../checkers/partition.ts";
import { Stage } from "../stage.ts";
import type { StampedEvent } from "../trace.ts";
import type { World } from "../world.ts";
import { Town } from "./town.ts";

export interface CourseOptions extends Divided {
  /** Members that are cut off, with a client of their own. */
  readonly minority: number;
  readonly ringmasters: number;
  /** Of those, the ones that are cut off too. */
  readonly ringmastersCutOff: number;
  /** How long the partition lasts. */
  readonly cut: Milliseconds;
  /** Only datagrams from the minority's side are lost. */
  readonly oneWay: boolean;
  /** Calls that each client makes in a second, as a Poisson process. */
  readonly rate: number;
  /** How long a client waits for an answer; 0: as long as it takes. */
  readonly timeout: Milliseconds;
  readonly lease: Milliseconds;
  readonly suspicion: Milliseconds;
}

/** A call, as its client saw it. */
export interface Seen {
  readonly made: Milliseconds;
  /** Infinity: it never ended. */
  readonly done: Milliseconds;
  readonly outcome: "answered" | "failed definitely" | "failed indefinitely" | "none";
  /** Of the error; empty if there was none. */
  readonly kind: string;
}

export type SideName = "minority" | "majority";

export interface Course {
  readonly opened: Milliseconds;
  readonly healed: Milliseconds;
  readonly calls: Readonly<Record<SideName, readonly Seen[]>>;
  /** Those that read at the end: two of each client, in one thread. */
  readonly reads: readonly Seen[];
  /** From the healing to the last entry of a member into an epoch, 0 if there was none; null with a static table. */
  readonly rejoined: Milliseconds | null;
  /** Whether all members have the same state in the end. */
  readonly equal: boolean;
  readonly judgement: PartitionJudgement;
}

/** A silent peer is given up after so long, with the message protocol's own constants. */
export const silence: Milliseconds = (() => {
  const options = messageOptions();
  let sum = 0;
  for (let attempt = 0; attempt <= options.tries; attempt++) sum += retryInterval(options, attempt);
  return sum;
})();

/** A client carries a call that it has the answer to for a datagram's lifetime to those that it has found silent. */
export const carried: Milliseconds = silence + messageOptions().datagramLifetime;

/** Rounds of the Ringmaster in one lease. */
export const roundsPerLease = 5;
const pollInterval: Milliseconds = 50;

const name = "journal";

class Journal {
  minority = new Set<number>();
  majority = new Set<number>();

  /** Answers the entry: whatever else is recorded. */
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
  readonly journal: Stub<Journal>;
}

/** The troupe with its two clients, bound in either way. */
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
  const modules: Journal[] = [];
  const make = (): Journal => {
    const module = new Journal();
    modules.push(module);
    return module;
  };
  const states = (): MemberState[] => modules.map((state, i) => ({ name: `${name} ${i + 1}`, state }));
  if (binding === "static") {
    const stage = new Stage(world);
    const { troupe } = stage.troupe(name, make, members);
    const client = (side: SideName): Client => {
      const program = stage.client(clientOf(side));
      return { program, journal: program.import(Journal, name, calling) };
    };
    return { clients: { minority: client("minority"), majority: client("majority") }, troupe, states };
  }
  const town = new Town(world, {
    name,
    members,
    ringmasters,
    quorum,
    make,
    binding: { probeInterval: lease / roundsPerLease, lease, suspicion, pollInterval },
    messages: {},
    changed: () => undefined,
  });
  while (town.living < members) await world.run(world.now + 1000);
  const client = async (side: SideName): Promise<Client> => {
    const program = town.client(clientOf(side));
    const journal = program.thread(() => program.bind(Journal, name, calling));
    await world.run(world.now + 1000);
    return { program, journal: await journal };
  };
  return { clients: { minority: await client("minority"), majority: await client("majority") }, troupe: name, states };
}

/** Notes in the list what becomes of a call, which is made now. Rejects with what is no failure of a call. */
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
  { program, journal }: Client,
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
        program.thread(() => journal.record(side, entry)),
      ),
    );
  }
}

/** Machines of the minority's side, by name. */
function minoritySide({ binding, minority, ringmastersCutOff }: CourseOptions): string[] {
  const numbered = (what: string, count: number): string[] =>
    Array.from({ length: count }, (_, i) => `${what} ${i + 1}`);
  const cutOff = binding === "static" ? 0 : ringmastersCutOff;
  return [clientOf("minority"), ...numbered(name, minority), ...numbered("ringmaster", cutOff)];
}

/** Runs it in a fresh world. `seed` is for the checker's sentences. */
export async function partitionCourse(world: World, seed: string, options: CourseOptions): Promise<Course> {
  const { cut, rate, lease, suspicion, oneWay } = options;
  const trace: StampedEvent[] = [];
  const wanted = new Set(["start", "end", "partition", "heal", "call", "call-done", "execute", "membership"]);
  world.listen((stamped) => {
    if (wanted.has(stamped.event.type)) trace.push(stamped);
  });
  const { clients, troupe, states } = await begin(world, options);
  const start = world.now;
  // At a random moment between two rounds of the Ringmaster, when all members are known to it.
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
  for (const { program, journal } of [clients.minority, clients.majority]) {
    // A watchdog gives no second answer to a thread if members differed at the first.
    void program.thread(async () => {
      void follow(world, reads, journal.sizes());
      await program.sleep(2 * silence);
      void follow(world, reads, journal.sizes());
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
