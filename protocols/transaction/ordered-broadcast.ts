/**
 * Ordered broadcast, at one member: executes calls one after the other, in one order at all members.
 *
 * Source: dissertation, chapter 5. A call is a message. Its CALL is get_proposed_time. The member's proposal goes back
 * as its vote (poll.ts). The answer of the client's members to the vote is accept_time, with the latest of all
 * proposals. Therefore the same rules decide this protocol and troupe commit (decision.ts), also when processes crash.
 *
 * A message is executed when the queue delivers it (queue.ts), and answered when its procedure has ended. The next
 * message waits until then. If the procedure makes a call that leads back to this module, that call is executed within
 * the procedure.
 */
import { refuseAll, type Incoming } from "../call/server/incoming.ts";
import type { Export } from "../call/server/export.ts";
import type { OrderedCall, Ordering, TransactionOptions } from "../call/server/ordering.ts";
import type { Process } from "../call/process.ts";
import type { Endpoint } from "../message/endpoint.ts";
import type { ServerExchange } from "../message/incoming-call.ts";
import { sameOrigin, type CallOrigin } from "../message/retention.ts";
import { Writer } from "../wire/bytes.ts";
import { writeFailed } from "../wire/call.ts";
import type { Verdict } from "./decision.ts";
import type { Claim } from "./locks.ts";
import { Poll, type Told } from "./poll.ts";
import { DeliveryQueue, type Message } from "./queue.ts";
import { Settlement, type Settled } from "./settlement.ts";
import { traceTransaction } from "./transactions.ts";

const writer = new Writer();

/** What each call claims: all calls are in one order. */
const wholeModule: readonly Claim[] = [{ object: "", mode: "exclusive" }];

/** A call that is not delivered yet: its place in the order is undecided, or other calls come first. */
class Entry implements Message {
  readonly invocation: OrderedCall;
  readonly poll: Poll<Entry>;
  attempt = 1;
  inDoubt = false;

  constructor(endpoint: Endpoint, invocation: OrderedCall, told: Told<Entry>) {
    this.invocation = invocation;
    this.poll = new Poll<Entry>(endpoint, invocation.answers.electorate, this, told);
  }

  get id(): string {
    return this.invocation.name;
  }
}

export class OrderedBroadcast implements Ordering {
  readonly protocol = "broadcast";
  readonly #process: Process;
  readonly #exported: Export;
  readonly #longest: number;
  readonly #queue = new DeliveryQueue<Entry>();
  readonly #entries = new Map<string, Entry>();
  /** The call that is being executed. */
  #delivered: OrderedCall | undefined = undefined;
  /** Calls that other members have executed before a change of membership, and that wait to be executed here. */
  readonly #levelling: OrderedCall[] = [];
  readonly #settlement: Settlement;
  readonly #hear: Told<Entry> = (entry, verdict, said) => this.#told(entry, verdict, said);
  #frozen = false;
  /** Answers of clients that arrived while the member was frozen. */
  #deferred: (() => void)[] = [];

  constructor(process: Process, exported: Export, options: TransactionOptions) {
    this.#process = process;
    this.#exported = exported;
    this.#longest = options.queue;
    this.#settlement = new Settlement(process, exported, (name) => this.#enterDoubt(name));
  }

