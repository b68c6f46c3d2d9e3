/**
 * The modules of a schedule. A ledger's state tells what was executed, how often, in which order, and with which random
 * numbers. Its procedures take the time that they are told, and know of no replication.
 */
import { firstCome, unanimous, type Collator } from "../protocols/call/collator.ts";
import type { Stub } from "../protocols/call/client/stub.ts";
import type { Program } from "../protocols/program/program.ts";

export interface Receipt {
  /** Of a write: how many entries its writer has now. Of a mark: its number. */
  readonly count: number;
  readonly document: Uint8Array;
  /**
   * Of a write: how many entries the ledger has now, if it tells. Marks do not tell, since two that a transaction makes
   * at the same time have no order.
   */
  readonly place?: number;
}

/** What the state tells, in a form that does not depend on the order of unrelated calls. */
export interface LedgerState {
  /** By writer: the numbers of its writes in the order of execution, each with the random number it was given. */
  readonly written: Map<string, Map<number, number>>;
  /** The same for marks, sorted by number. */
  readonly marked: Map<string, Map<number, number>>;
  /** What was executed though it had been before. */
  readonly twice: readonly string[];
  /** All calls in the order of execution, where that is to be the same at all members; else empty. */
  readonly order: readonly string[];
}

function byKey<K extends string | number, V>(map: ReadonlyMap<K, V>): Map<K, V> {
  return new Map([...map].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function copied(map: ReadonlyMap<string, ReadonlyMap<number, number>>): Map<string, Map<number, number>> {
  return new Map([...map].map(([writer, entries]) => [writer, new Map(entries)]));
}

/**
 * What is known of the order of unrelated calls: nothing; or it is part of the state; or answers tell it too. A troupe
 * that is founded anew has lost what it had told.
 */
export type OrderKnown = "nothing" | "state" | "answers";

export class Ledger {
  #written = new Map<string, Map<number, number>>();
  #marked = new Map<string, Map<number, number>>();
  #twice: string[] = [];
  #order: string[] = [];
  readonly #known: OrderKnown;
  readonly #program: Program;
  /** How much too large its answers are. */
  readonly #error: number;

  /** `wrong`: whether it answers wrongly. */
  constructor(program: Program, known: OrderKnown, wrong: boolean) {
    this.#program = program;
    this.#known = known;
    this.#error = wrong ? 1000 : 0;
  }

  getState(): LedgerState {
    return {
      written: byKey(copied(this.#written)),
      marked: new Map([...byKey(this.#marked)].map(([writer, entries]) => [writer, byKey(entries)])),
      twice: this.#twice.toSorted((a, b) => (a < b ? -1 : 1)),
      order: [...this.#order],
    };
  }

  setState({ written, marked, twice, order }: LedgerState): void {
    this.#written = copied(written);
    this.#marked = copied(marked);
    this.#twice = [...twice];
    this.#order = [...order];
  }

  async write(writer: string, number: number, work: number, document: Uint8Array): Promise<Receipt> {
    if (work > 0) await this.#program.sleep(work);
    const receipt = { count: this.#enter(this.#written, writer, number) + this.#error, document };
    return this.#known === "answers" ? { ...receipt, place: this.#order.length } : receipt;
  }

  async mark(writer: string, number: number, work: number, document: Uint8Array): Promise<Receipt> {
    if (work > 0) await this.#program.sleep(work);
    this.#enter(this.#marked, writer, number);
    return { count: number + this.#error, document };
  }

  #enter(map: Map<string, Map<number, number>>, writer: string, number: number): number {
    const entries = map.get(writer) ?? new Map<number, number>();
    map.set(writer, entries);
    if (entries.has(number)) this.#twice.push(`${writer} ${number}`);
    entries.set(number, this.#program.random());
    if (this.#known !== "nothing") this.#order.push(`${writer} ${number}`);
    return entries.size;
  }
}

/** A ledger whose procedures make each entry in another troupe's ledger first: a replicated client. */
export class Teller extends Ledger {
  readonly #program: Program;
  readonly #callee: string;
  readonly #stubs = new Map<Collator, Stub<Ledger>>();

  constructor(program: Program, known: OrderKnown, wrong: boolean, callee: string) {
    super(program, known, wrong);
    this.#program = program;
    this.#callee = callee;
  }

  async #ledger(collator: Collator): Promise<Stub<Ledger>> {
    const stub = this.#stubs.get(collator) ?? (await this.#program.bind(Ledger, this.#callee, { collator }));
    this.#stubs.set(collator, stub);
    return stub;
  }

  /** A nested call, then two at the same time: the order of a writer's entries is that of the client's calls. */
  override async write(writer: string, number: number, work: number, document: Uint8Array): Promise<Receipt> {
    const ledger = await this.#ledger(unanimous);
    await ledger.write(writer, number, work, document);
    await Promise.all([
      ledger.mark(`${writer}, first`, number, 0, new Uint8Array(0)),
      ledger.mark(`${writer}, second`, number, 0, document),
    ]);
    return super.write(writer, number, 0, document);
  }

  /** A nested call that is answered before all have executed it. */
  override async mark(writer: string, number: number, work: number, document: Uint8Array): Promise<Receipt> {
    const ledger = await this.#ledger(firstCome);
    await ledger.mark(writer, number, work, document);
    return super.mark(writer, number, 0, document);
  }
}
