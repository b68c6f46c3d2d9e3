/** A world with a Ringmaster, for scenarios in which troupes come, change and go. */
import { RingmasterMember } from "../../../protocols/binding/ringmaster/formation.ts";
import type { Membership } from "../../../protocols/binding/member/membership.ts";
import type { BindingOptions } from "../../../protocols/binding/options.ts";
import { RingmasterBinding, type JoinOptions } from "../../../protocols/binding/verbs/ringmaster-binding.ts";
import { Program } from "../../../protocols/program/program.ts";
import { CallError } from "../../../protocols/errors.ts";
import type { MessageOptions } from "../../../protocols/message/options.ts";
import type { Machine } from "../../../sim/machine/machine.ts";
import { World, type WorldOptions } from "../../../sim/world.ts";

export const quickBinding: Partial<BindingOptions> = {
  probeInterval: 200,
  lease: 1000,
  suspicion: 1500,
  loss: 5000,
  pollInterval: 50,
  patience: 5000,
  quiescence: 500,
};

export const quickMessages: Partial<MessageOptions> = {
  retransmitInterval: 30,
  longestInterval: 100,
  tries: 5,
  probeInterval: 200,
};

/** A process that is, or was, a member of a troupe; after a restart of its machine it joins as a newcomer. */
export interface Inhabitant<T> {
  readonly machine: Machine;
  /** Of the present life, or of the last. */
  readonly program: Program;
  readonly module: T;
  readonly membership: Membership | undefined;
  /** What the last attempt to join was told; undefined when it has joined. */
  readonly error: unknown;
}

export class Town {
  readonly world: World;
  readonly places: readonly number[];
  readonly ringmasters: { machine: Machine; member: RingmasterMember }[] = [];
  readonly #binding: Partial<BindingOptions>;
  readonly #messages: Partial<MessageOptions>;
  #count = 0;

  constructor(
    seed: string,
    options: {
      ringmasters?: number;
      network?: WorldOptions["network"];
      binding?: Partial<BindingOptions>;
      messages?: Partial<MessageOptions>;
    } = {},
  ) {
    const { ringmasters = 3, network, binding = {}, messages = {} } = options;
    this.world = new World({ seed, ...(network === undefined ? {} : { network }) });
    this.#binding = { ...quickBinding, ...binding };
    this.#messages = { ...quickMessages, ...messages };
    this.places = Array.from({ length: Math.max(1, ringmasters) }, (_, index) => index * 256 + 1);
    for (let index = 0; index < ringmasters; index++) {
      const machine = this.world.machine(`ringmaster ${index + 1}`);
      const entry = { machine, member: undefined as unknown as RingmasterMember };
      this.ringmasters.push(entry);
      machine.start((host) => {
        const binding = this.binding();
        new Program(host, binding, this.#messages);
        entry.member = new RingmasterMember(binding);
        entry.member.start();
      });
    }
  }

  binding(): RingmasterBinding {
    return new RingmasterBinding(this.places, this.#binding);
  }

  /** A process on a machine of its own that joins a troupe. `make` makes its module, in each of its lives. */
  member<T extends object>(name: string, make: (program: Program) => T, options: JoinOptions<T> = {}): Inhabitant<T> {
    const machine = this.world.machine(`${name} ${++this.#count}`);
    const inhabitant: { -readonly [K in keyof Inhabitant<T>]: Inhabitant<T>[K] } = {
      machine,
      program: undefined as unknown as Program,
      module: undefined as unknown as T,
      get membership() {
        return (inhabitant.program.binding as RingmasterBinding).membership(name);
      },
      error: undefined,
    };
    machine.start((host) => {
      const binding = this.binding();
      const program = new Program(host, binding, this.#messages);
      inhabitant.program = program;
      inhabitant.module = make(program);
      inhabitant.error = undefined;
      void program.thread(async () => {
        for (let joined = false; !joined;) {
          try {
            await binding.joinTroupe(name, inhabitant.module, options);
            joined = true;
            inhabitant.error = undefined;
          } catch (error) {
            inhabitant.error = error;
            if (!(error instanceof CallError)) break;
            // The Ringmaster may come back; and a troupe that was out of reach for so long that it counted as lost may
            // too.
            await program.sleep(300);
          }
        }
      });
    });
    return inhabitant;
  }

  /** A program on a machine of its own that exports nothing. */
  client(): Program {
    let program: Program | undefined = undefined;
    this.world.machine(`client ${++this.#count}`).start((host) => {
      program ??= new Program(host, this.binding(), this.#messages);
    });
    return program!;
  }

  /** Runs the world until the thread that `main` begins is over; at most five minutes. */
  async outcome<R>(program: Program, main: () => Promise<R>): Promise<{ value?: R; reason?: unknown }> {
    const result: { value?: R; reason?: unknown } = {};
    let over = false;
    void program.thread(async () => {
      try {
        result.value = await main();
      } catch (error) {
        result.reason = error;
      }
      over = true;
    });
    for (const end = this.world.now + 300_000; !over && this.world.now < end;)
      await this.world.run(this.world.now + 100);
    if (!over) throw new Error(`a thread is not over at ${this.world.now} ms`);
    return result;
  }

  /** What `main` answers. Rejects with what it throws. */
  async answer<R>(program: Program, main: () => Promise<R>): Promise<R> {
    const { value, reason } = await this.outcome(program, main);
    if (reason !== undefined) throw reason as Error;
    return value as R;
  }
}
