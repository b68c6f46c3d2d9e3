/**
 * A troupe whose members fail and are replaced, bound by a Ringmaster. Each member joins with the state of the others,
 * and is dropped when it has crashed. The machines of the Ringmaster, of the watch and of clients do not fail.
 */
import type { BindingOptions } from "../../protocols/binding/options.ts";
import type { OrderingName } from "../../protocols/call/server/ordering.ts";
import type { ProcessId, Quorum } from "../../protocols/binding/register/register.ts";
import type { Program } from "../../protocols/program/program.ts";
import type { Milliseconds } from "../../protocols/host.ts";
import { exponential } from "../chance/lifetimes.ts";
import type { Machine } from "../machine/machine.ts";
import { MeteredHost } from "../machine/metered-host.ts";
import type { World } from "../world.ts";
import { watchMembers } from "./member-watch.ts";
import { keepJoining, StagedRingmaster, type StagedRingmasterOptions } from "./staged-ringmaster.ts";

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

export interface BoundTroupeOptions extends StagedRingmasterOptions {
  readonly name: string;
  /** Prefix of the names of all machines, for several bound troupes in one world. Default: empty. */
  readonly prefix?: string;
  readonly members: number;
  readonly ringmasters: number;
  /** How many members must take part in a change of the troupe. Default: "one". */
  readonly quorum?: Quorum;
  /** The ordering of calls. Default: "none". */
  readonly ordering?: OrderingName;
  /** Makes the module of a process. */
  readonly make: () => object;
  /** Called when a member has joined or left, or its machine has crashed. */
  readonly changed: () => void;
  /** Called when a process can never be a member. Default: the error is nobody's, and ends the run. */
  readonly failed?: (error: unknown) => void;
}

export class BoundTroupe {
  /** Bytes of the datagrams that members sent and received until they had joined. */
  joiningBytes = 0;
  readonly #places: Place[] = [];
  readonly #world: World;
  readonly #options: BoundTroupeOptions;
  readonly #ringmaster: StagedRingmaster;

  constructor(world: World, options: BoundTroupeOptions) {
    this.#world = world;
    this.#options = options;
    const machines = Array.from({ length: options.ringmasters }, (_, i) => this.#machine(`ringmaster ${i + 1}`));
    this.#ringmaster = new StagedRingmaster(machines, options);
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
    const { name, quorum = "one", ordering = "none", make, changed, failed } = this.#options;
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
      const { binding, program } = this.#ringmaster.program(metered);
      place.life = { address: host.address, incarnation: host.incarnation };
      place.leave = () =>
        program.thread(async () => {
          await binding.leaveTroupe(binding.membership(name)!);
          place.joined = false;
          changed();
        });
      void program.thread(async () => {
        // A lost troupe is founded anew. The newcomer asks again until the loss is known.
        try {
          await keepJoining({ binding, program }, name, make(), { anew: true, quorum, ordering });
        } catch (error) {
          if (failed === undefined) throw error;
          failed(error);
          return;
        }
        place.joined = true;
        changed();
      });
    });
    return place;
  }

  /** A program that exports nothing, on a machine of its own that does not fail. */
  client(name: string, own: Partial<BindingOptions> = {}): Program {
    let program: Program | undefined = undefined;
    this.#machine(name).start((host) => {
      program ??= this.#ringmaster.program(host, own).program;
    });
    return program!;
  }

  /** The number of members that have the troupe's state. */
  get living(): number {
    return this.places.filter(({ joined }) => joined).length;
  }

  /** Reports a crash to the Ringmaster, without delay. */
  tell({ life }: Place): void {
    this.#ringmaster.crashed(life);
  }

  /**
   * Asks the Ringmaster which members live, at random times `interval` apart on average. Calls `gone` with the index of
   * the place of each member that lived and does not any more: a majority of the Ringmaster takes it for dead. The
   * member may still be registered, since it can be dropped only while another member is there to go on.
   */
  watch(interval: Milliseconds, gone: (index: number) => void): void {
    this.#machine("watch").start((host) => {
      const { binding, program } = this.#ringmaster.program(host);
      const pause = exponential(interval);
      const random = this.#world.random.fork("watch");
      void program.thread(() =>
        watchMembers(program, binding, {
          name: this.#options.name,
          pause: () => pause.draw(random),
          lives: () => this.places.map(({ life }) => life),
          gone,
        }),
      );
    });
  }
}
