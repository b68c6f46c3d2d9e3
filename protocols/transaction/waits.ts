/**
 * Ends waits for objects that are too long.
 *
 * A circle of transactions that wait for each other within the member is found at once, and the youngest transaction
 * gives way. No member can see a circle over several members. Therefore, when a transaction has waited for
 * `deadlockTimeout`, the younger transactions that hold its objects give way.
 */
import type { Host, Milliseconds } from "../host.ts";
import { noTimer } from "../host.ts";
import type { LockTable } from "./locks.ts";
import { isOlder, type Part, type Transaction } from "./transaction.ts";

export class Waits {
  readonly #host: Host;
  readonly #locks: LockTable<Part>;
  readonly #longest: Milliseconds;
  readonly #giveWay: (transaction: Transaction) => void;
  /** While the member is frozen, no transaction gives way. */
  suspended = false;

  constructor(host: Host, locks: LockTable<Part>, longest: Milliseconds, giveWay: (transaction: Transaction) => void) {
    this.#host = host;
    this.#locks = locks;
    this.#longest = longest;
    this.#giveWay = giveWay;
  }

  /** The transaction has begun to wait. */
  begin(transaction: Transaction): void {
    const circle = this.#locks.deadlock(transaction);
    if (circle !== undefined) this.#giveWay(circle.reduce((a, b) => (isOlder(a.age, b.age) ? b : a)));
    this.#watch(transaction);
  }

  #watch(transaction: Transaction): void {
    if (transaction.over || transaction.timer !== noTimer) return;
    transaction.timer = this.#host.after(this.#longest, () => this.#overdue(transaction), undefined);
  }

  #overdue(transaction: Transaction): void {
    transaction.timer = noTimer;
    if (transaction.over) return;
    for (const holder of this.suspended ? [] : this.#locks.heldBy(transaction)) {
      const gives = holder.state === "working" || holder.state === "ready";
      if (gives && isOlder(transaction.age, holder.age)) this.#giveWay(holder);
    }
    if (!transaction.over && this.#locks.waitsFor(transaction).size > 0) this.#watch(transaction);
  }
}
