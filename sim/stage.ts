/**
 * Troupes on simulated machines, for scenarios that read as sentences:
 *
 *     const bank = stage.troupe("bank", () => new Bank(), 3, { binding: "ringmaster" });
 *     await bank.formed();
 *     bank.member(1).machine.crash();
 *     const client = stage.client("teller");
 *     await world.until(client.thread(async () => {
 *       const account = await client.bind(Bank, "bank");
 *       await account.deposit(5);
 *     }));
 *
 * With the binding "ringmaster" the stage runs what `troupe serve` runs, with the same constants. With a static table,
 * a machine that restarts is again at the address of the member that it was, with a new module. The world may be a
 * simulated world, or a world of real processes that offers the same.
 */
import type { Quorum } from "../protocols/binding/register/register.ts";
import { servedBindingOptions } from "../protocols/binding/options.ts";
import { StaticBinding } from "../protocols/troupe/binding.ts";
import type { Troupe } from "../protocols/troupe/troupe.ts";
import type { ExportOptions } from "../protocols/call/server/export.ts";
import { Program } from "../protocols/program/program.ts";
import type { Address, Host } from "../protocols/host.ts";
import { servedMessageOptions, type MessageOptions } from "../protocols/message/options.ts";
import { BadData } from "./bad-data.ts";
import type { MachineOptions } from "./machine/machine.ts";
import {
  StagedTroupe,
  type MachineOf,
  type StagedMember,
  type StageMachine,
  type StageWorld,
} from "./staged-troupe.ts";
import { ServedTroupe, type Replacement } from "./troupes/served-troupe.ts";
import { StagedRingmaster } from "./troupes/staged-ringmaster.ts";
import type { World } from "./world.ts";

/** How a troupe is put on the stage: its machines, its binding, and what its members export. */
export interface StagedOptions<T extends object, W extends StageWorld = World> extends Omit<
  ExportOptions<T>,
  "troupe"
> {
  /** The machine of each member, from 0. By default machines of their own are made, named after the troupe. */
  readonly machine?: (index: number) => MachineOf<W> | MachineOptions;
  /** Whether the troupe has a multicast group. */
  readonly multicast?: boolean;
  /** "ringmaster": members join by the Ringmaster, and may change. Default: "static". A stage has one binding. */
  readonly binding?: "static" | "ringmaster";
  /** Binding "ringmaster": members of the Ringmaster, as the first troupe of the stage says. Default: 3. */
  readonly ringmasters?: number;
  /** Binding "ringmaster": how many members must take part in a change of the troupe. Default: "one". */
  readonly quorum?: Quorum;
  /** Binding "ringmaster": whether a troupe whose members have all died is founded again, with the first state. */
  readonly anew?: boolean;
  /** Binding "ringmaster": how failed members are replaced. Default: who comes back joins again, and nobody else. */
  readonly replacement?: Replacement;
}

/** Options that need a Ringmaster. */
const ofRingmaster = ["ringmasters", "quorum", "anew", "replacement"] as const;

/** Puts troupes and clients on the machines of a world. A stage has one binding. */
export class Stage<W extends StageWorld = World> {
  readonly world: W;
  readonly binding = new StaticBinding();
  readonly #options: Partial<MessageOptions>;
  /** Undefined until the first troupe or client decides what the binding is. */
  #kind: "static" | "ringmaster" | undefined = undefined;
  #ringmaster: StagedRingmaster | undefined = undefined;
  #troupes = 0;

  /** `options` are the options of every program on the stage. */
  constructor(world: W, options: Partial<MessageOptions> = {}) {
    this.world = world;
    this.#options = options;
  }

  /**
   * Puts a troupe on so many machines. `make` makes a member's module; it is called again after each restart.
   *
   * @throws BadData for options that do not go together, and for a second kind of binding on the stage
   */
  troupe<T extends object>(
    name: string,
    make: (program: Program) => T,
    degree: number,
    options: StagedOptions<T, W> = {},
  ): StagedTroupe<T, W> {
    const { machine: place = (index) => ({ name: `${name} ${index + 1}` }), binding = "static", ...rest } = options;
    this.#decide(binding, `troupe "${name}"`);
    const machineAt = (index: number): MachineOf<W> => {
      const machine = place(index);
      return isMachine<MachineOf<W>>(machine) ? machine : (this.world.machine(machine) as MachineOf<W>);
    };
    const machines = (count: number): MachineOf<W>[] => Array.from({ length: count }, (_, index) => machineAt(index));
    if (binding === "static") {
      const given = ofRingmaster.find((option) => options[option] !== undefined);
      if (given === undefined) return this.#fixed(name, make, machines(degree), rest);
      throw new BadData(`troupe "${name}": ${given} goes with binding "ringmaster" only.`);
    }
    const { ringmasters = 3, quorum = "one", anew = false, replacement, multicast = false, ...exporting } = rest;
    const group = multicast ? { group: this.world.group() } : {};
    this.#ringmaster ??= new StagedRingmaster(
      Array.from({ length: ringmasters }, (_, i) => this.world.machine(`ringmaster ${i + 1}`)),
      { binding: servedBindingOptions, messages: { ...servedMessageOptions, ...this.#options } },
    );
    const served = new ServedTroupe<T, W>(this.world, this.#ringmaster, {
      name,
      make,
      members: degree,
      machines: machines(degree + (replacement?.spares ?? 0)),
      join: { ...exporting, ...group, quorum, anew },
      replacement,
    });
    return served.staged;
  }

  #decide(kind: "static" | "ringmaster", who: string): void {
    this.#kind ??= kind;
    if (kind === this.#kind) return;
    throw new BadData(
      `${who}: binding "${kind}" on a stage whose first troupe or client has "${this.#kind}"; a stage has one binding.`,
    );
  }

  /** A troupe with a static table. */
  #fixed<T extends object>(
    name: string,
    make: (program: Program) => T,
    machines: readonly MachineOf<W>[],
    { multicast = false, ...rest }: Omit<StagedOptions<T, W>, "machine" | "binding">,
  ): StagedTroupe<T, W> {
    const starts: (() => StagedMember<T, W>)[] = [];
    const addresses: Address[] = [];
    let troupe: Troupe | undefined = undefined;
    for (const machine of machines) {
      let program!: Program;
      let module!: T;
      const begin = (host: Host): void => {
        program = new Program(host, this.binding, this.#options);
        module = program.runtime.construct(() => make(program));
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
          get serves() {
            return machine.up;
          },
        };
      });
    }
    const id = ++this.#troupes;
    const added = this.binding.add({
      id,
      name,
      module: id,
      members: addresses.map((address) => ({ address })),
      ...(multicast ? { group: this.world.group() } : {}),
    });
    troupe = added;
    return new StagedTroupe(
      () => added,
      starts.map((start) => start()),
      () => Promise.resolve(),
    );
  }

  /**
   * A program that exports nothing, on a new machine or the given machine. A crash ends it for good. It finds troupes
   * of a Ringmaster by `bind`.
   */
  client(machine: string | MachineOf<W>): Program {
    this.#kind ??= "static";
    const on: StageMachine = typeof machine === "string" ? this.world.machine(machine) : machine;
    let program: Program | undefined = undefined;
    on.start((host) => {
      program ??= this.#ringmaster?.program(host).program ?? new Program(host, this.binding, this.#options);
    });
    if (program === undefined) throw new Error(`machine "${on.name}" is down: a client cannot start there`);
    return program;
  }
}

function isMachine<M extends StageMachine>(given: M | MachineOptions): given is M {
  return "start" in given;
}
