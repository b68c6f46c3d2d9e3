/** Classes whose fields hold values of every kind, and graphs of them. */
import { text } from "./text.ts";

export class Counter {
  count = 0;
  change(k: number): number {
    return (this.count += k);
  }
  look(): number {
    return this.count;
  }
}

export class Circle {
  next: unknown = this;
  rounds: unknown[] = [];
  constructor() {
    this.rounds.push(this.rounds);
  }
  change(k: number): void {
    this.rounds.push(k);
  }
  look(): string {
    return text([this.next === this, this.rounds[0] === this.rounds, this.rounds.slice(1)]);
  }
}

export class Shared {
  a = { n: 0 };
  b = [this.a];
  c = new Map([["a", this.a]]);
  change(k: number): void {
    this.a.n += k;
  }
  look(): string {
    return text([this.b[0]!.n, this.c.get("a")!.n]);
  }
}

interface Link {
  n: number;
  next: Link | undefined;
}
export class LinkedList {
  head: Link | undefined = undefined;
  constructor() {
    for (let n = 0; n < 20_000; n++) this.head = { n, next: this.head };
  }
  change(k: number): void {
    this.head = { n: k, next: this.head };
  }
  look(): number {
    let sum = 0;
    for (let at = this.head; at !== undefined; at = at.next) sum = (sum * 31 + at.n) % 1_000_003;
    return sum;
  }
}

export class Numbers {
  values: unknown[] = [-0, NaN, Infinity, -Infinity, 5e-324, 2 ** 53, 1e21];
  change(k: number): void {
    this.values.push(-0 * k, k / 3);
  }
  look(): string {
    return text(this.values);
  }
}

export class Bigints {
  value = 1n;
  negative = -(2n ** 70n);
  change(k: number): void {
    this.value = (this.value << 64n) + BigInt(k);
  }
  look(): string {
    return text([this.value, this.negative]);
  }
}

export class Dates {
  first = new Date(0);
  never = new Date(NaN);
  same = this.first;
  change(k: number): void {
    this.first.setTime(this.first.getTime() + k);
  }
  look(): string {
    return text([this.first.getTime(), this.never.getTime(), this.same.getTime()]);
  }
}

export class Expressions {
  words = /\w+/g;
  sticky = new RegExp("a", "uy");
  change(): string {
    return this.words.exec("one two three four five six seven eight nine ten eleven")?.[0] ?? "none";
  }
  look(): string {
    return text([this.words.lastIndex, this.words.source, this.sticky.flags, this.sticky instanceof RegExp]);
  }
}

export class Units {
  text = "\ud800 \u{1f600}";
  map = new Map([["\udfff", 1]]);
  change(k: number): void {
    this.text += String.fromCharCode(0xd800 + k);
    this.map.set(this.text, k);
  }
  look(): string {
    return text(
      [[...this.map.keys()], this.text]
        .flat()
        .map((each) => Array.from({ length: each.length }, (_, i) => each.charCodeAt(i))),
    );
  }
}

export class Sparse {
  list: unknown[] = [];
  constructor() {
    this.list[3] = "three";
    this.list[1_000_000_000] = "far";
  }
  change(k: number): void {
    this.list[k * 1000] = k;
  }
  look(): string {
    return text([Object.keys(this.list), this.list.length, 2 in this.list]);
  }
}

export class Dictionary {
  table = Object.create(null) as Record<string, number>;
  change(k: number): void {
    this.table["__proto__"] = k;
    this.table[`k${k}`] = k;
  }
  look(): string {
    return text([Object.entries(this.table), Object.getPrototypeOf(this.table)]);
  }
}

const tag = Symbol("tag");
const other = Symbol.for("modules.other");
export class SymbolKeys {
  [tag] = 0;
  readonly [other]: unknown[] = [tag, Symbol.iterator];
  change(k: number): void {
    this[tag] += k;
  }
  look(): string {
    const [first, second] = this[other];
    return text([this[tag], first === tag, second === Symbol.iterator, Object.getOwnPropertySymbols(this).length]);
  }
}

