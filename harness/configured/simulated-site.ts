/**
 * Simulated machines under a configuration manager. A process that the manager starts joins the troupe, and joins again
 * after each restart.
 */
import type { Site } from "../../languages/configuration/manager.ts";
import type { Membership } from "../../protocols/binding/member/membership.ts";
import { defaultBindingOptions, type BindingOptions } from "../../protocols/binding/options.ts";
import { RingmasterMember } from "../../protocols/binding/ringmaster/formation.ts";
import { RingmasterBinding } from "../../protocols/binding/verbs/ringmaster-binding.ts";
import { CallError } from "../../protocols/errors.ts";
import type { Address, Host } from "../../protocols/host.ts";
import type { MessageOptions } from "../../protocols/message/options.ts";
import { Program } from "../../protocols/program/program.ts";
import type { Machine } from "../../sim/machine/machine.ts";
import type { Process } from "../../sim/machine/process.ts";
import { portsPerMachine } from "../../sim/network/network.ts";
import type { World } from "../../sim/world.ts";

export interface SimulatedSiteOptions {
  /** The troupe's name. */
  readonly name: string;
  /** Names of the machines. */
  readonly machines: readonly string[];
  /** The number of Ringmaster members, each on a machine of its own. */
  readonly ringmasters: number;
  readonly binding: Partial<BindingOptions>;
  readonly messages: Partial<MessageOptions>;
  /** Makes the module of a process. */
  readonly make: () => object;
}

export class SimulatedSite implements Site {
  readonly machines: ReadonlyMap<string, Machine>;
  /** The modules of the processes that have joined, by machine. */
  readonly modules = new Map<string, object>();
  readonly #world: World;
  readonly #options: SimulatedSiteOptions;
  readonly #wellKnown: Address[] = [];
  readonly #processes = new Map<string, Process>();
  readonly #members = new Map<string, { program: Program; binding: RingmasterBinding; membership: Membership }>();

  constructor(world: World, options: SimulatedSiteOptions) {
    this.#world = world;
    this.#options = options;
    const ringmasters = Array.from({ length: options.ringmasters }, (_, i) => world.machine(`ringmaster ${i + 1}`));
    for (const machine of ringmasters) this.#wellKnown.push(machine.index * portsPerMachine + 1);
    for (const machine of ringmasters) machine.start((host) => new RingmasterMember(this.#bound(host).binding).start());
    this.machines = new Map(options.machines.map((name) => [name, world.machine(name)]));
  }

  #bound(host: Host): { binding: RingmasterBinding; program: Program } {
    const binding = new RingmasterBinding(this.#wellKnown, this.#options.binding);
    return { binding, program: new Program(host, binding, this.#options.messages) };
  }

  /** Starts a caller or a manager on a machine of its own that does not fail. `main` runs at each start. */
  process(name: string, main: (program: Program, binding: RingmasterBinding) => void): Machine {
    const machine = this.#world.machine(name);
    machine.start((host) => {
      const { program, binding } = this.#bound(host);
      main(program, binding);
    });
    return machine;
  }

  isUp(name: string): boolean {
    return this.machines.get(name)?.up === true;
  }

  start(name: string): void {
    this.#processes.get(name)?.stop();
    const main = (host: Host): void => {
      this.modules.delete(name);
      this.#members.delete(name);
      const { binding, program } = this.#bound(host);
      void program.thread(() => this.#join(name, binding, program));
    };
    this.#processes.set(name, this.machines.get(name)!.start(main));
  }

  async #join(name: string, binding: RingmasterBinding, program: Program): Promise<void> {
    for (;;) {
      try {
        const module = this.#options.make();
        const membership = await binding.joinTroupe(this.#options.name, module, { anew: true });
        this.modules.set(name, module);
        this.#members.set(name, { binding, program, membership });
        return;
      } catch (error) {
        if (!(error instanceof CallError)) throw error;
        await program.sleep(this.#options.binding.pollInterval ?? defaultBindingOptions.pollInterval);
      }
    }
  }

  stop(name: string): void {
    const process = this.#processes.get(name);
    const member = this.#members.get(name);
    if (process === undefined) return;
    this.#processes.delete(name);
    this.#members.delete(name);
    this.modules.delete(name);
    if (member === undefined || !this.isUp(name)) process.stop();
    else
      void member.program.thread(async () => {
        await member.binding.leaveTroupe(member.membership);
        process.stop();
      });
  }

  machineAt(address: Address): string | undefined {
    const index = Math.floor(address / portsPerMachine);
    return [...this.machines].find(([, machine]) => machine.index === index)?.[0];
  }
}
