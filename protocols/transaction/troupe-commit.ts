/**
 * The troupe commit protocol, at one member: executes calls as transactions. All members commit conflicting
 * transactions in the same order.
 *
 * Source: dissertation, chapter 5. Each call is executed at once, under locks (locks.ts). After the execution, the
 * member calls ready_to_commit back at the client (poll.ts). The client answers "commit" when all members are ready
 * (decision.ts). If two members have begun two conflicting transactions in different orders, both wait: *divergence
 * becomes deadlock*.
 *
 * A timeout breaks a deadlock. If a transaction has waited for `deadlockTimeout` for an object of a younger
 * transaction, the younger transaction is undone, and tried again after a random, growing time. The oldest transaction
 * is never undone for another transaction, and every transaction becomes the oldest in the end. A circle of waits
 * within the member is found and broken at once.
 */
import { isWhole } from "../call/module-state.ts";
import { refuseAll, type Incoming } from "../call/server/incoming.ts";
import type { Export } from "../call/server/export.ts";
import type { OrderedCall, Ordering, TransactionOptions } from "../call/server/ordering.ts";
import type { Process } from "../call/process.ts";
import type { ServerExchange } from "../message/incoming-call.ts";
import type { CallOrigin } from "../message/retention.ts";
import { Writer } from "../wire/bytes.ts";
import { clockOf, writeProvisional, writeRaised } from "../wire/call.ts";
import { backOff } from "./backoff.ts";
import type { Verdict } from "./decision.ts";
import { Doubts } from "./doubts.ts";
import { LockTable, type Outcome } from "./locks.ts";
import { marksOf, type MethodMarks } from "./marks.ts";
import { enclosing, nameOfAttempt, stepOf } from "../thread/attempt.ts";
import { Poll, type Told } from "./poll.ts";
import { Part, Transaction, type Age, type Executor } from "./transaction.ts";
import { traceTransaction, Transactions } from "./transactions.ts";
import { Waits } from "./waits.ts";

const writer = new Writer();

