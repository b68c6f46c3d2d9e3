/**
 * The configuration manager: brings a troupe about as its configuration says, watches its members through the
 * Ringmaster, and after failures solves the troupe extension problem by the stated policy. Source: dissertation,
 * chapter 7.
 *
 * The manager keeps nothing that must outlive it. Who belongs to the troupe the Ringmaster knows, and where members may
 * be the configuration says. While the manager is down the troupe serves on, and a failed member is not replaced; a
 * manager that is started again takes over what it finds. What waits by the policy (`delayed`) waits anew. A troupe has
 * one manager at a time: two would each replace.
 */
import type { RingmasterBinding } from "../../protocols/binding/verbs/ringmaster-binding.ts";
import { CallError } from "../../protocols/errors.ts";
import type { Address, Milliseconds } from "../../protocols/host.ts";
import type { Program } from "../../protocols/program/program.ts";
import { due, type Situation } from "../../protocols/troupe/replacement-policy.ts";
import type { MachineTable } from "./machines.ts";
import { conflict, NoProof, solve, type Specification } from "./solve.ts";

/** What a manager can do with machines. */
export interface Site {
  /** Whether a member could be started there, as far as is known. */
  isUp(machine: string): boolean;
  /** Starts a process there, which joins the troupe by itself. */
  start(machine: string): void;
  /** Ends the process there: it leaves the troupe, and does not come back when the machine does. */
  stop(machine: string): void;
  /** The machine that has an address. */
  machineAt(address: Address): string | undefined;
}

export interface ManagerOptions {
  /** From one look at the troupe to the next. */
  readonly interval: Milliseconds;
  /** After so long a process that was started and has not joined counts as failed. */
  readonly patience: Milliseconds;
  /** The most steps that one search may take. */
  readonly effort?: number;
  /** Told what the manager does, in a sentence. */
  readonly say?: (sentence: string) => void;
}

interface Failed {
  /** Unknown for a member that failed before this manager began. */
  readonly machine: string | undefined;
  readonly since: Milliseconds;
}

export class Manager {
  readonly #program: Program;
  readonly #binding: RingmasterBinding;
  readonly #specification: Specification;
  readonly #table: MachineTable;
  readonly #site: Site;
  readonly #options: ManagerOptions;
  /** Machines of members that live. */
  #living = new Set<string>();
  /** Machines where a process was started that has not joined yet, and when. */
  readonly #starting = new Map<string, Milliseconds>();
  /** Machines of members that have no place in the latest placement. */
  readonly #leaving = new Set<string>();
  #failed: Failed[] = [];
  #hasBegun = false;
  /** Machines for which the latest search found no placement. */
  #hopeless: string | undefined = undefined;

  /** `program` is bound by `binding`; the specification names the troupe. */
  constructor(
    program: Program,
    binding: RingmasterBinding,
    specification: Specification,
    table: MachineTable,
    site: Site,
    options: ManagerOptions,
  ) {
    this.#program = program;
    this.#binding = binding;
    this.#specification = specification;
    this.#table = table;
    this.#site = site;
    this.#options = options;
  }

  /** Machines of the members that live, as of the latest look. */
  get living(): ReadonlySet<string> {
    return this.#living;
  }

