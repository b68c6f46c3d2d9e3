/** Who repairs: replaces the members of a troupe that are known to have failed, by a policy. */
import {
  due,
  nextVisit,
  takesIn,
  type Failed,
  type ReplacementPolicy,
  type Situation,
} from "../protocols/binding/policy.ts";
import type { Milliseconds } from "../protocols/host.ts";
import type { Distribution } from "./distribution.ts";
import type { Stream } from "./random.ts";
import type { World } from "./world.ts";

export interface RepairsOptions {
  readonly policy: ReplacementPolicy;
  /** The degree of replication. */
  readonly members: number;
  /** Of the time that a replacement takes, in ms. */
  readonly time: Distribution;
  /** Where the replacement times of a place are drawn from; that of several together is of the first. */
  readonly random: (place: number) => Stream;
  /** A place has a new machine, on which a member may start. */
  readonly back: (place: number) => void;
}

export class Repairs {
  /** Places that have got a new machine so far. */
  replaced = 0;
  readonly #world: World;
  readonly #options: RepairsOptions;
  #failed: Failed[] = [];
  readonly #underWay = new Set<number>();
  #visit: Milliseconds | undefined = undefined;

  constructor(world: World, options: RepairsOptions) {
    this.#world = world;
    this.#options = options;
    this.#look();
  }

  /** The failure of the member at this place has become known. One that is known already is passed over. */
  known(place: number): void {
    if (this.#underWay.has(place) || this.#failed.some((failed) => failed.place === place)) return;
    this.#failed.push({ place, since: this.#world.now });
    this.#look();
  }

  get #situation(): Situation {
    const { members } = this.#options;
    return { now: this.#world.now, members, failed: this.#failed, underWay: this.#underWay.size };
  }

  #look(): void {
    const { policy, time, random } = this.#options;
    for (const group of due(policy, this.#situation)) {
      this.#failed = this.#failed.filter(({ place }) => !group.includes(place));
      for (const place of group) this.#underWay.add(place);
      this.#world.afterRandom(time, random(group[0]!), () => this.#finish(group));
    }
    const visit = nextVisit(policy, this.#situation);
    if (visit === undefined || visit === this.#visit) return;
    this.#visit = visit;
    this.#world.at(visit, () => this.#look());
  }

  #finish(group: readonly number[]): void {
    const places = [...group];
    if (takesIn(this.#options.policy)) {
      places.push(...this.#failed.map(({ place }) => place));
      this.#failed = [];
    }
    for (const place of group) this.#underWay.delete(place);
    for (const place of places) {
      this.replaced++;
      this.#options.back(place);
    }
    this.#look();
  }
}
