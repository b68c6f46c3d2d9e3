/** Small programs and patterns as public code writes them. */
/** Undo stack with command objects. */
interface Command {
  do(text: string): string;
  undo(text: string): string;
}
class Insert implements Command {
  constructor(
    readonly at: number,
    readonly text: string,
  ) {}
  do(t: string) {
    return t.slice(0, this.at) + this.text + t.slice(this.at);
  }
  undo(t: string) {
    return t.slice(0, this.at) + t.slice(this.at + this.text.length);
  }
}
class Clear implements Command {
  #before = "";
  do(t: string) {
    this.#before = t;
    return "";
  }
  undo() {
    return this.#before;
  }
}
export class Editor {
  text = "";
  private done: Command[] = [];
  private undone: Command[] = [];
  private run(c: Command) {
    this.text = c.do(this.text);
    this.done.push(c);
    this.undone.length = 0;
  }
  insert(at: number, text: string) {
    this.run(new Insert(Math.max(0, Math.floor(at)), text));
    return this.text;
  }
  clear() {
    this.run(new Clear());
  }
  undo() {
    const c = this.done.pop();
    if (c) {
      this.text = c.undo(this.text);
      this.undone.push(c);
    }
    return this.text;
  }
  redo() {
    const c = this.undone.pop();
    if (c) {
      this.text = c.do(this.text);
      this.done.push(c);
    }
    return this.text;
  }
}
/** State machine with a const table and enum. */
enum Light {
  Red = "red",
  Green = "green",
  Amber = "amber",
}
const NEXT: Record<Light, Light> = { [Light.Red]: Light.Green, [Light.Green]: Light.Amber, [Light.Amber]: Light.Red };
export class TrafficLight {
  state: Light = Light.Red;
  readonly log: [Light, Light][] = [];
  advance() {
    const to = NEXT[this.state];
    this.log.push([this.state, to]);
    return (this.state = to);
  }
  force(to: Light) {
    if (!(to in NEXT)) throw new TypeError(`no state ${to}`);
    this.state = to;
  }
}
/** Ledger with bigint and immutability. */
type Entry = Readonly<{ id: string; debit: string; credit: string; amount: bigint; at: Date }>;
export class Ledger {
  #entries: readonly Entry[] = [];
  post(debit: string, credit: string, amount: bigint): string {
    if (amount < 0n) throw new RangeError("negative");
    const id = crypto.randomUUID();
    this.#entries = Object.freeze([...this.#entries, Object.freeze({ id, debit, credit, amount, at: new Date() })]);
    return id;
  }
  balance(account: string): bigint {
    return this.#entries.reduce(
      (sum, e) => sum + (e.credit === account ? e.amount : 0n) - (e.debit === account ? e.amount : 0n),
      0n,
    );
  }
  all() {
    return this.#entries.map((e) => ({ ...e }));
  }
}
/** Interval tree, nested static class. */
export class Intervals {
  static Node = class IntervalNode {
    left: InstanceType<typeof Intervals.Node> | null = null;
    right: InstanceType<typeof Intervals.Node> | null = null;
    max: number;
    constructor(
      public lo: number,
      public hi: number,
    ) {
      this.max = hi;
    }
  };
  root: InstanceType<typeof Intervals.Node> | null = null;
  add(lo: number, hi: number) {
    const node = new Intervals.Node(Math.min(lo, hi), Math.max(lo, hi));
    if (!this.root) {
      this.root = node;
      return;
    }
    let n = this.root;
    for (;;) {
      n.max = Math.max(n.max, node.hi);
      const side = node.lo < n.lo ? "left" : "right";
      const c = n[side];
      if (!c) {
        n[side] = node;
        return;
      }
      n = c;
    }
  }
  at(x: number): [number, number][] {
    const out: [number, number][] = [];
    const visit = (n: typeof this.root) => {
      if (!n || n.max < x) return;
      visit(n.left);
      if (n.lo <= x && x <= n.hi) out.push([n.lo, n.hi]);
      visit(n.right);
    };
    visit(this.root);
    return out;
  }
}
/** Decorators. */
function logged<T extends (...args: any[]) => any>(method: T, context: ClassMethodDecoratorContext): T {
  return function (this: any, ...args: any[]) {
    this.calls.push(String(context.name));
    return method.apply(this, args);
  } as T;
}
function clamp(min: number, max: number) {
  return (_v: undefined, _c: ClassFieldDecoratorContext) => (initial: number) => Math.min(max, Math.max(min, initial));
}
export class Thermostat {
  calls: string[] = [];
  @clamp(5, 30) target = 99;
  @logged set(target: number) {
    this.target = target;
  }
  @logged get() {
    return this.target;
  }
}
/** Mixins. */
type Ctor<T = {}> = new (...args: any[]) => T;
const Timestamped = <B extends Ctor>(Base: B) =>
  class Timestamped extends Base {
    created = Date.now();
    touched = 0;
    touch() {
      return (this.touched = Date.now());
    }
  };
const Tagged = <B extends Ctor>(Base: B) =>
  class Tagged extends Base {
    tags = new Set<string>();
    tag(t: string) {
      this.tags.add(t);
      return this.tags.size;
    }
  };
