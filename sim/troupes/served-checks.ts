/**
 * The checkers, on a troupe that a stage serves. They run by themselves: the stage watches the trace, judges each call
 * when nothing of it can be under way any more, and compares the members' states at the end of a run.
 */
import type { OrderingName } from "../../protocols/call/server/ordering.ts";
import type { Address, Milliseconds } from "../../protocols/host.ts";
import { baseOf, epochOf, hashOfName } from "../../protocols/troupe/troupe-id.ts";
import type { TroupeId } from "../../protocols/troupe/troupe.ts";
import { checkEqualState, type MemberState } from "../checkers/equal-state.ts";
import { checkExactlyOnce } from "../checkers/exactly-once.ts";
import { checkNoCallLost } from "../checkers/no-call-lost.ts";
import type { Violation } from "../checkers/violation.ts";
import type { StageWorld } from "../staged-troupe.ts";
import type { StampedEvent } from "../trace.ts";

/**
 * So long after a call is done at every client, no member executes it any more, in ms: longer than CALLs are repeated.
 */
const aftermath: Milliseconds = 60_000;

/** How many calls are remembered before those that are over are judged and forgotten. */
const remembered = 10_000;

/** One replicated call: its events, and how many of its clients wait. */
interface Call {
  readonly events: StampedEvent[];
  open: number;
  done: Milliseconds;
}

/** A member's present life in the troupe. */
interface Stay {
  readonly incarnation: number;
  /** The epoch in which it joined. */
  readonly from: number;
}

export interface ServedChecksOptions {
  /** Of the troupe. */
  readonly name: string;
  /** With transactions, what was committed counts as executed. */
  readonly ordering: OrderingName;
  /** The states of the members that serve; undefined while executions are under way. */
  readonly states: () => readonly MemberState[] | undefined;
}

export class ServedChecks {
  readonly #world: StageWorld;
  readonly #options: ServedChecksOptions;
  readonly #base: number;
  readonly #calls = new Map<string, Call>();
  #lives: StampedEvent[] = [];
  readonly #stays = new Map<Address, Stay>();
  /** The latest change of the membership. */
  #changed: Milliseconds = 0;
  readonly #violations: Violation[] = [];

