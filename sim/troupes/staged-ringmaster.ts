/** The Ringmaster's processes on machines of a stage, and programs that are bound by it. */
import { RingmasterMember } from "../../protocols/binding/ringmaster/formation.ts";
import type { BindingOptions } from "../../protocols/binding/options.ts";
import type { ProcessId } from "../../protocols/binding/register/register.ts";
import { RingmasterBinding, type JoinOptions } from "../../protocols/binding/verbs/ringmaster-binding.ts";
import { CallError } from "../../protocols/errors.ts";
import type { Address, Host } from "../../protocols/host.ts";
import type { MessageOptions } from "../../protocols/message/options.ts";
import { Program } from "../../protocols/program/program.ts";
import type { StageMachine } from "../staged-troupe.ts";

export interface StagedRingmasterOptions {
  readonly binding: Partial<BindingOptions>;
  readonly messages: Partial<MessageOptions>;
  /** Message options that differ for the Ringmaster's own processes. */
  readonly ringmasterMessages?: Partial<MessageOptions>;
}

export interface BoundProgram {
  readonly binding: RingmasterBinding;
  readonly program: Program;
}

export class StagedRingmaster {
  readonly #options: StagedRingmasterOptions;
  readonly #addresses: readonly Address[];
  /** The members of all lives of the processes. */
  readonly #members: RingmasterMember[] = [];

  /** Starts one process on each machine. */
  constructor(machines: readonly StageMachine[], options: StagedRingmasterOptions) {
    this.#options = options;
    // On real sockets an address is known only when its process has started, and each process needs all addresses.
    const early: Host[] = [];
    let areKnown = false;
    const processes = machines.map((machine) =>
      machine.start((host) => {
        if (areKnown) this.#begin(host);
        else early.push(host);
      }),
    );
    this.#addresses = processes.map(({ address }) => address);
    areKnown = true;
    for (const host of early) this.#begin(host);
  }

  #begin(host: Host): void {
    const { binding } = this.program(host, {}, this.#options.ringmasterMessages);
    const member = new RingmasterMember(binding);
    this.#members.push(member);
    member.start();
  }

  /** A program bound by this Ringmaster. `own` and `messages` replace options of the stage. */
  program(host: Host, own: Partial<BindingOptions> = {}, messages: Partial<MessageOptions> = {}): BoundProgram {
    const binding = new RingmasterBinding(this.#addresses, { ...this.#options.binding, ...own });
    return { binding, program: new Program(host, binding, { ...this.#options.messages, ...messages }) };
  }

  /** Reports a crash to every process of the Ringmaster, without delay. */
  crashed(life: ProcessId): void {
    for (const member of this.#members) member.crashed(life);
  }
}

/**
 * Joins the troupe, and tries again as whoever starts a process again that could not join.
 *
 * @throws TypeError for a module that cannot be a member
 */
export async function keepJoining<T extends object>(
  { binding, program }: BoundProgram,
  name: string,
  module: T,
  options: JoinOptions<T>,
): Promise<void> {
  for (let joining = true; joining;) {
    try {
      await binding.joinTroupe(name, module, options);
      joining = false;
    } catch (error) {
      if (!(error instanceof CallError)) throw error;
      await program.sleep(binding.process.options.pollInterval);
    }
  }
}
