/**
 * A troupe on a stage as `troupe serve` runs it: each member is a process that joins by the Ringmaster, and a process
 * that starts again joins with the state of the others. Failed members may be replaced on spare machines, by a policy,
 * as `troupe manage` does.
 */
import type { JoinOptions } from "../../protocols/binding/verbs/ringmaster-binding.ts";
import type { ProcessId } from "../../protocols/binding/register/register.ts";
import type { Host } from "../../protocols/host.ts";
import type { Program } from "../../protocols/program/program.ts";
import type { ReplacementPolicy } from "../../protocols/troupe/replacement-policy.ts";
import { hashOfName } from "../../protocols/troupe/troupe-id.ts";
import type { Troupe } from "../../protocols/troupe/troupe.ts";
import type { MemberState } from "../checkers/equal-state.ts";
import type { Distribution } from "../chance/distribution.ts";
import { StagedTroupe, type MachineOf, type StagedMember, type StageWorld } from "../staged-troupe.ts";
import { watchMembers } from "./member-watch.ts";
import { Repairs } from "./repairs.ts";
import { ServedChecks } from "./served-checks.ts";
import { keepJoining, type BoundProgram, type StagedRingmaster } from "./staged-ringmaster.ts";

/** How failed members are replaced. A machine that comes back before its member is replaced is a member again. */
export interface Replacement {
  /**
   * Machines beside those of the members: a replaced member starts on one that is up, and its old machine becomes one.
   */
  readonly spares: number;
  /** From the decision to replace until the new member starts, in ms. */
  readonly time: Distribution;
  /** Default: each member at once, many at a time. */
  readonly policy?: ReplacementPolicy;
}

export interface ServedOptions<T extends object, W extends StageWorld> {
  readonly name: string;
  readonly make: (program: Program) => T;
  readonly members: number;
  /** Those of the members first, then the spares. */
  readonly machines: readonly MachineOf<W>[];
  readonly join: JoinOptions<T>;
  readonly replacement: Replacement | undefined;
}

/** The longest time in ms for which `formed` waits. */
const longestForming = 60_000;

/** How often whoever replaces members asks the Ringmaster which of them live, in ms. */
const watchInterval = 500;

/** A machine with one process, which is a member while it has a place. */
class Seat<T extends object, W extends StageWorld> {
  readonly machine: MachineOf<W>;
  readonly process: ReturnType<MachineOf<W>["start"]>;
  place: number | undefined;
  /** Of the present life, or of the last life that had a place. */
  bound: BoundProgram | undefined = undefined;
  module: T | undefined = undefined;
  /** Of the present life. */
  host: Host | undefined = undefined;
  /** Whether `bound` has joined. */
  joined = false;

  constructor(machine: MachineOf<W>, place: number | undefined, begin: (seat: Seat<T, W>) => void) {
    this.machine = machine;
    this.place = place;
    let isNew = true;
    this.process = machine.start((host) => {
      this.host = host;
      this.joined = false;
      if (!isNew) begin(this);
    }) as ReturnType<MachineOf<W>["start"]>;
    isNew = false;
  }

  get life(): ProcessId {
    return this.bound?.binding.process.life ?? { address: this.process.address, incarnation: 0 };
  }

  get serves(): boolean {
    return this.machine.up && this.joined;
  }
}

export class ServedTroupe<T extends object, W extends StageWorld> {
  readonly staged: StagedTroupe<T, W>;
  readonly #world: W;
  readonly #ringmaster: StagedRingmaster;
  readonly #options: ServedOptions<T, W>;
  readonly #seats: readonly Seat<T, W>[];
  /** The seat of each place: the seat of its member, or of its last member. */
  readonly #seatOf: Seat<T, W>[];
  /** Places that wait for a machine. */
  readonly #waiting: number[] = [];
  readonly #repairs: Repairs | undefined;
  #latest: Troupe;