export class Floats {
  memory = new ArrayBuffer(32);
  floats = new Float64Array(this.memory);
  bytes = new Uint8Array(this.memory, 8, 8);
  view = new DataView(this.memory, 16);
  change(k: number): void {
    this.floats[1] = k / 3;
    this.view.setInt16(0, -k);
  }
  look(): string {
    return text([[...this.floats], [...this.bytes], this.view.getInt16(0), this.bytes.buffer === this.floats.buffer]);
  }
}

export class Bytes {
  all = Buffer.from("abcdefghij");
  part = this.all.subarray(2, 5);
  change(k: number): void {
    this.part[0] = 65 + k;
    this.all = Buffer.concat([this.all, Buffer.from([k])]);
  }
  look(): string {
    return text([this.all.toString("hex"), this.part.toString("latin1"), Buffer.isBuffer(this.part)]);
  }
}

export class Frozen {
  pair: readonly number[] = Object.freeze([0, 1]);
  options = Object.freeze({ deep: Object.seal({ n: 1 }) });
  last: object = Object.preventExtensions({ n: 0 });
  change(k: number): void {
    this.pair = Object.freeze([...this.pair, k]);
    this.options.deep.n += k;
  }
  look(): string {
    const { pair, options, last } = this;
    return text([
      pair,
      Object.isFrozen(pair),
      Object.isFrozen(options),
      Object.isSealed(options.deep),
      options,
      Object.isExtensible(last),
    ]);
  }
}

export class Hidden {
  declare secret: number;
  constructor() {
    Object.defineProperty(this, "secret", { value: 1, writable: true, configurable: true });
  }
  change(k: number): void {
    this.secret += k;
  }
  look(): string {
    return text([Object.keys(this), this.secret]);
  }
}

export class Order {
  [name: string]: unknown;
  change(k: number): void {
    this[`f${10 - k}`] = k;
    delete this[`f${12 - k}`];
  }
  look(): string {
    return text(Object.keys(this));
  }
}

export class KeyedByObjects {
  keys = [{ n: 0 }, { n: 1 }];
  map = new Map<object, number>(this.keys.map((key) => [key, key.n]));
  set = new Set<object>(this.keys);
  change(k: number): void {
    this.map.set(this.keys[k % 2]!, k);
    this.set.delete(this.keys[1]!);
  }
  look(): string {
    return text([this.keys.map((key) => this.map.get(key)), this.keys.map((key) => this.set.has(key))]);
  }
}

export class Nested {
  map = new Map<number, Map<string, Set<number>>>();
  change(k: number): void {
    this.map.set(k, new Map([["k", new Set([k, -k])], ["l", this.map.get(k - 1)?.get("k") ?? new Set()]])); // prettier-ignore
    this.map.get(1)!.get("k")!.add(k);
  }
  look(): string {
    return text(this.map);
  }
}

export class Rows {
  row = [0, 0, 0];
  grid = [this.row, this.row, [...this.row]];
  change(k: number): void {
    this.grid[0]![k % 3] = k;
  }
  look(): string {
    return text(this.grid);
  }
}

export class Failures {
  last: Error = new RangeError("first", { cause: new TypeError("why") });
  all = new AggregateError([this.last], "all");
  change(k: number): void {
    this.last = Object.assign(new SyntaxError(`at ${k}`), { line: k });
    this.all.errors.push(this.last);
  }
  look(): string {
    const shown = (error: unknown): unknown => (error instanceof Error ? [error.name, error.message, text(Object.entries(error)), shown(error.cause)] : error); // prettier-ignore
    return text([
      shown(this.last),
      this.all instanceof AggregateError,
      this.all.errors.map(shown),
      this.last === this.all.errors.at(-1),
    ]);
  }
}

export class Matches {
  found: (string | undefined)[] = [];
  change(k: number): void {
    this.found = [...(/(a)|(b)/.exec(k % 2 === 0 ? "a" : "b") ?? [])];
  }
  look(): string {
    return text(this.found);
  }
}
