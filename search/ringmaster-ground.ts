/** Troupes that a Ringmaster binds: members come, go and come back. */
import type { Membership } from "../protocols/binding/member/membership.ts";
import { RingmasterMember } from "../protocols/binding/ringmaster/formation.ts";
import { RingmasterBinding } from "../protocols/binding/verbs/ringmaster-binding.ts";
import { CallError } from "../protocols/errors.ts";
import { Program } from "../protocols/program/program.ts";
import type { Machine } from "../sim/machine/machine.ts";
import type { World } from "../sim/world.ts";
import { moduleOf, type Ground, type Member } from "./ground.ts";
import type { Ledger } from "./ledger.ts";
import { ringmasterNames, type ScheduledClient, type ScheduledTroupe } from "./schedule.ts";
import { binding, ringmasterMessages, transactions } from "./settings.ts";

export class Resident implements Member {
  readonly troupe: string;
  readonly machine: Machine;
  program!: Program;
  module!: Ledger;
  /** What the last attempt to join was told; undefined when it has joined. */
  error: unknown = undefined;
  hasLeft = false;

  constructor(troupe: string, machine: Machine) {
    this.troupe = troupe;
    this.machine = machine;
  }

  get membership(): Membership | undefined {
    return (this.program.binding as RingmasterBinding).membership(this.troupe);
  }

  /** Whether it lives and does not mean to leave. */
  get isPresent(): boolean {
    return this.machine.up && !this.hasLeft;
  }
}

export class RingmasterGround implements Ground {
  readonly members: Resident[] = [];
  readonly ringmasters: { readonly machine: Machine; member: RingmasterMember }[] = [];
  /** By troupe whose last member has left: how many residents there were then. What comes after is another troupe. */
  readonly dissolved = new Map<string, number>();
  readonly #world: World;
  readonly #troupes: readonly ScheduledTroupe[];
  readonly #places: readonly number[];

  constructor(world: World, count: number, troupes: readonly ScheduledTroupe[]) {
    this.#world = world;
    this.#troupes = troupes;
    this.#places = Array.from({ length: count }, (_, index) => index * 256 + 1);
    for (const name of ringmasterNames(count)) {
      const machine = world.machine(name);
      const entry = { machine, member: undefined as unknown as RingmasterMember };
      this.ringmasters.push(entry);
      machine.start((host) => {
        const own = this.#binding();
        new Program(host, own, ringmasterMessages);
        entry.member = new RingmasterMember(own);
        entry.member.start();
      });
    }
  }

  #binding(): RingmasterBinding {
    return new RingmasterBinding(this.#places, binding);
  }

  /** Whether whoever comes founds the troupe anew when it is lost: so callers are told of losses. */
  isAnew(troupe: string): boolean {
    return this.#troupes.some(({ calls }) => calls === troupe);
  }

  of(troupe: string): Resident[] {
    return this.members.filter((each) => each.troupe === troupe);
  }

  /** Starts a process on a machine of this name that joins the troupe, in each of its lives. */
  join(name: string, on: string): void {
    const troupe = this.#troupes.find((each) => each.name === name)!;
    const machine = this.#world.machine(on);
    const resident = new Resident(name, machine);
    this.members.push(resident);
    const options = { anew: this.isAnew(name), ordering: troupe.ordering, transactions };
    machine.start((host) => {
      const own = this.#binding();
      const program = new Program(host, own, ringmasterMessages);
      resident.program = program;
      resident.module = moduleOf(troupe, program, on, false);
      resident.error = undefined;
      void program.thread(async () => {
        for (let joined = false; !joined;) {
          try {
            await own.joinTroupe(name, resident.module, options);
            joined = true;
            resident.error = undefined;
          } catch (error) {
            resident.error = error;
            if (!(error instanceof CallError)) break;
            // The Ringmaster may come back; so may a troupe that was out of reach for so long that it counted as lost.
            await program.sleep(300);
          }
        }
      });
    });
  }

  /**
   * A member leaves. Nothing happens if it is none, or the last of a troupe that calls another: those that come after
   * it are another troupe, which makes the calls of its clients anew.
   */
  leave(machine: string): void {
    const resident = this.members.find((each) => each.machine.name === machine);
    const membership = resident?.isPresent === true ? resident.membership : undefined;
    if (resident === undefined || membership === undefined) return;
    const residents = this.of(resident.troupe);
    const isCaller = this.#troupes.find(({ name }) => name === resident.troupe)!.calls !== null;
    const others = residents.filter((each) => each.isPresent).length - 1;
    if (isCaller && (others === 0 || membership.registration?.members.length === 1)) return;
    resident.hasLeft = true;
    const { program, troupe } = resident;
    void program.thread(async () => {
      try {
        await (program.binding as RingmasterBinding).leaveTroupe(membership);
        if (membership.registration?.members.length === 0) this.dissolved.set(troupe, this.of(troupe).length);
      } catch (error) {
        if (!(error instanceof CallError)) throw error;
      }
    });
  }

  /** Whether the machine may crash: what a majority of the Ringmaster has agreed on dies with a majority. */
  mayCrash(machine: Machine): boolean {
    if (!this.ringmasters.some((entry) => entry.machine === machine)) return true;
    return this.ringmasters.length > 2 && this.ringmasters.every(({ machine: { up }, member }) => up && member.serves);
  }

  client({ members }: ScheduledClient, begin: (program: Program, machine: Machine) => void): void {
    const machine = this.#world.machine(members[0]!);
    machine.start((host) => begin(new Program(host, this.#binding(), ringmasterMessages), machine));
  }
}
