/** Classes whose state no newcomer could receive. */
import { EventEmitter } from "node:events";
import { PassThrough } from "node:stream";
// @ts-expect-error It has no types.
import meters from "./meter.cjs";

class Refused {
  change(_k: number): void {}
  look(): number {
    return 0;
  }
}

export class ArrowProcedures {
  count = 0;
  change = (k: number): void => void (this.count += k);
  look = (): number => this.count;
}
export class Closure extends Refused {
  rules = [{ test: (n: number) => n > this.look() }];
}
export class Bound extends Refused {
  handlers = new Map([["look", this.look.bind(this)]]);
}
export class HungOnMap extends Refused {
  table = Object.assign(new Map([[1, 2]]), { label: "hung" });
}
export class HungOnArray extends Refused {
  list = Object.assign([1, 2], { label: "hung" });
}
export class Weak extends Refused {
  seen = new WeakSet<object>();
}
export class WeakTable extends Refused {
  table = { inner: new WeakMap<object, number>() };
}
export class WeakReference extends Refused {
  reference = new WeakRef(this);
}
export class Stream extends Refused {
  out = new PassThrough();
}
export class Emitter extends EventEmitter {
  change(k: number): void {
    this.emit("change", k);
  }
  look(): number {
    return 0;
  }
}
export class Bus extends Refused {
  bus = new Emitter();
}
export class Target extends EventTarget {
  change(_k: number): void {}
  look(): number {
    return 0;
  }
}
export class Place extends URL {
  constructor() {
    super("http://localhost/");
  }
  change(k: number): void {
    this.port = String(k);
  }
  look(): string {
    return this.port;
  }
}
export class Lines extends PassThrough {
  change(_k: number): void {}
  look(): number {
    return 0;
  }
}
export class Address extends Refused {
  url = new URL("http://localhost/");
}
export class Waiting extends Refused {
  answer = Promise.resolve(1);
}
export class Generating extends Refused {
  numbers = (function* () {
    yield 1;
  })();
}
export class Iterating extends Refused {
  entries = new Map([[1, 2]]).entries();
}
export class Intercepted extends Refused {
  target = new Proxy({ n: 1 }, {});
}
export class OwnAccessor extends Refused {
  lazy = {
    get value(): number {
      return 1;
    },
  };
}
export class Local extends Refused {
  item = makeItem();
}
function makeItem(): object {
  return new (class Item {
    n = 1;
  })();
}
export class Boxed extends Refused {
  // oxlint-disable-next-line no-new-wrappers
  n = new Number(1);
}
export class UniqueSymbol extends Refused {
  token = Symbol("token");
}
export class SharedMemory extends Refused {
  words = new Int32Array(new SharedArrayBuffer(8));
}
export class Overlapping extends Refused {
  part: Buffer;
  all: Buffer;
  constructor() {
    super();
    const all = Buffer.from("abcdef");
    this.part = all.subarray(0, 3);
    this.all = all;
  }
}
export class HalfState extends Refused {
  [Symbol.for("troupe.getState")](): unknown {
    return 1;
  }
}
export class FrozenModule extends Refused {
  n = 1;
  constructor() {
    super();
    Object.freeze(this);
  }
}
export class Prototyped extends Refused {
  settings = Object.create({ inherited: 1 }) as object;
}

export class StaticCount {
  static total = 0;
  change(k: number): void {
    StaticCount.total += k;
  }
  look(): number {
    return StaticCount.total;
  }
}
export class PrivateStatic {
  static #total = [0];
  change(k: number): void {
    PrivateStatic.#total.push(k);
  }
  look(): number {
    return PrivateStatic.#total.length;
  }
}
let count = 0;
export class FileVariable {
  change(k: number): void {
    count += k;
  }
  look(): number {
    return count;
  }
}
let later = 0;
export class FileVariableLater {
  async change(k: number): Promise<void> {
    await Promise.resolve();
    later += k;
  }
  look(): number {
    return later;
  }
}
const cache = new Map<number, object>();
export class FileCache {
  change(k: number): void {
    // A new key each time: also if other instances in this process have filled the cache before.
    cache.set(cache.size, { k });
  }
  look(): number {
    return cache.size;
  }
}
class Inherits extends StaticCount {}
export class InheritedStatic extends Inherits {}