  /** Looks after the troupe for as long as the process lives. */
  run(): Promise<never> {
    return this.#program.thread(async () => {
      for (;;) {
        await this.look();
        await this.#program.sleep(this.#options.interval);
      }
    });
  }

  /** One look at the troupe, and what is to be done after it. */
  async look(): Promise<void> {
    const living = await this.#lookUp();
    if (living === undefined) return;
    this.#follow(living);
    const places = this.#specification.members.length;
    const isNew = !this.#hasBegun && living.size === 0;
    this.#hasBegun = true;
    const vacant = places - this.#staying.length - this.#starting.size;
    const now = this.#program.host.now();
    // Whoever failed before this manager began is known to have failed from now on.
    while (this.#failed.length < vacant) this.#failed.push({ machine: undefined, since: now });
    this.#failed.length = Math.max(0, Math.min(this.#failed.length, vacant));
    // A troupe that is not there yet has nobody who could be waited for.
    const ripe = isNew ? this.#failed.map((_, place) => place) : due(this.#specification.configuration.replace, this.#situation(now)).flat(); // prettier-ignore
    // One that was held for dead, and replaced, may be heard again.
    if (ripe.length > 0 || vacant < 0) this.#replace(ripe);
    this.#dismiss();
  }

  /** The machines of members that live; undefined if the Ringmaster does not answer. */
  async #lookUp(): Promise<Set<string> | undefined> {
    try {
      const lives = await this.#binding.lookupLiving(this.#specification.configuration.name!);
      return new Set(lives.flatMap(({ address }) => this.#site.machineAt(address) ?? []));
    } catch (error) {
      if (error instanceof CallError) return undefined;
      throw error;
    }
  }

  #follow(living: Set<string>): void {
    const now = this.#program.host.now();
    const { patience } = this.#options;
    for (const machine of living) {
      if (this.#starting.delete(machine)) this.#say(`a member has joined on ${machine}`);
      this.#failed = this.#failed.filter((each) => each.machine !== machine);
    }
    for (const machine of this.#living) {
      if (living.has(machine)) continue;
      if (this.#leaving.delete(machine)) this.#say(`the member on ${machine} has left`);
      else this.#hasFailed(machine, now, "has failed");
    }
    for (const [machine, since] of this.#starting) {
      if (now - since < patience && this.#site.isUp(machine)) continue;
      this.#starting.delete(machine);
      this.#hasFailed(machine, now, "did not come about");
    }
    this.#living = living;
  }

  #hasFailed(machine: string, since: Milliseconds, how: string): void {
    this.#say(`the member on ${machine} ${how}`);
    this.#failed.push({ machine, since });
  }

  get #staying(): string[] {
    return [...this.#living].filter((machine) => !this.#leaving.has(machine));
  }

  #situation(now: Milliseconds): Situation {
    const used = new Set([...this.#living, ...this.#starting.keys()]);
    return {
      now,
      members: this.#specification.members.length,
      failed: this.#failed.map(({ since }, place) => ({ place, since })),
      underWay: this.#starting.size,
      spares: this.#table.names.filter((name) => !used.has(name) && this.#site.isUp(name)).length,
    };
  }

  /**
   * Starts members in place of these failed ones, on machines of the best placement that keeps as many of the others as
   * can be.
   */
  #replace(ripe: readonly number[]): void {
    const kept = [...this.#staying, ...this.#starting.keys()];
    const down = new Set(this.#table.names.filter((name) => !kept.includes(name) && !this.#site.isUp(name)));
    const names = this.#placement(kept, down);
    if (names === undefined) return;
    const fresh = names.filter((name) => !kept.includes(name)).slice(0, ripe.length);
    for (const name of kept) if (!names.includes(name)) this.#leaving.add(name);
    const gone = new Set(ripe);
    for (const place of ripe) {
      const { machine } = this.#failed[place]!;
      if (machine !== undefined && !fresh.includes(machine)) this.#site.stop(machine);
    }
    this.#failed = this.#failed.filter((_, place) => !gone.has(place));
    for (const name of fresh) {
      this.#starting.set(name, this.#program.host.now());
      this.#site.start(name);
    }
    if (fresh.length > 0) this.#say(`a member is started on ${fresh.join(", ")}`);
  }

  /** The machines of the best placement; undefined if there is none, which is said once for the same machines. */
  #placement(kept: readonly string[], down: ReadonlySet<string>): string[] | undefined {
    const question = [...kept, "", ...down].join("\n");
    if (question === this.#hopeless) return undefined;
    const table = this.#table.without(down);
    const present = new Set(kept.map((name) => table.place(name)!));
    const { effort } = this.#options;
    try {
      const placement = solve(this.#specification, table, { present, ...(effort === undefined ? {} : { effort }) });
      if (placement !== undefined) return placement.machines.map((machine) => table.names[machine]!);
      const conditions = conflict(this.#specification, table, effort === undefined ? {} : { effort });
      const why = conditions.map(({ text }) => text).join("; ") || "too few machines";
      this.#say(`no placement on the ${table.size} machines that are up: ${why}`);
    } catch (error) {
      if (!(error instanceof NoProof)) throw error;
      this.#say(`${error.message}: no placement`);
    }
    this.#hopeless = question;
    return undefined;
  }

  /** Members without a place leave when nobody is missing any more, so that the state has as many holders as can be. */
  #dismiss(): void {
    if (this.#leaving.size === 0 || this.#starting.size > 0 || this.#failed.length > 0) return;
    for (const machine of this.#leaving) this.#site.stop(machine);
  }

  #say(sentence: string): void {
    this.#options.say?.(sentence);
  }
}