export class TroupeCommit implements Ordering, Executor {
  readonly protocol = "commit";
  readonly #process: Process;
  readonly #exported: Export;
  readonly #options: TransactionOptions;
  readonly #marks: ReadonlyMap<string, MethodMarks>;
  isWhole: boolean;
  readonly #locks = new LockTable<Part>((part, outcome) => this.#admitted(part.transaction, part, outcome));
  readonly #open: Transactions;
  readonly #waits: Waits;
  readonly #doubts: Doubts;
  readonly #hear: Told<Transaction> = (transaction, verdict, said) => this.#told(transaction, verdict, said);
  readonly #changed = (transaction: Transaction, doomed: boolean): void => {
    if (doomed) this.#giveUp(transaction);
    else this.#checkReady(transaction);
  };
  #frozen = false;
  /** Answers of clients that arrived while the member was frozen. */
  #deferred: (() => void)[] = [];

  /** @throws TypeError for a mark of a method that does not exist, and for a method that is marked twice */
  constructor(process: Process, exported: Export, options: TransactionOptions) {
    this.#process = process;
    this.#exported = exported;
    this.#options = options;
    this.isWhole = isWhole(exported.module);
    const procedures = exported.interface.procedures.map(({ name }) => name);
    this.#marks = marksOf(exported.module.constructor, procedures);
    this.#open = new Transactions(process, exported, this.#locks);
    this.#waits = new Waits(process.host, this.#locks, options.deadlockTimeout, (youngest) => {
      this.#open.trace(youngest, "deadlock");
      this.#giveUp(youngest);
    });
    this.#doubts = new Doubts(process, exported, this.#open.byName, {
      commit: (transaction) => this.#commit(transaction),
      undo: (transaction) => this.#undo(transaction),
      retry: (transaction, attempt) => this.#retry(transaction, attempt),
    });
  }

  get module(): object {
    return this.#exported.module;
  }

  // CALLs arrive.

  submit(invocation: OrderedCall): void {
    if (this.#frozen) {
      // Fellows have committed it. Chance and the names of nested calls depend on the attempt.
      traceTransaction(this.#process, this.#exported, invocation, "committed", 1, []);
      invocation.undertake(undefined, invocation.answers.place);
      invocation.run({ open: () => this.module, done: (message) => invocation.answer(message) });
      return;
    }
    const within = enclosing(invocation.call.message, invocation.call.pathEnd);
    if (within === undefined) this.#begin(invocation, 1);
    else {
      const age = { clock: clockOf(invocation.call), name: within.name };
      const transaction = this.#open.byName.get(within.name) ?? this.#transaction(within.name, 1, age);
      invocation.undertake(transaction, 0);
      this.#enter(transaction, invocation, within.path);
    }
  }

  /** Begins an attempt of a transaction whose root is here. */
  #begin(invocation: OrderedCall, attempt: number): void {
    const step = stepOf(this.#exported.troupe.id, attempt);
    const age = { clock: clockOf(invocation.call), name: invocation.name };
    const name = nameOfAttempt(invocation.name, step);
    const transaction = this.#open.byName.get(name) ?? this.#transaction(name, attempt, age);
    invocation.undertake(transaction, step);
    transaction.poll = this.#poll(transaction, invocation);
    this.#enter(transaction, invocation, []);
  }

  #poll(transaction: Transaction, invocation: OrderedCall): Poll<Transaction> {
    return new Poll(this.#process.endpoint, invocation.answers.electorate, transaction, this.#hear);
  }

  #transaction(name: string, attempt: number, age: Age): Transaction {
    const transaction = new Transaction(name, attempt, age, this.#changed);
    this.#open.byName.set(name, transaction);
    return transaction;
  }

  #enter(transaction: Transaction, invocation: OrderedCall, path: readonly number[]): void {
    const part = new Part(this, transaction, invocation, path, this.#marks.get(invocation.form.name)!);
    if (path.length === 0) transaction.root = part;
    transaction.add(part);
    const args = invocation.read();
    try {
      if (args !== undefined) part.claims = part.marks.claims(args);
    } catch (error) {
      this.#ended(transaction, part, writeRaised(writer, error));
      return;
    }
    this.#admitted(transaction, part, this.#locks.request(part, part.claims));
  }

  #admitted(transaction: Transaction, part: Part, outcome: Outcome): void {
    if (transaction.over) return;
    if (outcome === "granted") part.invocation.run(part);
    else if (outcome === "out of order") this.#giveUp(transaction);
    else this.#waits.begin(transaction);
  }

  executed(part: Part, message: Uint8Array, raised: boolean): void {
    const { transaction } = part;
    const complaint = part.complaint(this.module);
    this.isWhole ||= part.isBlind;
    if (part.isBlind) this.#giveUp(transaction);
    if (part.isBlind && (transaction.over || transaction.state === "withdrawing")) return;
    const fails = raised || complaint !== undefined;
    if (fails) part.undo();
    // Calls to other troupes cannot be undone one by one. Therefore the error ends the whole transaction.
    if (fails && transaction.hasCalled) transaction.failure ??= message;
    this.#ended(transaction, part, complaint === undefined ? message : writeRaised(writer, complaint));
  }

  #ended(transaction: Transaction, part: Part, message: Uint8Array): void {
    part.message = message;
    this.#locks.ended(part);
    if (part !== transaction.root) {
      part.invocation.answer(writeProvisional(transaction.failure ?? message, transaction.failure !== undefined));
      if (transaction.root === undefined) {
        part.poll = this.#poll(transaction, part.invocation);
        // From now on the caller may know that the call is ready. The troupe cannot change until the caller decides.
        this.#exported.begin();
        part.poll.vote(this.#exported.troupe.id, { attempt: 1, time: 0 });
      }
    }
    this.#checkReady(transaction);
  }

  #checkReady(transaction: Transaction): void {
    if (transaction.root === undefined || transaction.state !== "working" || !transaction.hasEnded) return;
    transaction.state = "ready";
    this.#open.trace(transaction, "ready");
    this.#vote(transaction, 0);
  }

  #vote({ poll, number }: Transaction, time: number | null): void {
    poll!.vote(this.#exported.troupe.id, { attempt: number, time });
  }

  joined(name: string): void {
    this.#open.rooted(name)?.poll?.ask();
    for (const { parts } of this.#open.byName.values())
      for (const { invocation, poll } of parts) if (invocation.name === name) poll?.ask();
  }

  // The end of an attempt.

  /** Undoes the attempt. If a client member may know that it is ready, the client members must agree first. */
  #giveUp(transaction: Transaction): void {
    if (transaction.isLeft || this.#frozen) return;
    const known = transaction.isKnown;
    if (transaction.root === undefined) {
      for (const part of transaction.parts) if (part.message === undefined) part.refuse();
    } else this.#vote(transaction, null);
    if (known) {
      transaction.state = "withdrawing";
      const { id } = this.#exported.troupe;
      for (const { poll } of transaction.parts) poll?.vote(id, { attempt: 1, time: null });
    } else if (transaction.root !== undefined) this.#retry(transaction, transaction.number + 1);
    else this.#undo(transaction);
  }

  /** Hears the answers of the client's members. */
  #told(transaction: Transaction, verdict: Verdict, said: number): void {
    if (transaction.over || transaction.state === "in doubt") return;
    if (this.#frozen && transaction.root !== undefined) {
      this.#deferred.push(() => this.#told(transaction, verdict, said));
      return;
    }
    const next = Math.max(transaction.number + 1, said);
    if (verdict === "commit") this.#commit(transaction);
    else if (verdict === "in doubt") this.#doubts.about(transaction);
    else if (transaction.root === undefined) this.#undo(transaction);
    else if (transaction.state === "ready" && transaction.isRepeatable) {
      // Other members have undone the attempt. Here the next attempt would be the same.
      transaction.number = next;
      this.#vote(transaction, 0);
    } else this.#retry(transaction, next);
  }

  #commit(transaction: Transaction): void {
    this.#open.trace(transaction, "committed");
    const { root, failure } = transaction;
    if (root !== undefined) root.invocation.answers.place = root.invocation.step;
    if (root !== undefined && failure !== undefined) transaction.log.undo();
    this.#open.close(transaction, failure === undefined);
    this.#doubts.committed(transaction.age.name, root?.invocation.answers.electorate);
    root?.invocation.answer(failure ?? root.message!);
    this.#open.release(transaction);
  }

  #undo(transaction: Transaction): void {
    this.#open.trace(transaction, "undone");
    for (const part of transaction.parts) if (part.message === undefined) part.invocation.abandon();
    transaction.log.undo();
    this.#open.close(transaction, false);
    this.#open.release(transaction);
  }

  #retry(transaction: Transaction, attempt: number): void {
    const { invocation } = transaction.root!;
    this.#undo(transaction);
    const wait = backOff(invocation.name, attempt - 1, this.#options.backOff);
    this.#open.pause(invocation, attempt, wait, () => this.#begin(invocation, attempt));
  }

  attemptOf(call: string): number | undefined {
    return this.#open.attemptOf(call);
  }

  asked(exchange: ServerExchange, name: string, round: number, leads: boolean): void {
    this.#doubts.asked(exchange, name, round, leads);
  }

  // A change of membership.

  freeze(): Incoming[] {
    // A later office freezes a frozen member: what is undone must not be undone again.
    if (this.#frozen) return [];
    for (const transaction of this.#open.byName.values()) {
      if (transaction.root === undefined && transaction.isKnown) this.#giveUp(transaction);
    }
    this.#frozen = true;
    this.#waits.suspended = true;
    const held: Incoming[] = [];
    for (const transaction of this.#open.byName.values()) {
      if (transaction.root === undefined ? transaction.orphaned : transaction.isKnown) transaction.log.undo();
      else if (!transaction.isKnown) {
        const invocations = transaction.parts.map(({ invocation }) => invocation);
        this.#undo(transaction);
        for (const { answers } of invocations) held.push(...answers.dissolve());
      }
    }
    held.push(...this.#open.takePaused());
    return held;
  }

  thaw(same: boolean): void {
    if (!this.#frozen) return;
    this.#frozen = false;
    this.#waits.suspended = false;
    const deferred = this.#deferred.splice(0);
    for (const transaction of this.#open.byName.values()) {
      if (transaction.root === undefined ? !transaction.orphaned : !transaction.isKnown) continue;
      if (same) transaction.log.redo();
      else {
        const { root } = transaction;
        // Its changes are already undone.
        this.#open.close(transaction, false);
        refuseAll(root?.invocation.answers.dissolve() ?? [], "stale-binding");
        this.#open.release(transaction);
      }
    }
    if (same) for (const hear of deferred) hear();
  }

  isUndecided(origins: readonly CallOrigin[], key: string): boolean {
    return this.#open.isUndecided(origins, key);
  }

  /** Does nothing: all members commit conflicting calls in one order, so that no position needs to be known. */
  learn(): void {}

  level(name: string): boolean {
    const transaction = this.#open.rooted(name);
    if (transaction === undefined) return false;
    transaction.log.redo();
    this.#commit(transaction);
    return true;
  }
}
