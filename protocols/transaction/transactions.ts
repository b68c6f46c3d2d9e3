/** The transactions that are under way at one member. */
import type { Process } from "../call/process.ts";
import type { Export } from "../call/server/export.ts";
import type { Incoming } from "../call/server/incoming.ts";
import type { OrderedCall } from "../call/server/ordering.ts";
import type { Timer } from "../host.ts";
import { sameOrigin, type CallOrigin } from "../message/retention.ts";
import { stepOf } from "../thread/attempt.ts";
import type { Claim, LockTable } from "./locks.ts";
import { Table } from "./table.ts";
import type { Part, Transaction } from "./transaction.ts";

/** A call between an attempt that was undone and the next attempt. */
interface Pause {
  readonly invocation: OrderedCall;
  readonly attempt: number;
  readonly timer: Timer;
}

export class Transactions {
  readonly #process: Process;
  readonly #exported: Export;
  readonly #locks: LockTable<Part>;
  /** All transactions, by name of the attempt. */
  readonly byName = new Table<Transaction>();
  readonly #pauses = new Map<string, Pause>();

  constructor(process: Process, exported: Export, locks: LockTable<Part>) {
    this.#process = process;
    this.#exported = exported;
    this.#locks = locks;
  }

  /** The transaction with a root here, by name of the call; undefined if there is none. Asked for rarely. */
  rooted(call: string): Transaction | undefined {
    for (const each of this.byName.values()) if (each.root !== undefined && each.age.name === call) return each;
    return undefined;
  }

  /** Ends the transaction. */
  close(transaction: Transaction, commits: boolean): void {
    this.#process.host.cancel(transaction.timer);
    // The vote of a working attempt that it will not be ready may still be on its way to clients. Its poll continues.
    if (transaction.state !== "working") transaction.poll?.stop();
    for (const { poll } of transaction.parts) if (poll !== undefined) poll.stop();
    if (!transaction.orphaned) transaction.release(this.#exported);
    this.byName.delete(transaction.name);
    transaction.settle(commits);
  }

  /** Frees the objects of the transaction, so that waiting transactions continue. */
  release(transaction: Transaction): void {
    this.#locks.release(transaction);
  }

  /** Begins another attempt after `time` ms. */
  pause(invocation: OrderedCall, attempt: number, time: number, begin: () => void): void {
    const { host } = this.#process;
    const resume = (): void => {
      this.#pauses.delete(invocation.name);
      begin();
    };
    this.#pauses.set(invocation.name, { invocation, attempt, timer: host.after(time, resume, undefined) });
  }

  /** Cancels all next attempts. Answers the CALLs that wait for them. */
  takePaused(): Incoming[] {
    const pauses = [...this.#pauses.values()];
    this.#pauses.clear();
    return pauses.flatMap(({ invocation, timer }) => {
      this.#process.host.cancel(timer);
      return invocation.answers.dissolve();
    });
  }

  attemptOf(call: string): number | undefined {
    const number = this.rooted(call)?.number ?? this.#pauses.get(call)?.attempt;
    return number === undefined ? undefined : stepOf(this.#exported.troupe.id, number);
  }

  isUndecided(origins: readonly CallOrigin[], key: string): boolean {
    if (key !== "") return this.rooted(key) !== undefined;
    return [...this.byName.values()].some(({ root }) =>
      root?.invocation.answers.electorate.origins.some((mine) => origins.some((other) => sameOrigin(mine, other))),
    );
  }

  trace(transaction: Transaction, outcome: "ready" | "committed" | "undone" | "deadlock"): void {
    if (!this.#process.host.traced) return;
    const { parts, number } = transaction;
    const claims = outcome === "committed" ? parts.flatMap((part) => part.claims) : undefined;
    traceTransaction(this.#process, this.#exported, parts[0]!.invocation, outcome, number, claims);
  }
}

/** Reports an event of a transaction, by the name of its first call at this member. */
export function traceTransaction(
  { host }: Process,
  { troupe }: Export,
  { origin }: OrderedCall,
  outcome: "ready" | "committed" | "undone" | "deadlock",
  attempt: number,
  claims?: readonly Claim[],
): void {
  if (!host.traced) return;
  const names = origin.describe();
  const event = { type: "transaction", ...names, troupe: troupe.id, attempt, outcome } as const;
  host.trace(claims === undefined ? event : { ...event, claims });
}
