/**
 * Transactions of which nobody can say any more what becomes of them: their clients are dead, and may have said "commit" to some members.
 *
 * With a table that does not change the members settle it among themselves (settlement.ts). In a troupe that changes another epoch makes void what no member
 * has committed, and brings to all what one has (binding/member/membership.ts). But of a transaction whose root is at another troupe only
 * that troupe can say what becomes of it, as long as any of it lives: its members may have committed.
 */
import type { Process } from "../call/process.ts";
import type { Export } from "../call/server/export.ts";
import type { Electorate } from "../call/server/ordering.ts";
import type { ServerExchange } from "../message/incoming-call.ts";
import { callersAreGone } from "./orphans.ts";
import { Settlement, type Settled } from "./settlement.ts";
import type { Transaction } from "./transaction.ts";

/** What may become of a transaction. */
export interface Outcomes {
  commit(transaction: Transaction): void;
  undo(transaction: Transaction): void;
  /** Undoes the attempt, and makes another. */
  retry(transaction: Transaction): void;
}

export class Doubts {
  readonly #process: Process;
  readonly #exported: Export;
  readonly #transactions: ReadonlyMap<string, Transaction>;
  readonly #outcomes: Outcomes;
  readonly #settlement: Settlement;

  constructor(process: Process, exported: Export, transactions: ReadonlyMap<string, Transaction>, outcomes: Outcomes) {
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

  /** No client of the transaction is heeded any more. By name of its first call. */
  #enter(name: string): void {
    for (const transaction of this.#transactions.values()) {
      if (transaction.age.name === name && !transaction.over && transaction.isKnown) transaction.state = "in doubt";
    }
    this.#settlement.settle(name, (settled) => this.#settled(name, settled));
  }

  #settled(name: string, settled: Settled): void {
    for (const transaction of this.#transactions.values()) {
      if (transaction.age.name !== name || transaction.state !== "in doubt") continue;
      if (settled !== null) this.#outcomes.commit(transaction);
      else if (transaction.root === undefined) this.#outcomes.undo(transaction);
      else if (transaction.poll!.isDeserted) {
        this.#outcomes.undo(transaction);
        transaction.root.invocation.answers.dissolve();
      } else this.#outcomes.retry(transaction);
    }
  }

  committed(name: string, electorate: Electorate | undefined): void {
    this.#settlement.committed(name, 0, electorate);
  }

  asked(exchange: ServerExchange, name: string, round: number, leads: boolean): void {
    this.#settlement.asked(exchange, name, round, leads);
  }
}
