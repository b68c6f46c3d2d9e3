/**
 * Troupes on simulated machines, for scenarios that read as sentences:
 *
 *     const bank = stage.troupe("bank", () => new Bank(), 3);
 *     bank.member(1).machine.crash();
 *     const client = stage.client("teller");
 *     const account = client.import(Bank, "bank");
 *     client.thread(async () => { await account.deposit(5); });
 *
 * Binding is a static table: a machine that restarts is again at the address of the member that it was, with a new module.
 */
import { StaticBinding, type Troupe } from "../protocols/binding/binding.ts";
import type { ExportOptions } from "../protocols/call/export.ts";
import { Program } from "../protocols/call/program.ts";
import type { Address, Host } from "../protocols/host.ts";
import type { MessageOptions } from "../protocols/message/options.ts";
import { Machine, type MachineOptions } from "./machine.ts";
import type { Process } from "./process.ts";
import type { World } from "./world.ts";

/** One member of a troupe. */
export interface StagedMember<T> {
  readonly machine: Machine;
  readonly process: Process;
  /** The program and the module of its present life, or of the last one. */
  readonly program: Program;
  readonly module: T;
}

export class StagedTroupe<T extends object> {
  readonly troupe: Troupe;
  readonly members: readonly StagedMember<T>[];

  constructor(troupe: Troupe, members: readonly StagedMember<T>[]) {
    this.troupe = troupe;
    this.members = members;
  }

  /** The member with this place in the troupe, from 1. */
  member(place: number): StagedMember<T> {
    const member = this.members[place - 1];
    if (member === undefined) {
      throw new RangeError(`troupe "${this.troupe.name}" has ${this.members.length} members, no member ${place}`);
    }
    return member;
  }
}

export interface StagedOptions<T extends object> extends Omit<ExportOptions<T>, "troupe"> {
  /** The machine of each member, from 0. By default machines of their own are made, named after the troupe. */
  readonly machine?: (index: number) => Machine | MachineOptions;
  /** Whether the troupe has a multicast group. */
  readonly multicast?: boolean;
}

export class Stage {
  readonly world: World;
  readonly binding = new StaticBinding();
  readonly #options: Partial<MessageOptions>;
  #troupes = 0;

  /** `options` are those of every program on the stage. */
  constructor(world: World, options: Partial<MessageOptions> = {}) {
    this.world = world;
    this.#options = options;
  }

  /** Puts a troupe on so many machines. `make` makes a member's module; it is called again after each restart. */
  troupe<T extends object>(
    name: string,
    make: (program: Program) => T,
    degree: number,
    options: StagedOptions<T> = {},
  ): StagedTroupe<T> {
    const { machine: place = (index) => ({ name: `${name} ${index + 1}` }), multicast = false, ...rest } = options;
    const machines = Array.from({ length: degree }, (_, index) => {
      const machine = place(index);
      return machine instanceof Machine ? machine : this.world.machine(machine);
    });
    const starts: (() => StagedMember<T>)[] = [];
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
      const process = machine.start(begin);
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

  /** A program that exports nothing, on a machine of its own (or the given one). It is not started again after a crash. */
  client(machine: string | Machine): Program {
    const on = typeof machine === "string" ? this.world.machine(machine) : machine;
    let program: Program | undefined = undefined;
    on.start((host) => {
      program ??= new Program(host, this.binding, this.#options);
    });
    if (program === undefined) throw new Error(`machine "${on.name}" is down: a client cannot start there`);
    return program;
  }
}
