/**
 * A troupe whose members' machines fail and are replaced by a policy. The real protocols run in the loop: the
 * Ringmaster, its detection of crashes by probes, and the state transfer to newcomers.
 *
 * All policies meet the same failures: the k-th life and the k-th replacement time of a place are the same under all
 * policies. When all members are gone the state is lost, and the first newcomer founds the troupe anew.
 */
import type { BindingOptions } from "../../protocols/binding/options.ts";
import type { ReplacementPolicy } from "../../protocols/troupe/replacement-policy.ts";
import type { Milliseconds } from "../../protocols/host.ts";
import type { Distribution } from "../chance/distribution.ts";
import type { Stream } from "../chance/random.ts";
import type { Downtime } from "../machine/outages.ts";
import type { World } from "../world.ts";
import { Repairs } from "./repairs.ts";
import { service, type Service } from "./service.ts";
import { BoundTroupe, type Place } from "./bound-troupe.ts";

export interface ReplacedTroupeOptions {
  /** Prefix of the names of all machines, for several troupes in one world. Default: empty. */
  readonly prefix?: string;
  /** The degree of replication. */
  readonly members: number;
  /** Members of the Ringmaster; their machines do not fail. */
  readonly ringmasters: number;
  readonly policy: ReplacementPolicy;
  /** From the start of a machine to its failure, in ms; undefined: a machine fails only by a call of `fail`. */
  readonly lifetime: Distribution | undefined;
  /** From the decision to replace until the new machine starts, in ms. */
  readonly replacement: Distribution;
  /** Mean time until a crash is known, by probes of the Ringmaster; 0: known at once. */
  readonly detection: Milliseconds;
  /** What is replicated. */
  readonly service: Service;
  /** Called when the number of living members (members that have the state) has changed. */
  readonly changed: (living: number) => void;
  /** From the failure of a machine until it comes back by itself, in ms. Left out: only by a call of `comeBack`. */
  readonly comeback?: Distribution;
  /** Left out: spares never run out. */
  readonly spares?: { readonly number: number; readonly repair: Distribution };
  /** Left out: no racks; machines fail one by one. */
  readonly racks?: Racks;
}

/**
 * Racks fail and are repaired. All machines of a rack go down with it. A place stays in its rack, and waits for its
 * repair.
 */
export interface Racks {
  readonly number: number;
  readonly lifetime: Distribution;
  readonly repair: Distribution;
  /** Spread: member i is in rack i mod `number`. Packed: all members are in one rack. */
  readonly placement: Placement;
}

export type Placement = "spread" | "packed";

function rackOf(place: number, { number, placement }: Pick<Racks, "number" | "placement">): number {
  return placement === "packed" ? 0 : place % number;
}

/** The number of members in each rack that has any members. */
export function inRacks(number: number, placement: Placement, members: number): number[] {
  const inside: number[] = [];
  for (let place = 0; place < members; place++) {
    const rack = rackOf(place, { number, placement });
    inside[rack] = (inside[rack] ?? 0) + 1;
  }
  return inside;
}

/** The replicated module, unless another is given. */
class Store {
  contents: Uint8Array;

  constructor(bytes: number) {
    this.contents = new Uint8Array(bytes).map((_, i) => (i * 7919) >>> 5);
  }

  ask(): void {}
}

/** A service whose state, which a newcomer fetches, has so many bytes. */
export function store(bytes: number): Service {
  return service({ type: Store, make: () => new Store(bytes), call: (stub) => stub.ask() });
}

/** Binding options that give the wanted mean delay from a crash until it is known. */
function bindingFor(detection: Milliseconds, replacement: Milliseconds): Partial<BindingOptions> {
  // Short enough to add no noticeable delay, and long enough not to flood the Ringmaster while it records a crash.
  const pollInterval = detection === 0 ? Math.max(5, replacement / 48_000) : Math.max(50, detection / 1000);
  const patience = 100 * pollInterval;
  // The Ringmaster's machines do not fail, so that the upkeep of the Ringmaster itself is not needed.
  const upkeep = 1000 * replacement;
  if (detection === 0) {
    // Crashes are reported to the Ringmaster directly; its own probes find no further crash.
    const probeInterval = 1000 * replacement;
    const [lease, suspicion] = [5 * probeInterval, 6 * probeInterval];
    return { probeInterval, lease, suspicion, pollInterval, upkeep, patience };
  }
  // On average a crash comes half an interval after the last answer. The process is suspected 2.9 intervals after that
  // answer, and the watch sees the suspicion `detection` / 5 later: 2.4 / 3 + 0.2 = 1. At the fourth probe after that
  // answer the member is dropped.
  const probeInterval = detection / 3;
  const suspicion = 2.9 * probeInterval;
  return { probeInterval, lease: 2.5 * probeInterval, suspicion, loss: suspicion, pollInterval, upkeep, patience };
}

export class ReplacedTroupe {
  readonly repairs: Repairs;
  /** Sum of the times from crashes until they were known, in ms, and their number. */
  delays: Milliseconds = 0;
  known = 0;
  readonly bound: BoundTroupe;
  readonly #world: World;
  readonly #options: ReplacedTroupeOptions;
  readonly #lives: readonly Stream[];
  readonly #comebacks: readonly Stream[];
  /** The number of failures of the machine of each place. */
  readonly #failures: number[];
  /** When the machine of a place failed; undefined once the failure is known. */
  readonly #failedAt: (Milliseconds | undefined)[] = [];

