/**
 * The generator of messages: what has come of a replicated call, one by one, for a loop that may stop early.
 *
 * Source: dissertation, explicit replication. Results at the client, arguments at the server.
 */
import type { Context } from "./context.ts";
import type { Program } from "./program.ts";

export class Arrivals<T> implements AsyncIterableIterator<T> {
  readonly #program: Program;
  readonly #waiting: T[] = [];
  #ended = false;
  #consumer: { context: Context; resolve: (result: IteratorResult<T, undefined>) => void } | undefined = undefined;

  constructor(program: Program) {
    this.#program = program;
  }

  push(item: T): void {
    if (this.#ended) return;
    this.#waiting.push(item);
    this.#serve();
  }

  end(): void {
    this.#ended = true;
    this.#serve();
  }

  #serve(): void {
    const consumer = this.#consumer;
    if (consumer === undefined) return;
    this.#consumer = undefined;
    const result = this.#take()!;
    this.#program.resume(consumer.context, () => consumer.resolve(result));
  }

  #take(): IteratorResult<T, undefined> | undefined {
    if (this.#waiting.length > 0) return { done: false, value: this.#waiting.shift()! };
    return this.#ended ? { done: true, value: undefined } : undefined;
  }

  next(): Promise<IteratorResult<T, undefined>> {
    const result = this.#take();
    if (result !== undefined) return Promise.resolve(result);
    return new Promise((resolve) => {
      this.#consumer = { context: this.#program.context(), resolve };
    });
  }

  /** The loop stopped early: what still comes is discarded. */
  return(): Promise<IteratorResult<T, undefined>> {
    this.#ended = true;
    this.#waiting.length = 0;
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
