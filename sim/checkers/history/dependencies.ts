/** The graph of a history: edges from what transactions read and wrote, and from real time. */
import type { Findings } from "../violation.ts";
import { edges, Graph } from "./graph.ts";
import type { Transaction } from "./history.ts";
import { Observation, show } from "./observation.ts";
import type { ObjectVersions, Version } from "./versions.ts";

/** So many edges are made one by one; more go through a joint. */
const few = 64;

export class Dependencies {
  readonly graph: Graph;
  readonly objects: readonly ObjectVersions[];
  readonly #transactions: readonly Transaction[];
  readonly #findings: Findings;
  readonly #effective: Uint8Array;

  /**
   * Adds to `findings` what is wrong without a circle.
   *
   * @throws BadData for a history that cannot be judged.
   */
  constructor(transactions: readonly Transaction[], findings: Findings) {
    this.#transactions = transactions;
    this.#findings = findings;
    this.graph = new Graph(transactions.length);
    this.objects = new Observation(transactions, findings).objects;
    this.#effective = this.#effects();
    for (const object of this.objects) {
      this.#judge(object);
      this.#connect(object);
    }
  }

  /** Marks the transactions that have had effects: those that committed, and those whose writes show. */
  #effects(): Uint8Array {
    const effective = new Uint8Array(this.#transactions.length);
    this.#transactions.forEach(({ outcome }, number) => {
      if (outcome === "committed") effective[number] = 1;
    });
    for (const { kind, versions } of this.objects) {
      for (const { readers, next, follows, writers } of versions) {
        const shows = readers.length > 0 || next.length > 0 || (kind === "list" && follows);
        if (!shows) continue;
        for (const writer of writers) if (!this.#hasFailed(writer)) effective[writer] = 1;
      }
    }
    return effective;
  }

  #nameOf(number: number): string {
    return this.#transactions[number]!.name;
  }

  #add(number: number, what: string): void {
    this.#findings.add(this.#transactions[number]!.time, what);
  }

  #hasFailed(number: number): boolean {
    return this.#transactions[number]!.outcome === "failed";
  }

  /** What was read and should not have been. */
  #judge(object: ObjectVersions): void {
    const { name, longest, longestReader } = object;
    // Of an object that is only read, nobody knows what it was at first.
    if (!object.isSettled && object.count === 1 && object.initial.readers.length === 0) return;
    const elements = new Set(longest);
    if (elements.size < longest.length) {
      const twice = longest.find((element, i) => longest.indexOf(element) < i)!;
      this.#add(longestReader, `duplicate: ${this.#nameOf(longestReader)} read ${show(twice)} twice in ${name}`);
    }
    let unwritten = 0;
    let greatest = 0;
    for (const version of object.versions) {
      const { value, writers, readers } = version;
      if (object.kind === "counter") greatest = Math.max(greatest, value as number);
      const reader = readers[0] ?? (elements.has(value) ? longestReader : undefined);
      if (writers.length === 0) unwritten++;
      if (reader === undefined) continue;
      const said = `${this.#nameOf(reader)} read ${show(value)} of ${name}`;
      if (writers.length === 0) {
        if (object.kind !== "counter") this.#add(reader, `${said}, which nobody wrote`);
      } else if (writers.every((writer) => this.#hasFailed(writer))) {
        this.#add(reader, `G1a, aborted read: ${said}, written by ${this.#nameOf(writers[0]!)}, which has failed`);
      } else if (version.intermediate && readers.length > 0) {
        const writer = this.#nameOf(writers[0]!);
        this.#add(reader, `G1b, intermediate read: ${said}, which ${writer} overwrote itself before it committed`);
      }
    }
    // Numbers that are in no access have no version.
    const missing = object.kind === "counter" ? greatest - object.count + unwritten : 0;
    if (missing <= object.unknownIncrements) return;
    const reader = object.version(greatest).readers[0] ?? object.version(greatest).writers[0]!;
    this.#add(reader, `${name} has come to ${greatest}, by ${missing} increments more than were made`);
  }

  #connect(object: ObjectVersions): void {
    const { number, beforeOthers } = object;
    this.#connectVersion(object, object.initial);
    for (const version of object.versions) {
      this.#connectVersion(object, version);
      for (const writer of this.#writersOf(version)) {
        for (const reader of version.readers) this.graph.add(writer, reader, edges.wr, number);
      }
    }
    if (object.kind === "counter" || object.contradictory) return;
    const others: number[] = [];
    for (const version of object.versions) {
      if (version.follows) continue;
      for (const writer of version.writers) if (this.#effective[writer] === 1) others.push(writer);
    }
    this.#precede(beforeOthers, others, number);
  }

  #writersOf(version: Version): number[] {
    return version.writers.filter((writer) => !this.#hasFailed(writer));
  }

  #connectVersion(object: ObjectVersions, version: Version): void {
    if (version.next.length === 0) return;
    const writers = version.next.flatMap((next) => this.#writersOf(next));
    this.#precede(version, writers, object.number);
  }

  /** Those who wrote or read the version come before the others. */
  #precede(version: Version, later: readonly number[], object: number): void {
    const { readers } = version;
    for (const writer of this.#writersOf(version)) {
      for (const other of later) this.graph.add(writer, other, edges.ww, object);
    }
    if (readers.length * later.length <= few) {
      for (const reader of readers) for (const other of later) this.graph.add(reader, other, edges.rw, object);
      return;
    }
    const targets = new Set(later);
    const sources = new Set(readers);
    this.#join(
      readers.filter((reader) => !targets.has(reader)),
      later,
      object,
    );
    const both = readers.filter((reader) => targets.has(reader));
    this.#join(
      both,
      later.filter((other) => !sources.has(other)),
      object,
    );
    // Two that have read the same version and written a later one are on a circle already.
    for (let i = 1; i < both.length; i++) {
      this.graph.add(both[i - 1]!, both[i]!, edges.rw, object);
      this.graph.add(both[i]!, both[i - 1]!, edges.rw, object);
    }
  }

  #join(readers: readonly number[], later: readonly number[], object: number): void {
    if (readers.length === 0 || later.length === 0) return;
    const joint = this.graph.joint();
    for (const reader of readers) this.graph.add(reader, joint, edges.rw, object);
    for (const other of later) this.graph.add(joint, other, edges.pass, object);
  }

  /** Edges from each transaction to those that began after it had ended. */
  addRealTime(): void {
    const all = this.#transactions;
    const numbers = all.map((_, number) => number).filter((number) => !this.#hasFailed(number));
    const begun = numbers.toSorted((a, b) => all[a]!.begun - all[b]!.begun);
    const ended = numbers
      .filter((number) => all[number]!.outcome === "committed")
      .sort((a, b) => all[a]!.ended - all[b]!.ended);
    let [joint, isClosed, place] = [-1, true, 0];
    for (const number of begun) {
      for (; place < ended.length && all[ended[place]!]!.ended < all[number]!.begun; place++) {
        if (isClosed) {
          const next = this.graph.joint();
          if (joint >= 0) this.graph.add(joint, next, edges.pass, 0);
          [joint, isClosed] = [next, false];
        }
        this.graph.add(ended[place]!, joint, edges.order, 0);
      }
      if (joint < 0) continue;
      this.graph.add(joint, number, edges.pass, 0);
      isClosed = true;
    }
  }
}