  /** Runs the world until all are members. Machines begin to fail only then. */
  static async form(world: World, options: ReplacedTroupeOptions): Promise<ReplacedTroupe> {
    const { prefix = "", members, ringmasters, replacement, detection, service, changed } = options;
    const bound = new BoundTroupe(world, {
      name: "store",
      prefix,
      members,
      ringmasters,
      binding: bindingFor(detection, replacement.mean),
      messages: { retransmitInterval: 100, longestInterval: 200, tries: 5 },
      make: () => service.make(),
      changed: () => changed(bound.living),
    });
    while (bound.living < members) await world.run(world.now + 1000);
    return new ReplacedTroupe(world, bound, options);
  }

  private constructor(world: World, bound: BoundTroupe, options: ReplacedTroupeOptions) {
    const { prefix = "", policy, members, replacement, detection, spares, racks } = options;
    this.#world = world;
    this.#options = options;
    this.bound = bound;
    const ofPlaces = (purpose: string) =>
      bound.places.map(({ machine }) => world.random.fork(purpose).fork(machine.name));
    this.#lives = ofPlaces("lives");
    this.#comebacks = ofPlaces("comebacks");
    const times = ofPlaces("replacement times");
    const repairTimes = ofPlaces("repair times");
    this.#failures = bound.places.map(() => 0);
    this.repairs = new Repairs(world, {
      policy,
      members,
      time: replacement,
      random: (place) => times[place]!,
      back: (place) => bound.places[place]!.machine.bringUp(this),
      ...(spares === undefined ? {} : { spares: { ...spares, random: (place) => repairTimes[place]! } }),
    });
    bound.places.forEach((place, index) => this.#observe(place, index));
    if (detection > 0) bound.watch(detection / 5, (index) => this.#learn(index));
    bound.places.forEach((_, index) => this.#live(index));
    for (let rack = 0; racks !== undefined && rack < racks.number; rack++) {
      const { lifetime, repair } = racks;
      const inside = bound.places.filter((_, index) => rackOf(index, racks) === rack);
      const machines = inside.map(({ machine }) => machine);
      if (machines.length > 0) world.fail(machines, { lifetime, repair, name: `${prefix}rack ${rack + 1}` });
    }
  }

  get service(): Service {
    return this.#options.service;
  }

  /** Members that have the state. */
  get living(): number {
    return this.bound.living;
  }

  /** Lets the machine of a place fail at the end of the life that begins now, unless it goes down before that. */
  #live(index: number): void {
    const { lifetime } = this.#options;
    if (lifetime === undefined) return;
    const before = this.#failures[index];
    this.#world.afterRandom(lifetime, this.#lives[index]!, () => this.#failures[index] === before && this.fail(index));
  }

  /** The machine of the place fails, if it is up: its present life ends here. */
  fail(index: number): void {
    const { machine } = this.bound.places[index]!;
    if (machine.up) machine.takeDown(this, this.#world.ledger.fault("crash"));
  }

  /** The machine of the place comes back by itself, without its state, if it is down. */
  comeBack(index: number): void {
    this.repairs.cameBack(index);
    this.bound.places[index]!.machine.bringUp(this);
  }

  /**
   * The machine of each place fails at the beginning of each recorded downtime, counted from now. With `waits`, it
   * comes back by itself at the end of the downtime.
   */
  replay(places: readonly (readonly Downtime[])[], waits: boolean): void {
    const { now } = this.#world;
    for (const [index, downtimes] of places.entries()) {
      for (const { from, to } of downtimes) {
        this.#world.at(now + from, () => this.fail(index));
        if (waits) this.#world.at(now + to, () => this.comeBack(index));
      }
    }
  }

  #observe(place: Place, index: number): void {
    const { machine } = place;
    const told = machine.onChange;
    machine.onChange = (changed) => {
      const { joined } = place;
      told?.(changed);
      if (machine.up) {
        this.#failedAt[index] = undefined;
        this.#live(index);
      } else this.#failed(place, index, joined);
    };
  }

  #failed(place: Place, index: number, joined: boolean): void {
    const { detection, comeback } = this.#options;
    const world = this.#world;
    const failure = ++this.#failures[index]!;
    this.#failedAt[index] = world.now;
    // The machine stays down until it is replaced or comes back: the repair of its rack alone does not bring it up.
    place.machine.keepDown(this);
    const still = (action: () => void) => () => {
      if (this.#failures[index] === failure && !place.machine.up) action();
    };
    if (comeback !== undefined) {
      world.afterRandom(
        comeback,
        this.#comebacks[index]!,
        still(() => this.comeBack(index)),
      );
    }
    if (detection === 0) {
      this.bound.tell(place);
      this.#learn(index);
      // The Ringmaster does not know a process that never joined. The repairs, which started it, miss it.
    } else if (!joined)
      world.after(
        detection,
        still(() => this.#learn(index)),
      );
  }

  #learn(index: number): void {
    const failedAt = this.#failedAt[index];
    if (failedAt === undefined) return;
    this.#failedAt[index] = undefined;
    this.delays += this.#world.now - failedAt;
    this.known++;
    this.repairs.known(index);
  }
}
