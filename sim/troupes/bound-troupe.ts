/**
 * A troupe whose members fail and are replaced, bound by a Ringmaster. Each member joins with the state of the others,
 * and is dropped when it has crashed. The machines of the Ringmaster, of the watch and of clients do not fail.
 */
import { RingmasterMember } from "../../protocols/binding/ringmaster/formation.ts";
import type { Membership } from "../../protocols/binding/member/membership.ts";
import type { BindingOptions } from "../../protocols/binding/options.ts";
import { includesProcess, type ProcessId, type Quorum } from "../../protocols/binding/register/register.ts";
import { RingmasterBinding } from "../../protocols/binding/verbs/ringmaster-binding.ts";
import { Program } from "../../protocols/program/program.ts";
import { CallError } from "../../protocols/errors.ts";
import type { Address, Host, Milliseconds } from "../../protocols/host.ts";
import type { MessageOptions } from "../../protocols/message/options.ts";
import { exponential } from "../chance/lifetimes.ts";
import type { Machine } from "../machine/machine.ts";
import { MeteredHost } from "../machine/metered-host.ts";
import { portsPerMachine } from "../network/network.ts";
import type { World } from "../world.ts";

/** The place of one member and of its successors. */
export interface Place {
  readonly machine: Machine;
  /** The process that runs there now, or ran last. */
  readonly life: ProcessId;
  /** Whether that process has joined the troupe. */
  readonly joined: boolean;
  /** The process leaves the troupe. Resolves when it is no longer a member. Rejects if no process runs there. */
  leave(): Promise<void>;
}

export interface BoundTroupeOptions {
  readonly name: string;
  /** Prefix of the names of all machines, for several bound troupes in one world. Default: empty. */
  readonly prefix?: string;
  readonly members: number;
  readonly ringmasters: number;
  readonly binding: Partial<BindingOptions>;
  /** How many members must take part in a change of the troupe. Default: "one". */
  readonly quorum?: Quorum;
  readonly messages: Partial<MessageOptions>;
  /** Message options that differ for the Ringmaster's processes. */
  readonly ringmasterMessages?: Partial<MessageOptions>;
  /** Makes the module of a process. */
  readonly make: () => object;
  /** Called when a member has joined or left, or its machine has crashed. */
  readonly changed: () => void;
}

export class BoundTroupe {
  /** Bytes of the datagrams that members sent and received until they had joined. */
  joiningBytes = 0;
  readonly #places: Place[] = [];
  readonly #world: World;
  readonly #options: BoundTroupeOptions;
  readonly #wellKnown: Address[] = [];
  readonly #ringmasters: RingmasterMember[] = [];

  constructor(world: World, options: BoundTroupeOptions) {
    this.#world = world;
    this.#options = options;
    const machines = Array.from({ length: options.ringmasters }, (_, i) => this.#machine(`ringmaster ${i + 1}`));
    for (const machine of machines) this.#wellKnown.push(machine.index * portsPerMachine + 1);
    for (const machine of machines) {
      machine.start((host) => {
        const binding = new RingmasterBinding(this.#wellKnown, options.binding);
        new Program(host, binding, { ...options.messages, ...options.ringmasterMessages });
        const member = new RingmasterMember(binding);
        this.#ringmasters.push(member);
        member.start();
      });
    }
    for (let i = 0; i < options.members; i++) this.grow();
  }

  #machine(name: string): Machine {
    return this.#world.machine(`${this.#options.prefix ?? ""}${name}`);
  }

  get places(): readonly Place[] {
    return this.#places;
  }

  /** Adds a machine, whose process joins the troupe. */
  grow(): Place {
    const { name, make, changed } = this.#options;
    const machine = this.#machine(`${name} ${this.#places.length + 1}`);
    const place = {
      machine,
      life: { address: 0, incarnation: 0 },
      joined: false,
      leave: () => Promise.reject(new Error(`${machine.name} does not run`)),
    } as { -readonly [K in keyof Place]: Place[K] };
    this.#places.push(place);
    machine.onChange = () => {
      if (machine.up) return;
      place.joined = false;
      changed();
    };
    machine.start((host) => {
      const metered = new MeteredHost(host, (bytes) => {
        if (!place.joined) this.joiningBytes += bytes;
      });
      const { binding, program } = this.#program(metered);
      place.life = { address: host.address, incarnation: host.incarnation };
      place.leave = () =>
        program.thread(async () => {
          await binding.leaveTroupe(binding.membership(name)!);
          place.joined = false;
          changed();
        });
      void program.thread(async () => {
        await this.#join(binding, program, make());
        place.joined = true;
        changed();
      });
    });
    return place;
  }

  /** Joins the troupe, and founds a lost troupe anew. The newcomer asks again until the loss is known. */
  async #join(binding: RingmasterBinding, program: Program, module: object): Promise<Membership> {
    const { name, quorum = "one" } = this.#options;
    for (;;) {
      try {
        return await binding.joinTroupe(name, module, { anew: true, quorum });
      } catch (error) {
        if (!(error instanceof CallError)) throw error;
        await program.sleep(binding.process.options.pollInterval);
      }
    }
  }

  #program(host: Host, own: Partial<BindingOptions> = {}): { binding: RingmasterBinding; program: Program } {
    const binding = new RingmasterBinding(this.#wellKnown, { ...this.#options.binding, ...own });
    return { binding, program: new Program(host, binding, this.#options.messages) };
  }

  /** A program that exports nothing, on a machine of its own that does not fail. */
  client(name: string, own: Partial<BindingOptions> = {}): Program {
    let program: Program | undefined = undefined;
    this.#machine(name).start((host) => {
      program ??= this.#program(host, own).program;
    });
    return program!;
  }

  /** The number of members that have the troupe's state. */
  get living(): number {
    return this.places.filter(({ joined }) => joined).length;
  }

  /** Reports a crash to the Ringmaster, without delay. */
  tell({ life }: Place): void {
    for (const ringmaster of this.#ringmasters) ringmaster.crashed(life);
  }

  /**
   * Asks the Ringmaster which members live, at random times `interval` apart on average. Calls `gone` with the index of
   * the place of each member that lived and does not any more: a majority of the Ringmaster takes it for dead. The
   * member may still be registered, since it can be dropped only while another member is there to go on.
   */
  watch(interval: Milliseconds, gone: (index: number) => void): void {
    this.#machine("watch").start((host) => {
      const { binding, program } = this.#program(host);
      const present = new Map<number, number>();
      const pause = exponential(interval);
      const random = this.#world.random.fork("watch");
      void program.thread(async () => {
        for (;;) {
          await program.sleep(pause.draw(random));
          const living = await binding.lookupLiving(this.#options.name);
          for (const [index, { life }] of this.places.entries()) {
            if (includesProcess(living, life)) present.set(index, life.incarnation);
            else if (present.get(index) === life.incarnation) {
              present.delete(index);
              gone(index);
            }
          }
        }
      });
    });
  }
}
