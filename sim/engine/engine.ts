/**
 * The clock and the loop of the simulator: takes one event after another in the total order (time, sequence number).
 *
 * Events are run-to-completion callbacks. User code that may be `async` runs in turns, after the event that caused it;
 * only a turn that may have left promise jobs costs the drain of them. What user code awaits must come from the
 * runtime: a promise that anything else resolves (I/O, real timers) would be resumed at no particular simulated time.
 */
import { nextTick } from "node:process";
import { Calendar } from "./calendar.ts";
import { Lanes } from "./lanes.ts";
import { type Handle, type Owner, Slots } from "./slots.ts";

export type { Handle, Owner } from "./slots.ts";

const resolved = Promise.resolve();

/** From this time in ms on, a float64 cannot tell a time from the time 1 ms later: 285,000 years. */
const coarse = 2 ** 53;
const tooLate = "1 ms is lost in so large a clock, and events would lose their order";

/** An event or a turn, as a person knows it: the name of its function, and what it is about. */
function describe(fire: (subject: never) => unknown, subject: unknown, owner: Owner | undefined): string {
  if (owner !== undefined) return owner.describe(fire.name);
  const about = (subject as { describe?(): string } | null | undefined)?.describe?.();
  return `${fire.name === "" ? "an event" : fire.name}${about === undefined ? "" : ` (${about})`}`;
}

export class Engine {
  private readonly slots = new Slots();
  private readonly lanes = new Lanes(this.slots);
  private readonly calendar = new Calendar(this.slots);
  private clock = 0;
  private present: Handle = 0;
  private scheduled = 0;
  private fired = 0;
  private cancelled = 0;
  /** How many events have had the present time. */
  private together = 0;
  private readonly crowd: number;
  private running = false;
  private stopped = false;
  /** Whether there is more to look at than events: turns, or a stop. */
  private interrupted = false;

  /** Turns that wait, from `nextTurn` to `lastTurn`. The arrays are never cut, which costs more than it frees. */
  private readonly tasks: (((subject: unknown) => boolean) | undefined)[] = [];
  private readonly subjects: unknown[] = [];
  private readonly owners: (Owner | undefined)[] = [];
  private nextTurn = 0;
  private lastTurn = 0;

  /** `crowd`: so many events or turns without delay are taken for events that make one another for ever. */
  constructor(crowd = 10_000_000) {
    this.crowd = crowd;
  }

  /** Simulated time in ms; 0 at the start. */
  get now(): number {
    return this.clock;
  }

  /** The handle of the event under way, or the last, of those that have an owner. It is stale. */
  get firing(): Handle {
    return this.present;
  }

  /** Number of events that are scheduled and not cancelled. */
  get pending(): number {
    return this.scheduled - this.fired - this.cancelled;
  }

  /** Number of events executed since the start; turns are not counted. */
  get executed(): number {
    return this.fired;
  }

  /**
   * Calls `fire(subject)` at `time` (ms), after all events of the same time that were scheduled before. An owner, if
   * there is one, does so in the engine's place. Throws a RangeError for a time in the past, not finite or not a
   * number.
   */
  at<S>(time: number, fire: (subject: S) => void, subject: S, owner?: Owner): Handle {
    if (!(time >= this.clock && time < Infinity)) {
      throw new RangeError(`an event at ${time} ms: expected a finite time from now on, and now is ${this.clock} ms`);
    }
    const slot = this.slots.occupy(fire, subject, owner);
    this.slots.stamp(slot, time, this.scheduled++);
    this.calendar.put(slot);
    return this.slots.handle(slot);
  }

  /** As `at`, after `delay` ms. Throws a RangeError for a delay below 0, not finite or not a number. */
  after<S>(delay: number, fire: (subject: S) => void, subject: S, owner?: Owner): Handle {
    const time = this.clock + delay;
    if (!(delay >= 0 && time < Infinity)) {
      throw new RangeError(`an event after ${delay} ms: expected a finite delay of 0 or more`);
    }
    const slot = this.slots.occupy(fire, subject, owner);
    this.slots.stamp(slot, time, this.scheduled++);
    const lane = this.lanes.find(delay);
    if (lane < 0) this.calendar.put(slot);
    else if (this.lanes.add(lane, slot)) this.calendar.put(lane);
    return this.slots.handle(slot);
  }

  /** Cancels an event; false, and no harm, if it has fired, was cancelled or the handle is 0. */
  cancel(handle: Handle): boolean {
    const slot = this.slots.find(handle);
    if (slot < 0) return false;
    this.cancelled++;
    this.slots.kill(slot);
    const lane = this.slots.lane(slot);
    if (lane < 0) this.calendar.bury();
    else {
      this.lanes.remove(lane, slot);
      this.slots.release(slot);
    }
    return true;
  }

