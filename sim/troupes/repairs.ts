/** Repairs: replaces the members of a troupe that are known to have failed, by a policy. */
import {
  due,
  nextVisit,
  takesIn,
  type Failed,
  type ReplacementPolicy,
  type Situation,
} from "../../protocols/troupe/replacement-policy.ts";
import type { Milliseconds } from "../../protocols/host.ts";
import type { Distribution } from "../chance/distribution.ts";
import type { Stream } from "../chance/random.ts";
import type { StageWorld } from "../staged-troupe.ts";

export interface RepairsOptions {
  readonly policy: ReplacementPolicy;
  /** The degree of replication. */
  readonly members: number;
  /** Law of the time that a replacement takes, in ms. */
  readonly time: Distribution;
  /** Stream of the replacement times of a place. A replacement of several places draws from the stream of the first. */
  readonly random: (place: number) => Stream;
  /** A place has a new machine, on which a member may start. */
  readonly back: (place: number) => void;
  /**
   * Spare machines: a replacement takes one, and a failed machine becomes one when it is repaired. Left out: spares
   * never run out. Machines that come back by themselves require that it is left out.
   */
  readonly spares?: Spares;
}

export interface Spares {
  readonly number: number;
  /** Law of the time from the detection of a failure until the machine is a spare, in ms. Repairs run in parallel. */
  readonly repair: Distribution;
  /** Stream of the repair times of a place's machines. */
  readonly random: (place: number) => Stream;
}

type Clock = Pick<StageWorld, "now" | "at" | "afterRandom">;

export class Repairs {
  /** Places that have got a new machine so far. */
  replaced = 0;
  readonly #world: Clock;
  readonly #options: RepairsOptions;
  #failed: Failed[] = [];
  /** Groups of places that are being replaced together. */
  readonly #underWay = new Set<Set<number>>();
  #spares: number;
  #visit: Milliseconds | undefined = undefined;

  constructor(world: Clock, options: RepairsOptions) {
    this.#world = world;
    this.#options = options;
    this.#spares = options.spares?.number ?? Infinity;
    this.#look();
  }

  /** The failure of the member at this place has become known. A failure that is known already is ignored. */
  known(place: number): void {
    if (this.#failed.some((failed) => failed.place === place)) return;
    for (const group of this.#underWay) if (group.has(place)) return;
    this.#failed.push({ place, since: this.#world.now });
    const { spares } = this.#options;
    if (spares !== undefined) {
      this.#world.afterRandom(spares.repair, spares.random(place), () => {
        this.#spares++;
        this.#look();
      });
    }
    this.#look();
  }

  /** The machine of this place has come back by itself: its replacement is cancelled. */
  cameBack(place: number): void {
    this.#failed = this.#failed.filter((failed) => failed.place !== place);
    for (const group of this.#underWay) {
      group.delete(place);
      if (group.size === 0) this.#underWay.delete(group);
    }
    this.#look();
  }

  get #situation(): Situation {
    let underWay = 0;
    for (const group of this.#underWay) underWay += group.size;
    const { members } = this.#options;
    return { now: this.#world.now, members, failed: this.#failed, underWay, spares: this.#spares };
  }

  #look(): void {
    const { policy, time, random } = this.#options;
    for (const places of due(policy, this.#situation)) {
      const group = new Set(places);
      this.#spares -= group.size;
      this.#failed = this.#failed.filter(({ place }) => !group.has(place));
      this.#underWay.add(group);
      this.#world.afterRandom(time, random(places[0]!), () => this.#finish(group));
    }
    const visit = nextVisit(policy, this.#situation);
    if (visit === undefined || visit === this.#visit) return;
    this.#visit = visit;
    this.#world.at(visit, () => this.#look());
  }

  #finish(group: Set<number>): void {
    // All machines of the group have come back meanwhile.
    if (!this.#underWay.delete(group)) return;
    const places = [...group];
    if (takesIn(this.#options.policy)) {
      const taken = this.#failed.splice(0, Math.min(this.#spares, this.#failed.length));
      this.#spares -= taken.length;
      for (const { place } of taken) places.push(place);
    }
    for (const place of places) {
      this.replaced++;
      this.#options.back(place);
    }
    this.#look();
  }
}
