/**
 * Transactions in doubt: their clients are dead, and may have answered "commit" to some members.
 *
 * In a troupe of a static table, the members settle the outcome among themselves (settlement.ts). In a troupe that can
 * change, the next epoch settles the outcome: a transaction that a member has committed is brought to all members, and
 * all other transactions are void (binding/member/membership.ts). If the root of the transaction is at another troupe,
 * that troupe decides as long as any of its members lives, since they may have committed.
 */
import type { Process } from "../call/process.ts";
import type { Export } from "../call/server/export.ts";
import type { Electorate } from "../call/server/ordering.ts";
import type { ServerExchange } from "../message/incoming-call.ts";
import { callersAreGone } from "./orphans.ts";
import { Settlement, type Settled } from "./settlement.ts";
import type { Table } from "./table.ts";
import type { Transaction } from "./transaction.ts";

/** The possible outcomes of a transaction in doubt. */
export interface Outcomes {
  commit(transaction: Transaction): void;
  undo(transaction: Transaction): void;
  /** Undoes the attempt, and begins the attempt of this number. */
  retry(transaction: Transaction, attempt: number): void;
}

export class Doubts {
  readonly #process: Process;
  readonly #exported: Export;
  readonly #transactions: Table<Transaction>;
  readonly #outcomes: Outcomes;
  readonly #settlement: Settlement;

  constructor(process: Process, exported: Export, transactions: Table<Transaction>, outcomes: Outcomes) {
    this.#process = process;
    this.#exported = exported;
    this.#transactions = transactions;
    this.#outcomes = outcomes;
    this.#settlement = new Settlement(process, exported, (name) => this.#enter(name));
  }

  about(transaction: Transaction): void {
    const { admission } = this.#exported;
    if (admission.doubts === undefined) this.#enter(transaction.age.name);
    else if (transaction.root !== undefined) admission.doubts();
    else void this.#askAfterCallers(transaction);
  }

  async #askAfterCallers(transaction: Transaction): Promise<void> {
    const { clientTroupe } = transaction.parts[0]!.invocation.call;
    const gone = await callersAreGone(this.#process, clientTroupe);
    if (transaction.over) return;
    if (!gone) {
      for (const { poll } of transaction.parts) poll?.askAgain();
      return;
    }
    if (!transaction.orphaned) transaction.release(this.#exported);
    transaction.orphaned = true;
    this.#exported.admission.doubts!();
  }

  /**
   * From now on, answers of the transaction's clients are ignored. `name`: the name of the transaction's first call.
   * Answers the attempt in doubt; 0 if there is none.
   */
  #enter(name: string): number {
    let attempt = 0;
    for (const transaction of this.#transactions.values()) {
      if (transaction.age.name !== name || transaction.over || !transaction.isKnown) continue;
      transaction.state = "in doubt";
      attempt = Math.max(attempt, transaction.number);
    }
    this.#settlement.settle(name, attempt, (settled) => this.#settled(name, settled));
    return attempt;
  }

  #settled(name: string, { time, attempt }: Settled): void {
    for (const transaction of this.#transactions.values()) {
      if (transaction.age.name !== name || transaction.state !== "in doubt") continue;
      if (time !== null) this.#outcomes.commit(transaction);
      else if (transaction.root === undefined) this.#outcomes.undo(transaction);
      else if (transaction.poll!.isDeserted) {
        this.#outcomes.undo(transaction);
        transaction.root.invocation.answers.dissolve();
      } else this.#outcomes.retry(transaction, Math.max(transaction.number, attempt) + 1);
    }
  }

  committed(name: string, electorate: Electorate | undefined): void {
    this.#settlement.committed(name, 0, electorate);
  }

  asked(exchange: ServerExchange, name: string, round: number, leads: boolean): void {
    this.#settlement.asked(exchange, name, round, leads);
  }
}
