/**
 * One cycle of a troupe whose members are replaced: from the first failure among all its members until all are members again.
 *
 * Lifetimes must be exponential: then what follows such a moment depends on nothing before, cycles are independent and alike, and
 * shares of time are means over cycles (regenerative simulation; S. M. Ross, Introduction to Probability Models, chapter 7). The
 * time from there to the next failure is exponential too, with mean lifetime/members: it counts with its mean, and is not
 * simulated. Members are alike, so that the first that fails may be any of them.
 */
import { Account } from "./availability-account.ts";
import { ReplacedTroupe, type ReplacedTroupeOptions } from "./replaced-troupe.ts";
import type { Trajectory } from "./splitting.ts";
import type { World } from "./world.ts";

/** What `totals` adds up; times in ms. */
export const total = {
  /** Time without a member. */
  below: 0,
  /** Its square. */
  belowSquared: 1,
  /** Time with fewer members than a majority. */
  belowMajority: 2,
  /** Time, that before the first failure included. */
  time: 3,
  /** Time until the first moment with no member, if there is one, or else until the end. */
  exposure: 4,
  /** Whether there was a moment with no member. */
  loss: 5,
  /** Events of the simulation since the first failure. */
  events: 6,
} as const;

export class OutageCycle implements Trajectory {
  readonly world: World;
  readonly #members: number;
  readonly #quiet: number;
  readonly #account: Account;
  readonly #start: number;
  readonly #eventsBefore: number;
  #living: number;

  /** Forms the troupe in a new world, and lets a member fail. */
  static async begin(
    world: World,
    options: Omit<ReplacedTroupeOptions, "changed"> & { readonly lifetime: { readonly mean: number } },
  ): Promise<OutageCycle> {
    let cycle: OutageCycle | undefined = undefined;
    const troupe = await ReplacedTroupe.form(world, { ...options, changed: (living) => cycle?.change(living) });
    cycle = new OutageCycle(world, options.members, options.lifetime.mean / options.members);
    troupe.fail(0);
    return cycle;
  }

  private constructor(world: World, members: number, quiet: number) {
    this.world = world;
    this.#members = members;
    this.#quiet = quiet;
    this.#start = world.now;
    this.#eventsBefore = world.engine.executed;
    this.#account = new Account(members, world.now, world.now);
    this.#living = members;
  }

  change(living: number): void {
    this.#living = living;
    this.#account.change(this.world.now, living);
    this.world.stop();
  }

  /** Members that have failed. */
  get level(): number {
    return this.#members - this.#living;
  }

  get over(): boolean {
    return this.level === 0;
  }

  totals(): number[] {
    const { world } = this;
    const account = this.#account;
    account.change(world.now, this.#living);
    const { below, belowMajority, losses } = account;
    const lived = this.#quiet + world.now - this.#start;
    return [
      below,
      below ** 2,
      belowMajority,
      lived,
      this.#quiet + account.exposure,
      losses,
      world.engine.executed - this.#eventsBefore,
    ];
  }
}