  constructor(world: StageWorld, options: ServedChecksOptions) {
    this.#world = world;
    this.#options = options;
    this.#base = hashOfName(options.name);
    world.listen((stamped) => this.#hear(stamped));
  }

  #hear(stamped: StampedEvent): void {
    const { event, address, incarnation, time } = stamped;
    if (event.type === "start" || event.type === "end") {
      this.#lives.push(stamped);
      if (event.type === "end" && this.#stays.get(address)?.incarnation === incarnation) this.#stays.delete(address);
    } else if (event.type === "membership") {
      if (baseOf(event.troupe) !== this.#base || event.state === "frozen") return;
      this.#changed = time;
      if (event.state === "out") this.#stays.delete(address);
      else if (this.#stays.get(address)?.incarnation !== incarnation)
        this.#stays.set(address, { incarnation, from: epochOf(event.troupe) });
    } else if (event.type === "call" || event.type === "call-done") {
      if (this.#isJudged(event)) this.#follow(stamped, event);
    } else if (event.type === "execute") {
      if (this.#options.ordering === "none" && this.#isJudged(event)) this.#record(stamped, event);
    } else if (event.type === "transaction" && event.outcome === "committed") {
      const { thread, path, troupe } = event;
      const execution = { type: "execute", thread, path, troupe, procedure: "" } as const;
      if (this.#isJudged(execution)) this.#record({ ...stamped, event: execution }, execution);
    }
  }

  /**
   * Whether the call is one of the troupe's. The troupe commit protocol names only the first call of a transaction, so
   * that calls of procedures, which may be later calls, are not judged.
   */
  #isJudged({ troupe, path }: { readonly troupe: TroupeId; readonly path: string }): boolean {
    return baseOf(troupe) === this.#base && (this.#options.ordering !== "commit" || !path.includes("."));
  }

  #record(stamped: StampedEvent, { thread, path }: { readonly thread: string; readonly path: string }): Call {
    const key = `${thread} ${path}`;
    const call = this.#calls.get(key) ?? { events: [], open: 0, done: stamped.time };
    this.#calls.set(key, call);
    call.events.push(stamped);
    return call;
  }

  #follow(
    stamped: StampedEvent,
    event: { readonly type: string; readonly thread: string; readonly path: string },
  ): void {
    const call = this.#record(stamped, event);
    if (event.type === "call") {
      call.open++;
      if (this.#calls.size % remembered === 0) this.#forget();
    } else {
      call.open--;
      call.done = stamped.time;
    }
  }

  /** Judges the calls that are over, and forgets them. */
  #forget(): void {
    const over = [...this.#calls].filter(([, { open, done }]) => open <= 0 && done < this.#world.now - aftermath);
    for (const violation of this.#judge(
      over.map(([, call]) => call),
      true,
    ))
      this.#violations.push(violation);
    for (const [key] of over) this.#calls.delete(key);
    if (over.length === 0) return;
    // Nothing is asked any more of lives that ended before every call that is remembered.
    let oldest = this.#world.now;
    for (const { events } of this.#calls.values()) oldest = Math.min(oldest, events[0]!.time);
    const ended = new Set<string>();
    for (const { event, address, incarnation, time } of this.#lives) {
      if (event.type === "end" && time < oldest) ended.add(`${address} ${incarnation}`);
    }
    this.#lives = this.#lives.filter(({ address, incarnation }) => !ended.has(`${address} ${incarnation}`));
  }

  /** `areOver`: whether the calls can have no further execution. */
  #judge(calls: readonly Call[], areOver: boolean): Violation[] {
    const seed = this.#seed;
    const events = calls.flatMap((call) => call.events);
    // While a member may still execute a call that was answered, nobody asks whether every member has.
    const judged = areOver ? events : events.filter(({ event }) => event.type !== "call-done");
    const members = (troupe: number): Address[] => {
      if (baseOf(troupe) !== this.#base) return [];
      return [...this.#stays].filter(([, { from }]) => from <= epochOf(troupe)).map(([address]) => address);
    };
    return [
      ...checkExactlyOnce([...this.#lives, ...judged], { seed, members }),
      ...checkNoCallLost([...this.#lives, ...events], { seed, members }),
    ];
  }

  /** For the sentences. */
  get #seed(): string {
    return this.#world.random.key.replaceAll("\u001f", ", replication ");
  }

  /** What was found so far. Calls that are under way are not judged yet. */
  violations(): Violation[] {
    const ended = [...this.#calls.values()].filter(({ open }) => open <= 0);
    const isOver = ({ done }: Call): boolean => done < this.#world.now - aftermath;
    return [
      ...this.#violations,
      ...this.#judge(ended.filter(isOver), true),
      ...this.#judge(
        ended.filter((call) => !isOver(call)),
        false,
      ),
      ...this.#differences(),
    ];
  }

  /** Differences between the members' states, if nothing is under way that could still make them equal. */
  #differences(): Violation[] {
    const states = this.#options.states();
    if (states === undefined) return [];
    const { now } = this.#world;
    const from = Math.max(this.#changed, now - aftermath);
    const members = [...this.#stays.keys()];
    for (const { open, events } of this.#calls.values()) {
      if (open > 0) return [];
      // A change of the membership has brought earlier calls to all members.
      const executed = events.filter(({ event, time }) => event.type === "execute" && time > from);
      const isPartial = !members.every((member) => executed.some(({ address }) => address === member));
      if (executed.length > 0 && isPartial) return [];
    }
    return checkEqualState(states, { seed: this.#seed, time: now });
  }
}
