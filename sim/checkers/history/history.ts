/**
 * Histories: which transactions clients made, what these read and wrote, and when they began and ended.
 *
 * A transaction is given by its *accesses* to objects. An object is of one kind throughout a history:
 *
 * - a register is read and written;
 * - a list is read and appended to, and a read answers all its elements;
 * - a counter is read and incremented by 1, from 0 on, and an increment answers the new value.
 *
 * Values must tell their writers: no two transactions that may have committed write the same value to a register, or
 * append the same value to a list. So a read shows whose effects the transaction saw, and lists and counters show the
 * order of all writes.
 */
import { CallError, RemoteError } from "../../../protocols/errors.ts";
import type { Milliseconds } from "../../../protocols/host.ts";

/** What is written to registers and appended to lists. */
export type Value = string | number | boolean | null;

export interface Access {
  readonly kind: "read" | "write" | "append" | "increment";
  readonly object: string;
  /**
   * Of a read: the value of a register (null: none was written yet), the elements of a list, or the number of a
   * counter. Of a write or an append: its argument. Of an increment: the counter's new value. Undefined: not known,
   * because the transaction was not answered.
   */
  readonly value: Value | readonly Value[] | undefined;
}

export interface Transaction {
  /** The client. A client has one transaction at a time, but for those whose end is not known. */
  readonly process: string;
  /** For sentences: "transfer 3 of client 1". */
  readonly name: string;
  /** `failed`: it certainly has no effect. `unknown`: it may have all effects, or none. */
  readonly outcome: "committed" | "failed" | "unknown";
  /** In the order in which the transaction made them. */
  readonly accesses: readonly Access[];
  /**
   * When it began and ended, as positions in an order of these events. An equal position does not say which came
   * first. `ended` is Infinity if the end is not known.
   */
  readonly begun: number;
  readonly ended: number;
  /** For sentences: the time in ms at which it ended, or began if its end is not known. */
  readonly time: Milliseconds;
}

export function read(object: string, value: Access["value"]): Access {
  return { kind: "read", object, value };
}

export function append(object: string, value: Value): Access {
  return { kind: "append", object, value };
}

/** `value`: the counter's new value, once it is known. */
export function increment(object: string, value?: number): Access {
  return { kind: "increment", object, value };
}

/**
 * A transaction that has begun. Exactly one of the methods is called, or none if the end of the transaction is not
 * known.
 */
export interface Begun {
  /** With all accesses, in order. */
  committed(accesses: readonly Access[]): void;
  failed(): void;
}

/** Writes down the transactions of a run. */
export class History {
  readonly #now: () => Milliseconds;
  readonly #transactions: Transaction[] = [];
  #position = 0;

  /** `now` answers the simulated time in ms. */
  constructor(now: () => Milliseconds) {
    this.#now = now;
  }

  /** In the order in which they began. What has not ended by now has an unknown outcome. */
  get transactions(): readonly Transaction[] {
    return this.#transactions;
  }

  /** `intents`: the accesses as far as they are known before the answer. */
  begin(process: string, name: string, intents: readonly Access[]): Begun {
    const transaction: Transaction = {
      process,
      name,
      outcome: "unknown",
      accesses: intents,
      begun: this.#position++,
      ended: Infinity,
      time: this.#now(),
    };
    this.#transactions.push(transaction);
    const end = (outcome: Transaction["outcome"], accesses: readonly Access[]): void => {
      Object.assign(transaction, { outcome, accesses, ended: this.#position++, time: this.#now() });
    };
    return {
      committed: (accesses) => end("committed", accesses),
      failed: () => end("failed", transaction.accesses),
    };
  }

  /**
   * Makes a transaction that consists of one replicated call, and writes it down. `read` makes the accesses from the
   * answer. An error that the procedure raised has undone the transaction.
   *
   * @throws What `call` throws.
   */
  async record<T>(
    process: string,
    name: string,
    intents: readonly Access[],
    call: () => Promise<T>,
    read: (answer: T) => readonly Access[],
  ): Promise<T> {
    const begun = this.begin(process, name, intents);
    try {
      const answer = await call();
      begun.committed(read(answer));
      return answer;
    } catch (error) {
      if (error instanceof RemoteError || (error instanceof CallError && error.definite)) begun.failed();
      throw error;
    }
  }
}