  constructor(world: W, ringmaster: StagedRingmaster, options: ServedOptions<T, W>) {
    const { name, members, machines, replacement } = options;
    this.#world = world;
    this.#ringmaster = ringmaster;
    this.#options = options;
    this.#latest = { id: 0, name, module: hashOfName(name), members: [] };
    const { ordering = "none" } = options.join;
    const checks = new ServedChecks(world, { name, ordering, states: () => this.#states() });
    world.checks.push(() => checks.violations());
    this.#seats = machines.map((machine, index) => {
      return new Seat<T, W>(machine, index < members ? index : undefined, (seat) => this.#begin(seat));
    });
    this.#seatOf = this.#seats.slice(0, members);
    for (const seat of this.#seatOf) this.#begin(seat);
    this.#repairs = replacement === undefined ? undefined : this.#replacing(replacement);
    const places = Array.from({ length: members }, (_, place) => this.#member(place));
    this.staged = new StagedTroupe(
      () => this.#present(),
      places,
      () => this.#formed(),
    );
  }

  #member(place: number): StagedMember<T, W> {
    const seat = (): Seat<T, W> => this.#seatOf[place]!;
    return {
      get machine() {
        return seat().machine;
      },
      get process() {
        return seat().process;
      },
      get program() {
        return seat().bound!.program;
      },
      get module() {
        return seat().module!;
      },
      get serves() {
        return seat().serves;
      },
    };
  }

  #present(): Troupe {
    for (const { bound } of this.#seatOf) {
      const troupe = bound?.binding.membership(this.#options.name)?.troupe;
      if (troupe !== undefined && troupe.id > this.#latest.id) this.#latest = troupe;
    }
    return this.#latest;
  }

  /** The states of the members of the present epoch; undefined while it changes, or a member executes calls. */
  #states(): MemberState[] | undefined {
    const { name } = this.#options;
    const { id } = this.#present();
    const states: MemberState[] = [];
    for (const { machine, bound, module, serves } of this.#seats) {
      if (!serves) continue;
      const membership = bound!.binding.membership(name);
      if (membership?.id !== id || membership.state !== "member" || !membership.exported.isIdle) return undefined;
      states.push({ name: machine.name, state: stateOf(module!) });
    }
    return states;
  }

  async #formed(): Promise<void> {
    const end = this.#world.now + longestForming;
    while (!this.#seatOf.every(({ serves }) => serves)) {
      if (this.#world.now >= end) {
        const serving = this.#seatOf.filter(({ serves }) => serves).length;
        const { name, members } = this.#options;
        throw new Error(`troupe "${name}" has ${serving} of ${members} members after ${longestForming} ms`);
      }
      await this.#world.run(this.#world.now + 100);
    }
  }

  /** A life of the process begins, or the process is given a place. */
  #begin(seat: Seat<T, W>): void {
    seat.place ??= this.#waiting.shift();
    if (seat.place === undefined || seat.host === undefined) return;
    this.#repairs?.cameBack(seat.place);
    this.#seatOf[seat.place] = seat;
    const { name, make, join } = this.#options;
    const bound = this.#ringmaster.program(seat.host);
    seat.bound = bound;
    const joining = bound.program.thread(async () => {
      const module = make(bound.program);
      seat.module = module;
      await keepJoining(bound, name, module, join);
      if (seat.bound === bound) seat.joined = true;
    });
    // What a class cannot be a module for ends the run.
    joining.catch((error: unknown) => this.#world.after(0, () => Promise.reject(error as Error)));
  }

  /** Watches the members, and replaces those that are gone. */
  #replacing({ time, policy = { kind: "eager", repairers: "many" } }: Replacement): Repairs {
    const { name, members } = this.#options;
    const streams = this.#seatOf.map((_, place) => this.#world.random.fork(`replacements of ${name}`).fork(`${place}`));
    const repairs = new Repairs(this.#world, {
      policy,
      members,
      time,
      random: (place) => streams[place]!,
      back: (place) => this.#replace(place),
    });
    this.#world.machine(`watch of ${name}`).start((host) => {
      const { binding, program } = this.#ringmaster.program(host);
      void program.thread(() =>
        watchMembers(program, binding, {
          name,
          pause: () => {
            // The Ringmaster does not know a process that has never joined.
            for (const [place, { machine, joined }] of this.#seatOf.entries()) {
              if (!machine.up && !joined) repairs.known(place);
            }
            return watchInterval;
          },
          lives: () => this.#seatOf.map(({ life }) => life),
          gone: (place) => repairs.known(place),
        }),
      );
    });
    return repairs;
  }

  #replace(place: number): void {
    const before = this.#seatOf[place]!;
    const spare = this.#seats.find((seat) => seat.place === undefined && seat.machine.up);
    if (spare === undefined) {
      this.#waiting.push(place);
      before.place = undefined;
      return;
    }
    before.place = undefined;
    spare.place = place;
    // A member that only could not be heard leaves: its place is taken.
    const { bound, joined, machine } = before;
    const membership = bound?.binding.membership(this.#options.name);
    if (machine.up && joined && membership !== undefined) {
      before.joined = false;
      void bound!.program.thread(() => bound!.binding.leaveTroupe(membership)).catch(() => undefined);
    }
    this.#begin(spare);
  }
}

/** What a module is compared by: its fields, or what it declares to be its state. */
function stateOf(module: object): unknown {
  return (module as { getState?(): unknown }).getState?.() ?? module;
}
