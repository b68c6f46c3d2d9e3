/** A replaced troupe under observation: its account, what its replacements cost, and calls to it at random times. */
import { CallError } from "../../protocols/errors.ts";
import type { Milliseconds, Random } from "../../protocols/host.ts";
import type { World } from "../world.ts";
import { Account } from "./availability-account.ts";
import { ReplacedTroupe, Store, type ReplacedTroupeOptions } from "./replaced-troupe.ts";

export class FollowedTroupe {
  readonly troupe: ReplacedTroupe;
  readonly account: Account;
  /** Calls that ended with a CallError. */
  failedCalls = 0;
  readonly #world: World;
  #replacedBefore = 0;
  #bytesBefore = 0;

  /** Shares of time and costs count from `from` ms after the troupe is formed. */
  static async form(
    world: World,
    options: Omit<ReplacedTroupeOptions, "changed">,
    from: Milliseconds,
  ): Promise<FollowedTroupe> {
    let followed: FollowedTroupe | undefined = undefined;
    const changed = (living: number): void => followed?.account.change(world.now, living);
    const troupe = await ReplacedTroupe.form(world, { ...options, changed });
    followed = new FollowedTroupe(world, troupe, options.members, from);
    return followed;
  }

  private constructor(world: World, troupe: ReplacedTroupe, members: number, from: Milliseconds) {
    this.#world = world;
    this.troupe = troupe;
    this.account = new Account(members, world.now + from, world.now);
    world.after(from, () => {
      this.#replacedBefore = troupe.repairs.replaced;
      this.#bytesBefore = troupe.town.joiningBytes;
    });
  }

  /** So many calls, at times between these two, each by who looks the troupe up: its loss in the past is nothing to them. */
  call(calls: number, random: Random, from: Milliseconds, to: Milliseconds): void {
    if (calls === 0) return;
    const client = this.troupe.town.client("client", { lease: 100, suspicion: 200 });
    for (let i = 0; i < calls; i++) {
      this.#world.at(from + random.next() * (to - from), async () => {
        try {
          await client.thread(async () => (await client.bind(Store, "store")).ask());
        } catch (error) {
          if (!(error instanceof CallError)) throw error;
          this.failedCalls++;
        }
      });
    }
  }

  /** Members replaced, and bytes that their joining cost, in the time that counts. */
  get replaced(): number {
    return this.troupe.repairs.replaced - this.#replacedBefore;
  }

  get bytes(): number {
    return this.troupe.town.joiningBytes - this.#bytesBefore;
  }
}
