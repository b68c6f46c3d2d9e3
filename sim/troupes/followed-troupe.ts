/** A replaced troupe under observation: its account, the cost of its replacements, and calls to it at random times. */
import { CallError } from "../../protocols/errors.ts";
import type { Milliseconds, Random } from "../../protocols/host.ts";
import type { World } from "../world.ts";
import { Account } from "./availability-account.ts";
import { ReplacedTroupe, type ReplacedTroupeOptions } from "./replaced-troupe.ts";

interface Costs {
  readonly replaced: number;
  readonly bytes: number;
}

export class FollowedTroupe {
  readonly troupe: ReplacedTroupe;
  readonly account: Account;
  /** Calls that ended with a CallError. */
  failedCalls = 0;
  /** Shares of time and costs count between the times `from` and `to`. */
  readonly from: Milliseconds;
  readonly to: Milliseconds;
  readonly #world: World;
  #before: Costs = { replaced: 0, bytes: 0 };
  #after: Costs | undefined = undefined;

  /** The counted span begins `from` ms, and ends `to` ms, after the troupe is formed. */
  static async form(
    world: World,
    options: Omit<ReplacedTroupeOptions, "changed">,
    from: Milliseconds,
    to = Infinity,
  ): Promise<FollowedTroupe> {
    let followed: FollowedTroupe | undefined = undefined;
    const changed = (living: number): void => {
      if (followed !== undefined && followed.#after === undefined) followed.account.change(world.now, living);
    };
    const troupe = await ReplacedTroupe.form(world, { ...options, changed });
    followed = new FollowedTroupe(world, troupe, options.members, [from, to]);
    return followed;
  }

  private constructor(
    world: World,
    troupe: ReplacedTroupe,
    members: number,
    [from, to]: readonly [Milliseconds, Milliseconds],
  ) {
    this.#world = world;
    this.troupe = troupe;
    this.from = world.now + from;
    this.to = world.now + to;
    this.account = new Account(members, this.from, world.now);
    world.after(from, () => (this.#before = this.#costs));
    if (to < Infinity) {
      world.after(to, () => {
        this.account.change(world.now, troupe.living);
        this.#after = this.#costs;
      });
    }
  }

  get #costs(): Costs {
    return { replaced: this.troupe.repairs.replaced, bytes: this.troupe.bound.joiningBytes };
  }

  /**
   * Schedules `calls` calls at random times between `from` and `to` (simulated time). Each call looks the troupe up
   * afresh, so that an earlier total loss does not affect it.
   */
  call(calls: number, random: Random, from: Milliseconds, to: Milliseconds): void {
    if (calls === 0) return;
    const { service } = this.troupe;
    const client = this.troupe.bound.client("client", { lease: 100, suspicion: 200 });
    for (let i = 0; i < calls; i++) {
      this.#world.at(from + random.next() * (to - from), async () => {
        try {
          await client.thread(async () => service.call(await client.bind(service.type, "store")));
        } catch (error) {
          if (!(error instanceof CallError)) throw error;
          this.failedCalls++;
        }
      });
    }
  }

  /** Members replaced in the counted span. `bytes`: bytes of their joining. */
  get replaced(): number {
    return (this.#after ?? this.#costs).replaced - this.#before.replaced;
  }

  get bytes(): number {
    return (this.#after ?? this.#costs).bytes - this.#before.bytes;
  }
}
