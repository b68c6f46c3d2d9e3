/**
 * What a member was told of the loss of a troupe that it called, while other members may have been answered.
 *
 * Nobody can ask the lost callee what it has answered, nor a member that has died what it was told. So the outcomes are
 * made equal afterwards. A member that is told of a loss, in a procedure that it executes for its troupe, executes
 * nothing more and withholds all its RETURNs until a change of its own troupe (change/change.ts) has compared what each
 * member was told. The coordinator chooses the members that go on (change/agreeing.ts). Every other member leaves and
 * joins again with their state; no client has had an answer from the state that is given up. If all members were told
 * the same, they go on in the same epoch. A member that is silent meanwhile is left out, as in every change.
 */
import type { Execution, ReturnFilter } from "../../call/server/return-filter.ts";
import type { Host, Milliseconds } from "../../host.ts";

export class Losses implements ReturnFilter {
  readonly #host: Host;
  readonly #grace: Milliseconds;
  /** Calls that ended so and are not settled, and how many of them the latest office knows. */
  #calls: string[] = [];
  #known = 0;
  #ripe: Milliseconds = 0;
  #withheld: Execution[] = [];

  /** `grace`: within that time fellows are told as well, as a rule. */
  constructor(host: Host, grace: Milliseconds) {
    this.#host = host;
    this.#grace = grace;
  }

  get unsettled(): boolean {
    return this.#calls.length > 0;
  }

  /** How long it is until fellows must have been told as well. */
  get wait(): Milliseconds {
    return Math.max(0, this.#ripe - this.#host.now());
  }

  /** Whether the latest office knows of all. */
  get areKnown(): boolean {
    return this.#calls.length === this.#known;
  }

  told(call: string): void {
    this.#ripe = this.#host.now() + this.#grace;
    this.#calls.push(call);
  }

  holds(execution: Execution): boolean {
    if (this.unsettled) this.#withheld.push(execution);
    return this.unsettled;
  }

  /** For an office. */
  report(): string[] {
    this.#known = this.#calls.length;
    return [...this.#calls].sort((a, b) => (a < b ? -1 : 1));
  }

  /** What the latest office knows is settled: all members agree (`same`), or those that do are another epoch. */
  settle(same: boolean): void {
    this.#calls.splice(0, this.#known);
    this.#known = 0;
    if (this.unsettled) return;
    for (const execution of this.#withheld.splice(0)) {
      if (same) execution.proceed();
      // Some that were left out may have answered otherwise: their answers must not be taken together.
      else execution.retain();
    }
  }

  /** The member is out, with all that it withholds. */
  giveWay(): void {
    this.#calls = [];
    for (const execution of this.#withheld.splice(0)) {
      execution.context.expel();
      execution.proceed();
    }
  }
}
