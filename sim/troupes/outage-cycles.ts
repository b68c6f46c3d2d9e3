/**
 * Cycles of a troupe whose members are replaced: from the first failure among all its members until all are members
 * again.
 *
 * Lifetimes must be exponential. Then the course after a moment with all members is independent of the past, cycles are
 * independent and identically distributed, and shares of time are means over cycles (regenerative simulation; S. M.
 * Ross, Introduction to Probability Models, chapter 7). The time from the end of a cycle to the next failure is
 * exponential too, with mean lifetime/members; its mean is counted instead of its value.
 */
import type { Milliseconds } from "../../protocols/host.ts";
import type { Distribution } from "../chance/distribution.ts";
import type { World } from "../world.ts";
import { Account } from "./availability-account.ts";
import { unbiased, type Bias } from "./failure-biasing.ts";
import { ReplacedTroupe, type ReplacedTroupeOptions } from "./replaced-troupe.ts";

export interface CyclesOptions {
  readonly members: number;
  /** Laws of the lifetimes and of the replacement times, in ms. */
  readonly lifetime: Distribution;
  readonly replacement: Distribution;
  /** Mean time until a failure is known. */
  readonly detection: Milliseconds;
  /** By the number of living members; applied until the total loss of the cycle. Left out: no bias. */
  readonly bias?: readonly Bias[] | undefined;
}

/** Means over cycles; a cycle includes the time before its first failure. */
export interface CycleMeans {
  /** Time without a member. */
  readonly below: Milliseconds;
  /** Time with fewer members than a majority. */
  readonly belowMajority: Milliseconds;
  readonly time: Milliseconds;
  /** Time until the first moment with no member; the whole time if there is no such moment. */
  readonly exposure: Milliseconds;
  /** Share of cycles with such a moment. */
  readonly losses: number;
}

export class OutageCycles {
  readonly #world: World;
  readonly #options: CyclesOptions;
  #living: number;
  /** The account of the present cycle, from its first failure on. */
  #account: Account | undefined = undefined;

  /** Runs the world until a troupe is formed. */
  static async form(
    world: World,
    options: CyclesOptions & Omit<ReplacedTroupeOptions, "changed">,
  ): Promise<OutageCycles> {
    let cycles: OutageCycles | undefined = undefined;
    await ReplacedTroupe.form(world, { ...options, changed: (living) => cycles?.change(living) });
    cycles = new OutageCycles(world, options);
    return cycles;
  }

  /** At the start all members live. The caller must report each failure and replacement to `change`. */
  constructor(world: World, options: CyclesOptions) {
    this.#world = world;
    this.#options = options;
    this.#living = options.members;
  }

  /** From now on `living` members live. */
  change(living: number): void {
    const { likelihood } = this.#world;
    const { members, bias } = this.#options;
    if (this.#account === undefined) {
      likelihood.restart();
      this.#account = new Account(members, 0, 0);
    }
    this.#living = living;
    this.#account.change(likelihood.time, living, likelihood.value);
    // After the first outage of a cycle, biasing towards another outage gains nothing.
    const past = this.#account.losses > 0;
    this.#hurry((past ? undefined : bias?.[living]) ?? unbiased);
    this.#world.stop();
  }

  /** Means over the next `count` cycles. */
  async means(count: number): Promise<CycleMeans> {
    const { members, lifetime } = this.#options;
    const quiet = lifetime.mean / members;
    let [below, belowMajority, time, exposure, losses] = [0, 0, 0, 0, 0];
    for (let i = 0; i < count; i++) {
      const account = await this.#cycle();
      below += account.below / count;
      belowMajority += account.belowMajority / count;
      time += (quiet + this.#world.likelihood.time) / count;
      exposure += (quiet + account.exposure) / count;
      losses += account.losses / count;
    }
    return { below, belowMajority, time, exposure, losses };
  }

  /**
   * Runs the world until a member has failed, and then until all are members. The wait for the first failure is
   * shortened to at most one mean replacement time: the protocols settle within that time, and nothing depends on a
   * longer wait.
   */
  async #cycle(): Promise<Account> {
    const { members, lifetime, replacement, detection } = this.#options;
    const lives = Math.max(1, lifetime.mean / members / (replacement.mean + detection));
    this.#hurry({ lives, replacements: 1 });
    this.#account = undefined;
    do {
      if (this.#world.engine.pending === 0) throw new Error("members have failed, and nobody replaces them");
      await this.#world.run();
    } while (this.#living < members);
    return this.#account!;
  }

  #hurry({ lives, replacements }: Bias): void {
    const { lifetime, replacement } = this.#options;
    this.#world.hurry(
      new Map([
        [lifetime, lives],
        [replacement, replacements],
      ]),
    );
  }
}