  /**
   * Runs `task(subject)` after the present event, and after the turns asked for before. If it answers true, all promise
   * jobs that it made ready, with those that they make ready in turn, run before the next turn or event. A turn asked
   * for while no run is under way comes at the start of the next. An owner takes the turn in the engine's place.
   */
  turn<S>(task: (subject: S) => boolean, subject: S, owner?: Owner): void {
    const at = this.lastTurn++;
    this.tasks[at] = task as (subject: unknown) => boolean;
    this.subjects[at] = subject;
    this.owners[at] = owner;
    this.interrupted = true;
  }

  /**
   * Executes events up to and including time `until` (ms), or until none is left; then `now` is `until`, if that was
   * given. Another call goes on from there. Rejects with what an event or turn throws; what it did stays done, and
   * another call goes on with the next event. Rejects with time and event if events without delay make one another for
   * ever, or if the clock is so large that 1 ms is lost.
   */
  run(until: number = Infinity): Promise<void> {
    if (this.running) return Promise.reject(new Error("run: the engine is running already"));
    if (!(until >= this.clock)) {
      return Promise.reject(new RangeError(`run until ${until} ms: expected a time from now on, ${this.clock} ms`));
    }
    this.running = true;
    this.stopped = false;
    return new Promise((resolve, reject) => {
      // Promise jobs are all done when a tick comes that was asked for from one of them.
      const drain = (): void => nextTick(step);
      const step = (): void => {
        try {
          if (this.advance(until)) {
            void resolved.then(drain);
            return;
          }
        } catch (error) {
          this.running = false;
          reject(error as Error);
          return;
        }
        this.running = false;
        resolve();
      };
      step();
    });
  }

  /** Ends the run under way after the present event or turn, with `now` as it is. */
  stop(): void {
    this.stopped = true;
    this.interrupted = true;
  }

  /** Executes turns and events; true when promise jobs must be drained first, false at the end of the run. */
  private advance(until: number): boolean {
    const { slots, calendar } = this;
    for (;;) {
      if (this.interrupted) {
        if (this.takeTurns()) return true;
        if (this.stopped) return false;
        this.interrupted = false;
      }
      const entry = calendar.take();
      if (entry < 0) break;
      if (slots.time(entry) > until) {
        calendar.put(entry);
        break;
      }
      const slot = this.lanes.has(entry) ? this.takeFromLane(entry) : entry;
      if (slot < 0) continue;
      const fire = slots.fire(slot);
      if (fire === undefined) {
        calendar.unbury();
        slots.release(slot);
        continue;
      }
      const subject = slots.subject(slot);
      const owner = slots.owner(slot);
      const time = slots.time(slot);
      if (time === this.clock) {
        if (++this.together > this.crowd) throw new Error(this.crowded("events", describe(fire, subject, owner)));
      } else {
        if (time >= coarse) throw new Error(`${describe(fire, subject, owner)} at ${time} ms: ${tooLate}`);
        this.clock = time;
        this.together = 0;
      }
      this.fired++;
      if (owner !== undefined) this.present = slots.handle(slot);
      slots.kill(slot);
      slots.release(slot);
      if (owner === undefined) fire(subject);
      else owner.fire(fire, subject);
    }
    if (until < Infinity) this.clock = until;
    return false;
  }

  private crowded(what: string, last: string): string {
    return `at ${this.clock} ms, ${this.crowd} ${what} without delay: they make one another for ever, and the last is ${last}`;
  }

  private takeFromLane(lane: number): number {
    const slot = this.lanes.take(lane);
    if (this.lanes.enter(lane)) this.calendar.put(lane);
    return slot;
  }

  /** Runs the turns that wait; true as soon as one may have left promise jobs. */
  private takeTurns(): boolean {
    const { tasks, subjects, owners } = this;
    while (this.nextTurn < this.lastTurn) {
      if (this.stopped) return false;
      const at = this.nextTurn++;
      const task = tasks[at]!;
      const subject = subjects[at];
      const owner = owners[at];
      if (at > this.crowd) throw new Error(this.crowded("turns", describe(task, subject, owner)));
      tasks[at] = undefined;
      subjects[at] = undefined;
      owners[at] = undefined;
      if (owner === undefined ? task(subject) : owner.take(task, subject)) return true;
    }
    this.nextTurn = 0;
    this.lastTurn = 0;
    return false;
  }
}
