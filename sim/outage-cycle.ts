/**
 * Cycles of a troupe whose members are replaced: from the first failure among all its members until all are members again.
 *
 * Lifetimes must be exponential: then what follows such a moment depends on nothing before, cycles are independent and alike, and
 * shares of time are means over cycles (regenerative simulation; S. M. Ross, Introduction to Probability Models, chapter 7). The
 * time from there to the next failure is exponential too, with mean lifetime/members, and counts with its mean.
 */
import type { Milliseconds } from "../protocols/host.ts";
import { Account } from "./availability-account.ts";
import type { Distribution } from "./distribution.ts";
import { unbiased, type Bias } from "./failure-biasing.ts";
import { ReplacedTroupe, type ReplacedTroupeOptions } from "./replaced-troupe.ts";
import type { Trajectory } from "./splitting.ts";
import type { World } from "./world.ts";

/** What `totals` adds up; times in ms. */
export const total = {
  /** Time without a member. */
  below: 0,
  /** Time with fewer members than a majority. */
  belowMajority: 1,
  /** Time, that before the first failure included. */
  time: 2,
  /** Time until the first moment with no member, if there is one, or else until the end. */
  exposure: 3,
  /** Whether there was a moment with no member. */
  loss: 4,
} as const;

export interface CyclesOptions {
  readonly members: number;
  /** Laws of the spans that fail members and replace them. */
  readonly lifetime: Distribution;
  readonly replacement: Distribution;
  /** Mean time until a failure is known, in ms. */
  readonly detection: Milliseconds;
  /** By the number that live, until there is a moment with none. Left out: cycles come as they are. */
  readonly bias?: readonly Bias[] | undefined;
}

/** Any number of cycles, one after the other, in one world. */
export class OutageCycles {
  readonly world: World;
  readonly #options: CyclesOptions;
  #present: OutageCycle | undefined = undefined;

  /** Runs the world until a troupe is formed. */
  static async form(world: World, options: CyclesOptions & Omit<ReplacedTroupeOptions, "changed">) {
    const cycles = new OutageCycles(world, options);
    await ReplacedTroupe.form(world, { ...options, changed: (living) => cycles.change(living) });
    return cycles;
  }

  /** All are members; whoever fails and replaces them calls `change`. */
  constructor(world: World, options: CyclesOptions) {
    this.world = world;
    this.#options = options;
  }

  /** So many live from now on. */
  change(living: number): void {
    this.#present?.change(living);
  }

  /**
   * Runs the world, in which all are members, until one has failed. On average that takes no longer than to replace one: it is
   * enough for the protocols to come to rest, and nothing depends on what would pass beyond that.
   */
  async next(): Promise<OutageCycle> {
    const { world } = this;
    const { members, lifetime, replacement, detection, bias } = this.#options;
    const quiet = lifetime.mean / members;
    this.#hurry({ lives: Math.max(1, quiet / (replacement.mean + detection)), replacements: 1 });
    // After an outage nothing is gained by another.
    const changed = (living: number, isPast: boolean) => this.#hurry((isPast ? undefined : bias?.[living]) ?? unbiased);
    const cycle = new OutageCycle(world, members, quiet, changed);
    this.#present = cycle;
    while (cycle.level === 0) await world.run();
    return cycle;
  }

  /** The mean totals of so many cycles. */
  async means(count: number): Promise<number[]> {
    const sums = Object.values(total).map(() => 0);
    for (let i = 0; i < count; i++) {
      const cycle = await this.next();
      while (!cycle.over) await this.world.run();
      for (const [of, value] of cycle.totals().entries()) sums[of]! += value / count;
    }
    return sums;
  }

  #hurry({ lives, replacements }: Bias): void {
    const { lifetime, replacement } = this.#options;
    const hurry = new Map([[lifetime, lives]]);
    if (replacements !== 1) hurry.set(replacement, replacements);
    this.world.hurry(hurry);
  }
}

/** Its times are those of the world's likelihood. */
export class OutageCycle implements Trajectory {
  readonly world: World;
  readonly #members: number;
  readonly #quiet: number;
  readonly #changed: (living: number, isPast: boolean) => void;
  /** From the first failure on. */
  #account: Account | undefined = undefined;
  #living: number;

  /** `quiet`: the mean time before the first failure. `changed`: told how many live, and whether there was a moment with none. */
  constructor(world: World, members: number, quiet: number, changed: (living: number, isPast: boolean) => void) {
    this.world = world;
    this.#members = members;
    this.#quiet = quiet;
    this.#changed = changed;
    this.#living = members;
  }

  change(living: number): void {
    const { likelihood } = this.world;
    if (this.#account === undefined) {
      likelihood.restart();
      this.#account = new Account(this.#members, 0, 0);
    }
    this.#living = living;
    this.#account.change(likelihood.time, living, likelihood.value);
    this.#changed(living, this.#account.losses > 0);
    this.world.stop();
  }

  /** Members that have failed. */
  get level(): number {
    return this.#members - this.#living;
  }

  get over(): boolean {
    return this.#account !== undefined && this.level === 0;
  }

  totals(): number[] {
    const account = this.#account!;
    const { time, value } = this.world.likelihood;
    account.change(time, this.#living, value);
    const { below, belowMajority, exposure, losses } = account;
    return [below, belowMajority, this.#quiet + time, this.#quiet + exposure, losses];
  }
}
