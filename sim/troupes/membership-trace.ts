/** Figures and violations from the trace of a troupe whose membership changes under calls. */
import type { TroupeId } from "../../protocols/troupe/troupe.ts";
import { baseOf, epochOf, hashOfName } from "../../protocols/troupe/troupe-id.ts";
import type { Address, Milliseconds } from "../../protocols/host.ts";
import { checkExactlyOnce } from "../checkers/exactly-once.ts";
import { checkNoCallLost } from "../checkers/no-call-lost.ts";
import type { Violation } from "../checkers/violation.ts";
import type { StampedEvent } from "../trace.ts";
import type { World } from "../world.ts";

export class MembershipTrace {
  /** Time in which at least one member was frozen. */
  standstill: Milliseconds = 0;
  /** The latest epoch that a member has entered. */
  epoch = 0;
  /** Bytes sent to each address. */
  readonly bytes = new Map<Address, number>();
  /** Called when a member enters a new epoch. */
  changed: () => void = () => undefined;
  readonly #base: number;
  /** The events that the checkers read. */
  readonly #events: StampedEvent[] = [];
  readonly #frozen = new Set<string>();
  #since: Milliseconds = 0;

  /** `name`: the name of the troupe. */
  constructor(world: World, name: string) {
    this.#base = hashOfName(name);
    world.listen((stamped) => {
      const { event } = stamped;
      if (event.type === "datagram-sent") {
        this.bytes.set(event.to, (this.bytes.get(event.to) ?? 0) + event.datagram.length);
      } else if (this.#isJudged(stamped)) this.#events.push(stamped);
      else if (event.type === "membership" && event.name === name) this.#entered(stamped, event.state, event.troupe);
    });
  }

  #entered({ time, machine }: StampedEvent, state: string, troupe: TroupeId): void {
    if (state === "frozen") {
      if (this.#frozen.size === 0) this.#since = time;
      this.#frozen.add(machine);
    } else if (this.#frozen.delete(machine) && this.#frozen.size === 0) this.standstill += time - this.#since;
    if (state !== "member" || epochOf(troupe) <= this.epoch) return;
    this.epoch = epochOf(troupe);
    this.changed();
  }

  /** Lives of processes, and the calls of the troupe's clients. */
  #isJudged({ event }: StampedEvent): boolean {
    if (event.type === "start" || event.type === "end") return true;
    const isOfCall = event.type === "call" || event.type === "call-done" || event.type === "execute";
    return isOfCall && this.#isOfTroupe(event.troupe);
  }

  #isOfTroupe(troupe: TroupeId): boolean {
    return baseOf(troupe) === this.#base;
  }

  /**
   * Calls that were not executed exactly once, or were lost. Call this method when nothing is under way any more.
   * `members` answers the members of an epoch that are members still.
   */
  violations(members: (epoch: number) => readonly Address[], seed: string): Violation[] {
    const options = {
      seed,
      members: (troupe: TroupeId) => (this.#isOfTroupe(troupe) ? members(epochOf(troupe)) : []),
    };
    return [...checkExactlyOnce(this.#events, options), ...checkNoCallLost(this.#events, options)];
  }
}