  submit(invocation: OrderedCall): void {
    if (this.#delivered !== undefined && invocation.isWithin(this.#delivered)) {
      invocation.run({ open: () => this.#exported.module, done: (message) => invocation.answer(message) });
      return;
    }
    if (this.#frozen) {
      this.#levelling.push(invocation);
      this.#deliver();
      return;
    }
    const entry = new Entry(this.#process.endpoint, invocation, this.#hear);
    this.#entries.set(entry.id, entry);
    this.#propose(entry);
  }

  #propose(entry: Entry): void {
    const time = this.#queue.size < this.#longest ? this.#queue.propose(entry) : null;
    entry.poll.vote(this.#exported.troupe.id, { attempt: entry.attempt, time });
  }

  /** Proposes again, a time later than all times accepted meanwhile. */
  #proposeAgain(entry: Entry, attempt: number): void {
    entry.attempt = attempt;
    this.#queue.drop(entry.id);
    this.#propose(entry);
    this.#deliver();
  }

  joined(name: string): void {
    this.#entries.get(name)?.poll.ask();
  }

  #told(entry: Entry, verdict: Verdict, said: number): void {
    if (entry.inDoubt || this.#entries.get(entry.id) !== entry) return;
    if (this.#frozen) this.#deferred.push(() => this.#told(entry, verdict, said));
    else if (verdict === "commit") this.#accept(entry, said);
    else if (verdict === "abort" && said > entry.attempt) this.#proposeAgain(entry, said);
    else if (verdict === "abort") {
      // The queue of some member was full.
      this.#drop(entry);
      entry.invocation.answer(writeFailed(writer, "overloaded"));
    } else if (this.#exported.admission.doubts !== undefined) this.#exported.admission.doubts();
    else this.#enterDoubt(entry.id);
  }

  #accept(entry: Entry, time: number): void {
    entry.poll.stop();
    this.#settlement.committed(entry.id, time, entry.invocation.answers.electorate);
    if (this.#queue.accept(entry.id, time)) this.#deliver();
  }

  #drop(entry: Entry): void {
    entry.poll.stop();
    this.#entries.delete(entry.id);
    if (this.#queue.drop(entry.id)) this.#deliver();
  }

  /** Executes the next call, unless a call is being executed. */
  #deliver(): void {
    if (this.#delivered !== undefined) return;
    // What other members have executed comes first, also if the change that brought it here has failed.
    const levelled = this.#levelling.shift();
    if (levelled !== undefined) {
      this.#execute(levelled);
      return;
    }
    const next = this.#frozen ? undefined : this.#queue.next();
    if (next === undefined) return;
    const { message, time } = next;
    this.#entries.delete(message.id);
    message.invocation.answers.place = time;
    this.#execute(message.invocation);
  }

  #execute(invocation: OrderedCall): void {
    this.#delivered = invocation;
    traceTransaction(this.#process, this.#exported, invocation, "committed", 1, wholeModule);
    invocation.run({
      open: () => this.#exported.module,
      done: (message) => {
        this.#delivered = undefined;
        invocation.answer(message);
        this.#deliver();
      },
    });
  }

  // In a troupe of a static table, the members settle a call in doubt among themselves.

  #enterDoubt(name: string): number {
    const entry = this.#entries.get(name);
    if (entry !== undefined) entry.inDoubt = true;
    const attempt = entry?.attempt ?? 0;
    this.#settlement.settle(name, attempt, (settled) => this.#settled(name, settled));
    return attempt;
  }

  #settled(name: string, { time, attempt }: Settled): void {
    const entry = this.#entries.get(name);
    if (entry?.inDoubt !== true) return;
    entry.inDoubt = false;
    if (time !== null) this.#accept(entry, time);
    else if (entry.poll.isDeserted) {
      this.#drop(entry);
      // The client's members are dead, or other members of this troupe refuse them as no members.
      refuseAll(entry.invocation.answers.dissolve(), "not-a-member");
    } else {
      this.#proposeAgain(entry, Math.max(entry.attempt, attempt) + 1);
    }
  }

  /** No call has attempts, since every call is executed once. */
  attemptOf(): undefined {
    return undefined;
  }

  asked(exchange: ServerExchange, name: string, round: number, leads: boolean): void {
    this.#settlement.asked(exchange, name, round, leads);
  }

  // A change of membership.

  freeze(): Incoming[] {
    this.#frozen = true;
    return [];
  }

  thaw(same: boolean): void {
    if (!this.#frozen) return;
    this.#frozen = false;
    const deferred = this.#deferred.splice(0);
    if (same) for (const hear of deferred) hear();
    else {
      for (const entry of this.#entries.values()) {
        entry.poll.stop();
        this.#entries.delete(entry.id);
        this.#queue.drop(entry.id);
        refuseAll(entry.invocation.answers.dissolve(), "stale-binding");
      }
      for (const { answers } of this.#levelling.splice(0)) refuseAll(answers.dissolve(), "stale-binding");
    }
    this.#deliver();
  }

  isUndecided(origins: readonly CallOrigin[], key: string): boolean {
    if (key !== "") return this.#entries.has(key);
    return [...this.#entries.values()].some(({ invocation }) =>
      invocation.answers.electorate.origins.some((mine) => origins.some((other) => sameOrigin(mine, other))),
    );
  }

  level(name: string, place: number): boolean {
    const entry = this.#entries.get(name);
    if (entry === undefined) return false;
    entry.poll.stop();
    this.#entries.delete(name);
    this.#queue.drop(name);
    entry.invocation.answers.place = place;
    this.#levelling.push(entry.invocation);
    this.#deliver();
    return true;
  }

  /** Learns a position that was given before this member joined, or while it was frozen. */
  learn(time: number): void {
    this.#queue.advance(time);
  }
}
