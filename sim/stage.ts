/**
 * Troupes on simulated machines, for scenarios that read as sentences:
 *
 *     const bank = stage.troupe("bank", () => new Bank(), 3);
 *     bank.member(1).machine.crash();
 *     const client = stage.client("teller");
 *     const account = client.import(Bank, "bank");
 *     client.thread(async () => { await account.deposit(5); });
 *
 * Binding is a static table: a machine that restarts is again at the address of the member that it was, with a new
 * module. The world may be a simulated one, or one of real processes that offers the same.
 */
import { StaticBinding } from "../protocols/troupe/binding.ts";
import type { Troupe } from "../protocols/troupe/troupe.ts";
import type { ExportOptions } from "../protocols/call/server/export.ts";
import { Program } from "../protocols/program/program.ts";
import type { Address, Host, Milliseconds } from "../protocols/host.ts";
import type { MessageOptions } from "../protocols/message/options.ts";
import type { MachineOptions } from "./machine/machine.ts";
import type { TraceListener } from "./trace.ts";
import type { Action, World } from "./world.ts";

/** What a stage needs of a machine. */
export interface StageMachine {
  readonly name: string;
  readonly up: boolean;
  start(main: (host: Host) => void): { readonly address: Address };
  crash(): void;
  restart(): void;
}

/** What a stage, and a scenario on it, need of a world. */
export interface StageWorld {
  readonly now: Milliseconds;
  machine(options?: string | MachineOptions): StageMachine;
  group(): Address;
  at(time: Milliseconds, action: Action): void;
  after(delay: Milliseconds, action: Action): void;
  listen(listener: TraceListener): () => void;
  run(until?: Milliseconds): Promise<void>;
}

type MachineOf<W extends StageWorld> = ReturnType<W["machine"]>;

/** One member of a troupe. */
export interface StagedMember<T, W extends StageWorld = World> {
  readonly machine: MachineOf<W>;
  readonly process: ReturnType<MachineOf<W>["start"]>;
  /** The program and the module of the member's present life, or of its last life. */
  readonly program: Program;
  readonly module: T;
}

export class StagedTroupe<T extends object, W extends StageWorld = World> {
  readonly troupe: Troupe;
  readonly members: readonly StagedMember<T, W>[];

  constructor(troupe: Troupe, members: readonly StagedMember<T, W>[]) {
    this.troupe = troupe;
    this.members = members;
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

export interface StagedOptions<T extends object, W extends StageWorld = World> extends Omit<
  ExportOptions<T>,
  "troupe"
> {
  /** The machine of each member, from 0. By default machines of their own are made, named after the troupe. */
  readonly machine?: (index: number) => MachineOf<W> | MachineOptions;
  /** Whether the troupe has a multicast group. */
  readonly multicast?: boolean;
}

export class Stage<W extends StageWorld = World> {
  readonly world: W;
  readonly binding = new StaticBinding();
  readonly #options: Partial<MessageOptions>;
  #troupes = 0;

  /** `options` are the options of every program on the stage. */
  constructor(world: W, options: Partial<MessageOptions> = {}) {
    this.world = world;
    this.#options = options;
  }

  /** Puts a troupe on so many machines. `make` makes a member's module; it is called again after each restart. */
  troupe<T extends object>(
    name: string,
    make: (program: Program) => T,
    degree: number,
    options: StagedOptions<T, W> = {},
  ): StagedTroupe<T, W> {
    const { machine: place = (index) => ({ name: `${name} ${index + 1}` }), multicast = false, ...rest } = options;
    const machines = Array.from({ length: degree }, (_, index) => {
      const machine = place(index);
      return isMachine<MachineOf<W>>(machine) ? machine : (this.world.machine(machine) as MachineOf<W>);
    });
    const starts: (() => StagedMember<T, W>)[] = [];
    const addresses: Address[] = [];
    let troupe: Troupe | undefined = undefined;
    for (const machine of machines) {
      let program!: Program;
      let module!: T;
      const begin = (host: Host): void => {
        program = new Program(host, this.binding, this.#options);
        module = make(program);
        if (troupe !== undefined) program.export(module, { ...rest, troupe });
      };
      const process = machine.start(begin) as ReturnType<MachineOf<W>["start"]>;
      addresses.push(process.address);
      starts.push(() => {
        if (machine.up) program.export(module, { ...rest, troupe: troupe! });
        return {
          machine,
          process,
          get program() {
            return program;
          },
          get module() {
            return module;
          },
        };
      });
    }
    const id = ++this.#troupes;
    troupe = this.binding.add({
      id,
      name,
      module: id,
      members: addresses.map((address) => ({ address })),
      ...(multicast ? { group: this.world.group() } : {}),
    });
    return new StagedTroupe(
      troupe,
      starts.map((start) => start()),
    );
  }

  /** A program that exports nothing, on a new machine or the given machine. A crash ends it for good. */
  client(machine: string | MachineOf<W>): Program {
    const on: StageMachine = typeof machine === "string" ? this.world.machine(machine) : machine;
    let program: Program | undefined = undefined;
    on.start((host) => {
      program ??= new Program(host, this.binding, this.#options);
    });
    if (program === undefined) throw new Error(`machine "${on.name}" is down: a client cannot start there`);
    return program;
  }
}

function isMachine<M extends StageMachine>(given: M | MachineOptions): given is M {
  return "start" in given;
}
