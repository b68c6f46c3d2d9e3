/** Idioms of the language as public code uses them. */
export class Reg {
  static kinds = new Map<string, number>();
  static {
    for (const k of ["a", "b"]) Reg.kinds.set(k, k.length);
  }
  seen: string[] = [];
  see(k: string) {
    this.seen.push(k);
    return Reg.kinds.get(k);
  }
}
abstract class Shape {
  readonly kind: string;
  constructor() {
    this.kind = new.target.name;
  }
  abstract area(): number;
  static of(k: string, n: number): Shape {
    return k === "a" ? new Sq(n) : new Ci(n);
  }
}
class Sq extends Shape {
  constructor(public n: number) {
    super();
  }
  area() {
    return this.n ** 2;
  }
}
class Ci extends Shape {
  constructor(public r: number) {
    super();
  }
  area() {
    return 3 * this.r ** 2;
  }
}
export class Shapes {
  all: Shape[] = [];
  add(k: string, n: number) {
    this.all.push(Shape.of(k, n));
    return this.all.map((s) => s.kind + s.area());
  }
}
export class Stream {
  items: number[] = [];
  async *each() {
    for (const i of this.items) yield i;
  }
  async sum(x: number) {
    this.items.push(x);
    let s = 0;
    for await (const i of this.each()) s += i;
    return s;
  }
}
export class Money {
  constructor(private cents = 0) {}
  add(n: number) {
    this.cents += Math.round(n);
    return +this;
  }
  [Symbol.toPrimitive](hint: string) {
    return hint === "string" ? `$${this.cents}` : this.cents;
  }
  get [Symbol.toStringTag]() {
    return "Money";
  }
  show() {
    return `${this}` + Object.prototype.toString.call(this);
  }
}
class Ticket {
  static #next = 0;
  readonly id = ++Ticket.#next;
}
export class Tickets {
  issued: Ticket[] = [];
  issue() {
    const t = new Ticket();
    this.issued.push(t);
    return t.id;
  }
}
class Row {
  static next = 0;
  id = Row.next++;
}
export class Rows {
  rows = [new Row(), new Row()];
  count() {
    return this.rows.length;
  }
  touch(k: number) {
    this.rows[0]!.id = k;
  }
}
const methods = {
  inc(this: any, k: number) {
    return (this.n += k);
  },
};
export class Assigned {
  n = 0;
  read() {
    return this.n;
  }
}
Object.assign(Assigned.prototype, methods);
export class Looped {
  n = 0;
  base() {
    return this.n;
  }
}
for (const k of ["one", "two"])
  Object.defineProperty(Looped.prototype, k, {
    value(this: Looped) {
      return (this.n += k.length);
    },
    configurable: true,
  });
export class Dict {
  d: Record<string, number> = Object.create(null);
  put(k: string, v: number) {
    this.d[k] = v;
    return Object.keys(this.d);
  }
  drop(k: string) {
    return delete this.d[k];
  }
}
export class Lazy {
  #table?: Map<string, number>;
  get table() {
    return (this.#table ??= new Map());
  }
  put(k: string, v: number) {
    this.table.set(k, v);
    return this.table.size;
  }
}
export class Curry {
  total = 0;
  handlers = { add: "plus", sub: "minus" } as const;
  plus(n: number) {
    return (this.total += n);
  }
  minus(n: number) {
    return (this.total -= n);
  }
  run(what: "add" | "sub", n: number) {
    return (this[this.handlers[what]] as any)(n);
  }
}
let debug = false;
export function setDebug(v: boolean) {
  debug = v;
}
export class Dbg {
  n = 0;
  add(k: number) {
    if (debug) console.log(k);
    return (this.n += k);
  }
}
class Link {
  constructor(
    public v: number,
    public next?: Link,
  ) {}
  *[Symbol.iterator]() {
    let n: Link | undefined = this;
    while (n) {
      yield n.v;
      n = n.next;
    }
  }
}
export class LinkedStack {
  head?: Link;
  push(v: number) {
    this.head = new Link(v, this.head);
    return [...this.head];
  }
  pop() {
    const v = this.head?.v;
    this.head = this.head?.next;
    return v;
  }
  reverse() {
    let prev: Link | undefined;
    let n = this.head;
    while (n) {
      const next: Link | undefined = n.next;
      n.next = prev;
      prev = n;
      n = next;
    }
    this.head = prev;
    return prev ? [...prev] : [];
  }
}
class Priv {
  #v: number;
  constructor(v: number) {
    this.#v = v;
  }
  inc() {
    return ++this.#v;
  }
  static max(a: Priv, b: Priv) {
    return a.#v > b.#v ? a : b;
  }
  get v() {
    return this.#v;
  }
}
export class Privs {
  m = new Map<string, Priv>();
  best?: Priv;
  hit(k: string) {
    let p = this.m.get(k);
    if (!p) this.m.set(k, (p = new Priv(0)));
    const r = p.inc();
    this.best = this.best ? Priv.max(this.best, p) : p;
    return r;
  }
  top() {
    return this.best?.v;
  }
}
class DefaultMap<K, V> extends Map<K, V> {
  constructor(readonly make: () => V) {
    super();
  }
  override get(k: K): V {
    if (!this.has(k)) this.set(k, this.make());
    return super.get(k)!;
  }
}
function emptyList(): number[] {
  return [];
}
export class Groups {
  groups = new DefaultMap<string, number[]>(emptyList);
  add(k: string, v: number) {
    this.groups.get(k).push(v);
    return this.groups.get(k).length;
  }
  drop(k: string) {
    return this.groups.delete(k);
  }
  fail(k: string) {
    this.groups.get(k).push(1);
    throw new Error("undo " + k);
  }
}
export class Sorted extends Set<string> {
  addAll(words: string[]) {
    for (const w of words) this.add(w);
    return [...this].sort((a, b) => a.localeCompare(b));
  }
}
export class Temporal {
  at = new Map<string, Date>();
  mark(k: string) {
    const d = new Date();
    d.setMilliseconds(0);
    this.at.set(k, d);
    return d.toISOString();
  }
  age(k: string) {
    return Date.now() - (this.at.get(k)?.getTime() ?? 0);
  }
}
export class Climber {
  root = { name: "root", parent: null as any, children: [] as any[] };
  grow(name: string) {
    const child = { name, parent: this.root, children: [] };
    this.root.children.push(child);
    this.root = child;
    return this.depth();
  }
  depth() {
    let d = 0;
    for (let n = this.root; n.parent; n = n.parent) d++;
    return d;
  }
  up() {
    if (this.root.parent) this.root = this.root.parent;
  }
}
