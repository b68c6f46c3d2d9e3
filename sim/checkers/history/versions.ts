/**
 * The versions of one object that the transactions of a history wrote, and their order as far as the history shows it.
 *
 * - Of a list, the longest read shows the order. What was appended by transactions that committed, and is in no read,
 *   comes later than that.
 * - Of a counter, the order is that of the numbers.
 * - Of a register, a write follows the version that its transaction has read before, and all writes follow the version
 *   `null`, which nobody wrote.
 */
import type { Value } from "./history.ts";

export type Kind = "register" | "list" | "counter";

export class Version {
  readonly value: Value;
  /** Transactions that wrote it: one, unless something is wrong. */
  readonly writers: number[] = [];
  /** Transactions that saw it as the latest one before they wrote the object themselves, if they did. */
  readonly readers: number[] = [];
  /** Its writer has written another version of the object after it. */
  intermediate = false;
  /** The versions that follow it at once, as far as is known. */
  readonly next: Version[] = [];
  /** Whether it follows a known version. */
  follows = false;

  constructor(value: Value) {
    this.value = value;
  }

  precede(version: Version): void {
    if (version.follows) return;
    this.next.push(version);
    version.follows = true;
  }
}

export class ObjectVersions {
  readonly name: string;
  /** Number of the object in the history. */
  readonly number: number;
  kind: Kind = "register";
  /** Whether an access has shown the kind. */
  isSettled = false;
  /** The version before all writes. */
  readonly initial = new Version(null);
  readonly #versions = new Map<Value, Version>();
  /** Of a list: the elements of the longest read, and the transaction that read them. */
  longest: readonly Value[] = [];
  longestReader = -1;
  /** Of a list: whether two reads contradict each other, so that the order is not known. */
  contradictory = false;
  /** Of a counter: increments that may have been made, and whose values are not known. */
  unknownIncrements = 0;

  constructor(name: string, number: number) {
    this.name = name;
    this.number = number;
  }

  /** All that are known, without the initial one. */
  get versions(): Iterable<Version> {
    return this.#versions.values();
  }

  get count(): number {
    return this.#versions.size;
  }

  /** The version of that value, which is made if it is not there yet. */
  version(value: Value): Version {
    if (value === null || (value === 0 && this.kind === "counter")) return this.initial;
    let version = this.#versions.get(value);
    if (version === undefined) this.#versions.set(value, (version = new Version(value)));
    return version;
  }

  /** The version that a list of these elements ends with. */
  lastOf(elements: readonly Value[]): Version {
    return elements.length === 0 ? this.initial : this.version(elements.at(-1)!);
  }

  /** Orders the versions of a list or a counter, once all transactions have been noted. */
  order(): void {
    if (this.kind === "register") return;
    const numbers = (): Version[] => [...this.versions].toSorted((a, b) => (a.value as number) - (b.value as number));
    const sorted = this.kind === "list" ? this.longest.map((element) => this.version(element)) : numbers();
    let before = this.initial;
    for (const version of sorted) {
      before.precede(version);
      before = version;
    }
  }

  /** The version that comes before all that follow no known version. */
  get beforeOthers(): Version {
    return this.kind === "list" ? this.lastOf(this.longest) : this.initial;
  }
}
