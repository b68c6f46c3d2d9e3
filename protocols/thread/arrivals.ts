/**
 * The generator of messages: the messages of a replicated call one by one, for a loop that may stop early.
 *
 * Source: dissertation, explicit replication. The messages are results at the client and arguments at the server.
 */
import type { Context } from "./context.ts";
import type { Runtime } from "./runtime.ts";

interface Consumer<T> {
  readonly context: Context;
  readonly resolve: (result: IteratorResult<T, undefined> | Promise<never>) => void;
}

export class Arrivals<T> implements AsyncIterableIterator<T> {
  readonly #runtime: Runtime;
  readonly #waiting: T[] = [];
  #ended = false;
  #error: Error | undefined = undefined;
  #consumer: Consumer<T> | undefined = undefined;

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
  }

  get ended(): boolean {
    return this.#ended;
  }

  push(item: T): void {
    if (this.#ended) return;
    this.#waiting.push(item);
    this.#serve();
  }

  /** No further message will arrive. With an error, the loop throws it after the earlier messages. */
  end(error?: Error): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#error = error;
    this.#serve();
  }

  #serve(): void {
    const consumer = this.#consumer;
    if (consumer === undefined) return;
    this.#consumer = undefined;
    this.#runtime.wake(consumer.context, () => consumer.resolve(this.#take()));
  }

  #take(): IteratorResult<T, undefined> | Promise<never> {
    if (this.#waiting.length > 0) return { done: false, value: this.#waiting.shift()! };
    const error = this.#error;
    if (error === undefined) return { done: true, value: undefined };
    this.#error = undefined;
    return Promise.reject(error);
  }

  next(): Promise<IteratorResult<T, undefined>> {
    if (this.#waiting.length > 0 || this.#ended) return Promise.resolve(this.#take());
    const context = this.#runtime.context();
    this.#runtime.suspend(context);
    return new Promise((resolve) => {
      this.#consumer = { context, resolve };
    });
  }

  /** The loop stopped early. Later messages are discarded. */
  return(): Promise<IteratorResult<T, undefined>> {
    this.#ended = true;
    this.#error = undefined;
    this.#waiting.length = 0;
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
