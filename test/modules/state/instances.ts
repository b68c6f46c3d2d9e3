/** Classes whose fields hold instances of classes, and subclasses of built-in ones. */
import Old from "./old.cjs";
import { Point, Segment } from "./points.mjs";
import { text } from "./text.ts";

class Account {
  owner: string;
  balance = 0;
  partner: Account = this;
  constructor(owner: string) {
    if (owner === undefined) throw new TypeError("an account has an owner");
    this.owner = owner;
  }
  add(amount: number): void {
    this.balance += amount;
    this.partner.balance += amount;
  }
}

export class Bank {
  accounts = new Map<string, Account>();
  change(k: number): void {
    const account = new Account(`owner ${k}`);
    account.partner = this.accounts.get("owner 1") ?? account;
    this.accounts.set(account.owner, account);
    account.add(k);
  }
  look(): string {
    return text(
      [...this.accounts.values()].map((each) => [
        each.owner,
        each.balance,
        each.partner.owner,
        each instanceof Account,
      ]),
    );
  }
}

class Knot {
  n: number;
  before: Knot | undefined;
  behind: Knot | undefined = undefined;
  constructor(n: number, before: Knot | undefined) {
    this.n = n;
    this.before = before;
    if (before !== undefined) before.behind = this;
  }
}
export class DoubleList {
  first = new Knot(0, undefined);
  last = this.first;
  change(k: number): void {
    for (let i = 0; i < 1000; i++) this.last = new Knot(k * i, this.last);
  }
  look(): string {
    let [forth, back] = [0, 0];
    for (let at: Knot | undefined = this.first; at !== undefined; at = at.behind)
      forth = (forth * 7 + at.n) % 1_000_003;
    for (let at: Knot | undefined = this.last; at !== undefined; at = at.before) back = (back * 7 + at.n) % 1_000_003;
    return text([forth, back, this.last instanceof Knot]);
  }
}

class Branch {
  parent: Branch | Tree;
  leaves: Branch[] = [];
  constructor(parent: Branch | Tree) {
    this.parent = parent;
  }
  get depth(): number {
    return this.parent instanceof Branch ? this.parent.depth + 1 : 0;
  }
}
export class Tree {
  root = new Branch(this);
  newest = this.root;
  change(k: number): void {
    for (let i = 0; i < k; i++) {
      const leaf = new Branch(this.newest);
      this.newest.leaves.push(leaf);
      if (i % 2 === 0) this.newest = leaf;
    }
  }
  look(): string {
    return text([this.newest.depth, this.root.parent === this, this.newest.leaves.length]);
  }
}

export class Registry extends Map<string, unknown> {
  label = "none";
  change(k: number): void {
    this.label = `label ${k}`;
    this.set(this.label, this);
  }
  look(): string {
    return text([this.label, [...this.keys()], this.get(this.label) === this, this.size]);
  }
}

export class Tags extends Set<unknown> {
  change(k: number): void {
    this.add(k);
    this.delete(k - 1);
  }
  look(): string {
    return text([...this]);
  }
}

export class Stack extends Array<unknown> {
  limit = 3;
  change(k: number): void {
    this.push({ k });
    if (this.length > this.limit) this.splice(0, 1);
  }
  look(): string {
    return text([this.limit, this.length, ...this.values()]);
  }
}

class Cache extends Map<string, number> {
  hits = 0;
  override get(key: string): number | undefined {
    this.hits++;
    return super.get(key);
  }
}
class Overdrawn extends RangeError {
  readonly account: Cache;
  constructor(message: string, account: Cache) {
    super(message);
    this.account = account;
  }
  override get name(): string {
    return "Overdrawn";
  }
}
class Packet extends Uint8Array {
  sent = 0;
}
class Moment extends Date {
  zone = "UTC";
}
class Pattern extends RegExp {
  used = 0;
}
export class Subclasses {
  cache = new Cache([["a", 1]]);
  error = new Overdrawn("none", this.cache);
  packet = new Packet(4);
  moment = new Moment(0);
  pattern = new Pattern("a+", "g");
  change(k: number): void {
    this.cache.set("a", (this.cache.get("a") ?? 0) + k);
    this.error = new Overdrawn(`by ${k}`, this.cache);
    this.packet[k % 4] = k;
    this.packet.sent++;
    this.moment.setTime(k);
    this.pattern.used += k;
  }
  look(): string {
    const { cache, error, packet, moment, pattern } = this;
    return text([
      cache.hits,
      error.account === cache,
      error.message,
      error instanceof Overdrawn,
      error.name,
      [...packet],
      packet.sent,
      packet instanceof Packet,
      moment.getTime(),
      moment.zone,
      moment instanceof Moment,
      pattern.used,
      pattern instanceof Pattern,
    ]);
  }
}