class Sealed extends Uint8Array {
  #seal = 1;
  seal(): number {
    return this.#seal;
  }
}
export class PrivateBytes extends Refused {
  bytes = new Sealed(4);
}
class Rule extends RegExp {
  #uses = 1;
  uses(): number {
    return this.#uses;
  }
}
export class PrivateExpression extends Refused {
  rule = new Rule("a");
}
export class NewStatic extends Refused {
  override change(): void {
    const type = NewStatic as { seen?: number };
    type.seen ??= 1;
  }
}
const counts = Symbol("counts");
export class SymbolStatic extends Refused {
  static [counts] = 0;
  override change(): void {
    SymbolStatic[counts]++;
  }
}
export class OnPrototype extends Refused {
  declare items: number[];
  static {
    this.prototype.items = [];
  }
  override change(k: number): void {
    this.items.push(k);
  }
}

/** Private fields as compilers write them for old targets. */
const hiddenSum = new WeakMap<object, { sum: number }>();
export class WeakPrivates extends Refused {
  constructor() {
    super();
    hiddenSum.set(this, { sum: 0 });
  }
  override change(k: number): void {
    hiddenSum.get(this)!.sum += k;
  }
}
/** As above, for objects within the state, in a map that a function has closed over. */
const { label, labelOf } = (() => {
  const labels = new WeakMap<object, string>();
  return {
    label: (item: object, text: string): void => void labels.set(item, text),
    labelOf: (item: object): string | undefined => labels.get(item),
  };
})();
export class WeakWithin extends Refused {
  items = [{ n: 1 }];
  constructor() {
    super();
    label(this.items[0]!, "first");
  }
  override look(): number {
    return labelOf(this.items[0]!)?.length ?? 0;
  }
}
/** Seen when a call first puts something in. */
const seenItems = new WeakSet<object>();
export class WeakLater extends Refused {
  items: object[] = [];
  override change(): void {
    const item = {};
    this.items.push(item);
    seenItems.add(item);
  }
}
function makeCounter(): { next(): number } {
  let count = 0;
  return { next: () => ++count };
}
const counter = makeCounter();
export class ClosedOver extends Refused {
  override change(): void {
    counter.next();
  }
}
const tally = (
  (counts: Map<number, number>) =>
  (k: number): number => {
    counts.set(k, (counts.get(k) ?? 0) + 1);
    return counts.size;
  }
)(new Map());
export class ClosedOverArgument extends Refused {
  override change(k: number): void {
    tally(k);
  }
}
/** A single object with methods in its fields. */
const ledger = {
  entries: [] as number[],
  add(k: number): void {
    this.entries.push(k);
  },
};
export class SingleObject extends Refused {
  override change(k: number): void {
    ledger.add(k);
  }
}
function nextId(): number {
  return ++nextId.last;
}
nextId.last = 0;
export class FunctionField extends Refused {
  override change(): void {
    nextId();
  }
}
function memoized(f: (n: number) => number): (n: number) => number {
  const cache = new Map<number, number>();
  return (n) => {
    if (!cache.has(n)) cache.set(n, f(n));
    return cache.get(n)!;
  };
}
const square = memoized((n) => n * n);
export class Memo extends Refused {
  override change(k: number): void {
    square(k + 1000);
  }
}

const totals = { all: 0, by: {} as Record<string, number> };
function countInFile(name: string, k: number): void {
  totals.all += k;
  totals.by[name] = k;
}
export class FileObject extends Refused {
  override change(k: number): void {
    this.#count(k);
  }
  #count(k: number): void {
    countInFile("k", k);
  }
}

const { Meter } = meters as { Meter: new () => { tick(): number } };
export class WeakInCommonJS extends Refused {
  meter = new Meter();
  override change(): void {
    this.meter.tick();
  }
}
