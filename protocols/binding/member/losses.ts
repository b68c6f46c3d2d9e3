/**
 * What a member was told of the loss of a troupe that it called, while fellows may have been answered; and who of them goes on.
 *
 * Nobody can ask the callee any more what it has answered, nor a fellow that has died what it has heard. So outcomes are made one
 * after the fact: a member that was told of a loss, in a procedure that it executes for its troupe, executes nothing more and withholds
 * all its RETURNs until a change of its own troupe (change.ts) has seen what each member was told. Whoever was told otherwise than
 * those who go on belongs no more, and joins again for their state; nobody has had an answer from the state that is given up. If
 * all were told the same, they go on in the same epoch. A fellow that is silent meanwhile is left out as in every change.
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