export class OtherFiles {
  points = [new Point(0, 0)];
  segment = new Segment(this.points[0]!, new Point(1, 1));
  old = new Old("old");
  change(k: number): void {
    this.points.push(new Point(k, -k));
    this.segment.from.x += k;
    this.old.add(k);
  }
  look(): string {
    return text([
      this.points.map((each) => each.norm()),
      this.segment.length(),
      this.segment.from === this.points[0],
      this.old.sum(),
      this.old instanceof Old,
    ]);
  }
}

function byLength(a: string, b: string): number {
  return a.length - b.length || (a < b ? -1 : 1);
}
export class Functions {
  compare = { order: byLength };
  type: new (owner: string) => Account = Account;
  words: string[] = [];
  change(k: number): void {
    this.words.push("w".repeat(k % 3), `x${k}`);
    this.words.sort(this.compare.order);
  }
  look(): string {
    return text([this.words, this.type === Account, this.compare.order === byLength]);
  }
}

export const Anonymous = class {
  inner = new (class Inner {
    n = 0;
  })();
  constructor() {
    // The class within the field is made once for each instance: only a plain object can be carried.
    this.inner = { n: 0 };
  }
  change(k: number): void {
    this.inner.n += k;
  }
  look(): number {
    return this.inner.n;
  }
};

export class Iterable {
  items: number[] = [];
  change(k: number): void {
    this.items.push(k);
  }
  *[Symbol.iterator](): IterableIterator<number> {
    yield* this.items;
  }
  look(): string {
    return text([...this]);
  }
}

const prices = new Map([["a", 1]]);
export class Constants {
  static readonly limit = 100;
  static readonly #names = ["a"];
  total = 0;
  change(k: number): void {
    this.total += Math.min(Constants.limit, k * prices.get(Constants.#names[0]!)!);
  }
  look(): number {
    return this.total;
  }
}

export class Arguments {
  readonly limits: { readonly low: number };
  names: string[];
  constructor(limits: { low: number }, ...names: string[]) {
    if (limits.low === undefined) throw new TypeError("low is missing");
    this.limits = limits;
    this.names = names;
  }
  change(k: number): void {
    this.names.push(String(this.limits.low + k));
  }
  look(): string {
    return text(this.names);
  }
}

class Folded extends Map<string, number> {
  sets = 0;
  override set(key: string, value: number): this {
    this.sets++;
    return super.set(key.toLowerCase(), value);
  }
  override get size(): number {
    return super.size * 100;
  }
}
class Doubled extends Set<number> {
  override add(value: number): this {
    return super.add(value * 2);
  }
  override get size(): number {
    return 1;
  }
}
class Descending extends Array<number> {
  override push(...values: number[]): number {
    super.push(...values);
    this.sort((a, b) => b - a);
    return this.length;
  }
}
class Fixed extends Date {
  override getTime(): number {
    return 7;
  }
}
class Masked extends RegExp {
  override get source(): string {
    return "masked";
  }
}
class Window extends Uint8Array {
  override get byteLength(): number {
    return 1;
  }
}
/** Subclasses whose own methods and accessors say other than what is inside. */
export class Overrides {
  folded = new Folded();
  doubled = new Doubled();
  descending = new Descending();
  fixed = new Fixed(5);
  masked = new Masked("b+");
  window = new Window(4);
  change(k: number): void {
    this.folded.set(`K${k}`, k);
    this.doubled.add(k);
    this.descending.push(k, 3);
    // A state may come in any order.
    Array.prototype.reverse.call(this.descending);
    this.fixed.setTime(k);
    this.window[3] = k;
  }
  look(): string {
    const { folded, doubled, descending, fixed, masked, window } = this;
    return text([
      folded.sets,
      [...folded],
      [...doubled],
      Array.from({ length: descending.length }, (_, i) => descending[i]),
      Date.prototype.getTime.call(fixed),
      masked.test("abb"),
      [...window],
    ]);
  }
}
