/** What a stage needs of a world and of its machines, and a troupe on a stage as a scenario sees it. */
import type { Address, Host, Milliseconds } from "../protocols/host.ts";
import type { Program } from "../protocols/program/program.ts";
import type { Troupe } from "../protocols/troupe/troupe.ts";
import type { Distribution } from "./chance/distribution.ts";
import type { Stream } from "./chance/random.ts";
import type { Check } from "./checkers/violation.ts";
import type { MachineOptions } from "./machine/machine.ts";
import type { TraceListener } from "./trace.ts";
import type { Action, World } from "./world.ts";

/** What a stage needs of a machine. */
export interface StageMachine {
  readonly name: string;
  readonly up: boolean;
  /** Starts a process, whose `main` gets the door of the machine. */
  start(main: (host: Host) => void): { readonly address: Address };
  /** Takes the machine down: all volatile state is lost. */
  crash(): void;
  /** Brings the machine up again with a new process. */
  restart(): void;
}

/** What a stage, and a scenario on it, need of a world: a simulated one, or one of real processes. */
export interface StageWorld {
  readonly now: Milliseconds;
  readonly random: Stream;
  /** Adds a machine, which is up. */
  machine(options?: string | MachineOptions): StageMachine;
  /** The address of a fresh multicast group. */
  group(): Address;
  /** Runs an action at a time, in ms since the beginning. */
  at(time: Milliseconds, action: Action): void;
  /** Runs an action after a delay in ms. */
  after(delay: Milliseconds, action: Action): void;
  /** Runs an action after a delay in ms that is drawn from a law. */
  afterRandom(law: Distribution, random: Stream, action: Action): void;
  /** Gives every event of the trace to a listener, until the returned function is called. */
  listen(listener: TraceListener): () => void;
  /** Runs until a time in ms, or until nothing is left to happen. */
  run(until?: Milliseconds): Promise<void>;
  /** Runs until a promise settles, and settles as it does. */
  until<R>(promise: Promise<R>): Promise<R>;
  /** What is judged when a run is over. Whoever runs the world asks each, and tells what it found. */
  readonly checks: Check[];
}

/** The machines of a world. */
export type MachineOf<W extends StageWorld> = ReturnType<W["machine"]>;

/** One member of a troupe, by its place. */
export interface StagedMember<T, W extends StageWorld = World> {
  /** The machine of the place. A replaced member is on another machine than before. */
  readonly machine: MachineOf<W>;
  readonly process: ReturnType<MachineOf<W>["start"]>;
  /** The program and the module of the member's present life, or of its last life. */
  readonly program: Program;
  readonly module: T;
  /** Whether it executes calls: it is up, and has the state of the troupe if a Ringmaster binds it. */
  readonly serves: boolean;
}

/** A troupe on a stage, as a scenario sees it. */
export class StagedTroupe<T extends object, W extends StageWorld = World> {
  readonly members: readonly StagedMember<T, W>[];
  readonly #present: () => Troupe;
  readonly #form: () => Promise<void>;

  constructor(present: () => Troupe, members: readonly StagedMember<T, W>[], form: () => Promise<void>) {
    this.#present = present;
    this.members = members;
    this.#form = form;
  }

  /** The present membership, as far as any member knows it. */
  get troupe(): Troupe {
    return this.#present();
  }

  /** Runs the world until all are members. A troupe with a static table is formed at once. */
  formed(): Promise<void> {
    return this.#form();
  }

  /** The member with this place in the troupe, from 1. */
  member(place: number): StagedMember<T, W> {
    const member = this.members[place - 1];
    if (member === undefined) {
      throw new RangeError(`troupe "${this.troupe.name}" has ${this.members.length} members, no member ${place}`);
    }
    return member;
  }
}
