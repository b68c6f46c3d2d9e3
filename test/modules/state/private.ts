/** Classes with private members. */
import { text } from "./text.ts";

export class Private {
  #count = 0;
  change(k: number): void {
    this.#count += k;
  }
  look(): number {
    return this.#count;
  }
}

export class PrivateGraph {
  readonly #entries = new Map<number, object>();
  #last: object = this;
  change(k: number): void {
    this.#add(k);
  }
  #add(k: number): void {
    const entry = { k, before: this.#last };
    this.#entries.set(k, entry);
    this.#last = entry;
  }
  get #size(): number {
    return this.#entries.size;
  }
  look(): string {
    let length = 0;
    let at: object = this.#last;
    for (; at !== this; at = (at as { before: object }).before) length++;
    return text([this.#size, length]);
  }
}

class Money {
  readonly #cents: number;
  readonly currency: string;
  constructor(cents: number, { currency }: { currency: string }) {
    this.#cents = cents;
    this.currency = currency;
    this.#check();
  }
  #check(): void {
    if (!Number.isInteger(this.#cents)) throw new RangeError("cents are whole");
  }
  plus(other: Money): Money {
    other.#check();
    return new Money(this.#cents + other.#cents, this);
  }
  toString(): string {
    return `${this.#cents} ${this.currency}`;
  }
  static is(value: object): boolean {
    return #cents in value;
  }
}
export class Purse {
  money = new Money(0, { currency: "cents" });
  all = [this.money];
  change(k: number): void {
    this.money = this.money.plus(new Money(k, { currency: "cents" }));
    this.all.push(this.money);
  }
  look(): string {
    return text([this.all.map(String), this.all.every((each) => Money.is(each)), this.all.at(-1) === this.money]);
  }
}

function zero(): number {
  return 0;
}
class Base {
  #a = zero();
  readonly list: number[] = [];
  constructor(first: number) {
    this.list.push(first);
  }
  addToBase(k: number): void {
    this.#a += k;
    this.list.push(this.#a);
  }
}
class Derived extends Base {
  #b = 1;
  constructor(first: number) {
    super(first);
    this.list.push(-1);
  }
  add(k: number): number {
    this.addToBase(k);
    return (this.#b *= k);
  }
}
export class Inherited extends Derived {
  child = new Derived(5);
  constructor() {
    super(7);
  }
  change(k: number): void {
    this.add(k);
    this.child.add(k + 1);
  }
  look(): string {
    return text([this.list, this.child.list, this.child.add(1), this.child instanceof Derived]);
  }
}

class Counted extends Map<string, number> {
  #hits = 0;
  override get(key: string): number | undefined {
    this.#hits++;
    return super.get(key);
  }
  get hits(): number {
    return this.#hits;
  }
}
class Failed extends Error {
  #code: number;
  constructor(code: number) {
    super(`code ${code}`);
    this.#code = code;
  }
  get code(): number {
    return this.#code;
  }
}
export class PrivateSubclasses extends Map<string, number> {
  #label = "";
  counted = new Counted();
  failed = new Failed(0);
  change(k: number): void {
    this.#label += k;
    this.set(this.#label, k);
    this.counted.set("k", k);
    this.counted.get("k");
    this.failed = new Failed(k);
  }
  look(): string {
    return text([
      this.#label,
      [...this.keys()],
      this.counted.hits,
      [...this.counted],
      this.failed.code,
      this.failed.message,
    ]);
  }
}

export class Accessors {
  #celsius = 0;
  get fahrenheit(): number {
    return this.#celsius * 1.8 + 32;
  }
  set fahrenheit(value: number) {
    this.#celsius = (value - 32) / 1.8;
  }
  change(k: number): void {
    this.fahrenheit += k;
  }
  look(): number {
    return this.fahrenheit;
  }
}

export class QueryGetState {
  state = "idle";
  getState(): string {
    return this.state;
  }
  change(k: number): void {
    this.state = `state ${k}`;
  }
  look(): string {
    return this.getState();
  }
}

export class NamedState {
  readonly started = () => 1985;
  #sum = 0;
  getState(): unknown {
    return { sum: this.#sum };
  }
  setState(state: { sum: number }): void {
    this.#sum = state.sum;
  }
  change(k: number): void {
    this.#sum += k;
  }
  look(): number {
    return this.#sum;
  }
}

export class SymbolState {
  readonly started = () => 1985;
  sum = 0;
  [Symbol.for("troupe.getState")](): unknown {
    return [this.sum, new Money(this.sum, { currency: "x" })];
  }
  [Symbol.for("troupe.setState")]([sum, money]: [number, Money]): void {
    this.sum = sum + (money.toString() === `${sum} x` ? 0 : 1000);
  }
  change(k: number): void {
    this.sum += k;
  }
  look(): number {
    return this.sum;
  }
}

class Needy {
  #sum: number;
  constructor({ parts: [first, second] }: { parts: readonly number[] }) {
    this.#sum = first! + second!;
  }
  add(k: number): number {
    return (this.#sum += k);
  }
}
class Passing extends Needy {
  constructor(given: { parts: readonly number[] }) {
    super(given);
  }
}
class Pile extends Array<number> {
  #added = 0;
  add(k: number): number {
    this[this.length] = k;
    return ++this.#added;
  }
}
class Coded extends Error {
  #code = 0;
  code(k: number): number {
    return (this.#code += k);
  }
}
class Day extends Date {
  #visits = 0;
  visit(): number {
    return ++this.#visits;
  }
}
/** Constructors, most of them implicit, that do not make an object that receives a state as they would make another. */
export class PrivateConstructors {
  passing = new Passing({ parts: [1, 2] });
  pile = new Pile();
  coded = new Coded("given");
  day = new Day(5);
  change(k: number): void {
    this.passing.add(k);
    this.pile.add(k);
    this.coded.code(k);
    this.day.visit();
  }
  look(): string {
    const { passing, pile, coded, day } = this;
    return text([passing.add(1), [...pile], pile.add(1), coded.code(1), coded.message, day.visit(), day.getTime()]);
  }
}