class Plain {
  name = "plain";
  rename(n: string) {
    this.name = n;
  }
}
export class Document extends Tagged(Timestamped(Plain)) {
  body = "";
  write(t: string) {
    this.body += t;
    this.touch();
  }
}
/** Getters and setters via defineProperty in the constructor. */
export class Celsius {
  degrees = 0;
  constructor() {
    Object.defineProperty(this, "kelvin", { get: () => this.degrees + 273.15, enumerable: false });
  }
  warm(by: number) {
    return (this.degrees += by);
  }
  read() {
    return (this as any).kelvin;
  }
}
/** Accessors on the prototype by defineProperty. */
export class Fahrenheit {
  degrees = 0;
  warm(by: number) {
    return (this.degrees += by);
  }
  read() {
    return (this as any).celsius;
  }
}
Object.defineProperty(Fahrenheit.prototype, "celsius", {
  get(this: Fahrenheit) {
    return ((this.degrees - 32) * 5) / 9;
  },
});
/** Proxy for defaults, made in a method (kept nowhere). */
export class Defaults {
  counts: Record<string, number> = {};
  count(word: string) {
    const p = new Proxy(this.counts, { get: (t, k) => (k in t ? t[k as string] : 0) });
    p[word] = p[word]! + 1;
    return p[word];
  }
  total() {
    return Object.values(this.counts).reduce((a, b) => a + b, 0);
  }
}
/** Proxy kept in a field. */
export class Observed {
  changes = 0;
  data = new Proxy({} as Record<string, number>, {
    set: (t, k, v) => {
      this.changes++;
      t[k as string] = v;
      return true;
    },
  });
  put(k: string, v: number) {
    this.data[k] = v;
    return this.changes;
  }
}
/** Generator in a field. */
export class Ids {
  private gen = this.make();
  private *make() {
    let i = 0;
    while (true) yield i++;
  }
  next() {
    return this.gen.next().value;
  }
}
/** Singleton. */
export class Config {
  private static instance?: Config;
  values = new Map<string, string>();
  static get() {
    return (Config.instance ??= new Config());
  }
  put(k: string, v: string) {
    Config.get().values.set(k, v);
  }
  read(k: string) {
    return Config.get().values.get(k);
  }
}
/** Promise-based mutex/queue. */
export class Jobs {
  private queue: string[] = [];
  private busy = false;
  results: string[] = [];
  async run(name: string) {
    this.queue.push(name);
    if (this.busy) return this.queue.length;
    this.busy = true;
    while (this.queue.length) {
      const n = this.queue.shift()!;
      await new Promise((r) => setTimeout(r, 10));
      this.results.push(n);
    }
    this.busy = false;
    return this.results.length;
  }
  list() {
    return this.results;
  }
}
/** Result type and errors with cause. */
class InsufficientFunds extends Error {
  readonly code = "E_FUNDS";
  constructor(
    readonly needed: number,
    options?: ErrorOptions,
  ) {
    super(`needs ${needed}`, options);
    this.name = "InsufficientFunds";
  }
}
export class Wallet {
  balance = 10;
  lastError?: Error;
  spend(amount: number) {
    try {
      if (amount > this.balance) throw new InsufficientFunds(amount - this.balance, { cause: { amount } });
      this.balance -= amount;
      return this.balance;
    } catch (e) {
      this.lastError = e as Error;
      throw e;
    }
  }
  earn(amount: number) {
    this.balance += Math.abs(amount);
  }
}
/** Observable with listeners in a field. */
export class Subject {
  listeners: ((v: number) => void)[] = [];
  value = 0;
  constructor() {
    this.listeners.push((v) => (this.value = v));
  }
  emit(v: number) {
    this.listeners.forEach((l) => l(v));
  }
}
/** CRDT: G-counter per replica, OR-set with Symbol tags. */
const TOMB = Symbol("tombstone");
export class OrSet {
  private entries = new Map<string, Map<string, number | typeof TOMB>>();
  private clock = 0;
  add(v: string) {
    const m = this.entries.get(v) ?? new Map();
    m.set(`t${++this.clock}`, this.clock);
    this.entries.set(v, m);
  }
  remove(v: string) {
    const m = this.entries.get(v);
    if (m) for (const k of m.keys()) m.set(k, TOMB);
  }
  values() {
    return [...this.entries].filter(([, m]) => [...m.values()].some((x) => x !== TOMB)).map(([v]) => v);
  }
}
/** Fluent builder returning this; array subclass. */
class Stack<T> extends Array<T> {
  peek() {
    return this.at(-1);
  }
  static pile<T>(...x: T[]) {
    return Stack.from(x) as Stack<T>;
  }
}
export class Rpn {
  stack = new Stack<number>();
  push(x: number) {
    this.stack.push(x);
    return this.stack.length;
  }
  apply(op: "+" | "-" | "*"): number {
    const b = this.stack.pop() ?? 0;
    const a = this.stack.pop() ?? 0;
    const r = op === "+" ? a + b : op === "-" ? a - b : a * b;
    this.stack.push(r);
    return r;
  }
  squares() {
    this.stack = this.stack.map((x) => x * x) as Stack<number>;
    return [...this.stack];
  }
  top() {
    return this.stack.peek();
  }
}
/** Text parser with a sticky regex in a field and lookup table built at load. */
const KEYWORDS = new Set(["let", "if"]);
const TABLE = new Uint32Array(256);
for (let n = 0; n < 256; n++) {
  let c = n;
  for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  TABLE[n] = c >>> 0;
}
export class Lexer {
  private re = /\s*(\w+|\S)/gy;
  tokens: { kind: string; text: string; crc: number }[] = [];
  feed(text: string) {
    this.re.lastIndex = 0;
    for (let m; (m = this.re.exec(text));)
      this.tokens.push({ kind: KEYWORDS.has(m[1]!) ? "keyword" : "word", text: m[1]!, crc: this.crc(m[1]!) });
    return this.tokens.length;
  }
  private crc(s: string) {
    let c = ~0;
    for (const b of Buffer.from(s)) c = TABLE[(c ^ b) & 255]! ^ (c >>> 8);
    return ~c >>> 0;
  }
}
