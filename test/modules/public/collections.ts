/** Data structures as public code writes them. */
import { createHash } from "node:crypto";
/** LRU cache, doubly linked. */
class LruNode<K, V> {
  prev: LruNode<K, V> | null = null;
  next: LruNode<K, V> | null = null;
  constructor(
    public key: K,
    public value: V,
  ) {}
}
export class LruCache {
  private map = new Map<string, LruNode<string, number>>();
  private head: LruNode<string, number> | null = null;
  private tail: LruNode<string, number> | null = null;
  constructor(private readonly capacity = 3) {}
  get size() {
    return this.map.size;
  }
  private detach(n: LruNode<string, number>) {
    if (n.prev) n.prev.next = n.next;
    else this.head = n.next;
    if (n.next) n.next.prev = n.prev;
    else this.tail = n.prev;
    n.prev = n.next = null;
  }
  private attach(n: LruNode<string, number>) {
    n.next = this.head;
    if (this.head) this.head.prev = n;
    this.head = n;
    this.tail ??= n;
  }
  read(key: string): number | undefined {
    const n = this.map.get(key);
    if (!n) return undefined;
    this.detach(n);
    this.attach(n);
    return n.value;
  }
  write(key: string, value: number): void {
    const old = this.map.get(key);
    if (old) {
      old.value = value;
      this.detach(old);
      this.attach(old);
      return;
    }
    const n = new LruNode(key, value);
    this.map.set(key, n);
    this.attach(n);
    if (this.map.size > this.capacity) {
      const t = this.tail!;
      this.detach(t);
      this.map.delete(t.key);
    }
  }
  keys(): string[] {
    const out = [];
    for (let n = this.head; n; n = n.next) out.push(n.key);
    return out;
  }
}
/** Trie with symbol iterator. */
class TrieNode {
  children: Record<string, TrieNode> = Object.create(null);
  end = false;
  count = 0;
}
export class Trie {
  #root = new TrieNode();
  insert(word: string) {
    let n = this.#root;
    for (const c of word) n = n.children[c] ??= new TrieNode();
    n.end = true;
    n.count++;
    return n.count;
  }
  has(word: string) {
    let n: TrieNode | undefined = this.#root;
    for (const c of word) {
      n = n.children[c];
      if (!n) return false;
    }
    return n.end;
  }
  *[Symbol.iterator](): IterableIterator<string> {
    yield* walk(this.#root, "");
  }
  words() {
    return [...this];
  }
  remove(word: string): boolean {
    const path: [TrieNode, string][] = [];
    let n = this.#root;
    for (const c of word) {
      if (!n.children[c]) return false;
      path.push([n, c]);
      n = n.children[c]!;
    }
    if (!n.end) return false;
    n.end = false;
    for (const [p, c] of path.reverse()) {
      const child = p.children[c]!;
      if (!child.end && Object.keys(child.children).length === 0) delete p.children[c];
      else break;
    }
    return true;
  }
}
function* walk(n: TrieNode, prefix: string): IterableIterator<string> {
  if (n.end) yield prefix;
  for (const c of Object.keys(n.children).sort()) yield* walk(n.children[c]!, prefix + c);
}
/** Event-sourced aggregate. */
interface Opened {
  type: "opened";
  owner: string;
}
interface Moved {
  type: "moved";
  amount: number;
}
type DomainEvent = Opened | Moved;
abstract class Aggregate<E> {
  protected readonly changes: E[] = [];
  version = 0;
  protected abstract apply(e: E): void;
  protected raise(e: E) {
    this.apply(e);
    this.changes.push(Object.freeze(e) as E);
    this.version++;
  }
  history(): readonly E[] {
    return this.changes.map((e) => ({ ...e }));
  }
}
export class Account extends Aggregate<DomainEvent> {
  private balance = 0;
  private owner?: string;
  protected apply(e: DomainEvent) {
    switch (e.type) {
      case "opened":
        this.owner = e.owner;
        break;
      case "moved":
        this.balance += e.amount;
    }
  }
  open(owner: string) {
    if (this.owner) throw new Error("already open");
    this.raise({ type: "opened", owner });
  }
  deposit(amount: number) {
    if (amount <= 0) throw new RangeError("amount must be positive");
    this.raise({ type: "moved", amount });
    return this.balance;
  }
}
/** Matrix on Float64Array with static constants and chainable. */
export class Matrix {
  static readonly IDENTITY = Object.freeze([1, 0, 0, 1]);
  data = new Float64Array([1, 0, 0, 1]);
  scale(k: number): number {
    for (let i = 0; i < 4; i++) this.data[i]! *= k;
    return this.trace();
  }
  trace() {
    return this.data[0]! + this.data[3]!;
  }
  multiply(a: number, b: number, c: number, d: number) {
    const [w, x, y, z] = this.data;
    this.data.set([w! * a + x! * c, w! * b + x! * d, y! * a + z! * c, y! * b + z! * d]);
    return Array.from(this.data);
  }
  reset() {
    this.data.set(Matrix.IDENTITY);
  }
}
/** Token bucket rate limiter. */
export class RateLimiter {
  private buckets = new Map<string, { tokens: number; updated: number }>();
  constructor(
    private rate = 5,
    private burst = 10,
  ) {}
  take(key: string): boolean {
    const now = Date.now();
    const b = this.buckets.get(key) ?? { tokens: this.burst, updated: now };
    b.tokens = Math.min(this.burst, b.tokens + ((now - b.updated) / 1000) * this.rate);
    b.updated = now;
    const ok = b.tokens >= 1;
    if (ok) b.tokens--;
    this.buckets.set(key, b);
    return ok;
  }
  left(key: string) {
    return this.buckets.get(key)?.tokens ?? this.burst;
  }
}
/** Priority queue with comparator as a function at the top. */
type Job = { id: number; priority: number };
function byPriority(a: Job, b: Job) {
  return a.priority - b.priority || a.id - b.id;
}
class Heap<T> {
  items: T[] = [];
  constructor(readonly compare: (a: T, b: T) => number) {}
  push(x: T) {
    const a = this.items;
    let i = a.push(x) - 1;
    while (i > 0) {
      const p = (i - 1) >> 1;
      if (this.compare(a[p]!, x) <= 0) break;
      a[i] = a[p]!;
      i = p;
    }
    a[i] = x;
  }
  pop(): T | undefined {
    const a = this.items;
    const top = a[0];
    const last = a.pop();
    if (a.length && last !== undefined) {
      let i = 0;
      for (;;) {
        let c = 2 * i + 1;
        if (c >= a.length) break;
        if (c + 1 < a.length && this.compare(a[c + 1]!, a[c]!) < 0) c++;
        if (this.compare(last, a[c]!) <= 0) break;
        a[i] = a[c]!;
        i = c;
      }
      a[i] = last;
    }
    return top;
  }
}
export class Scheduler {
  private heap = new Heap<Job>(byPriority);
  private seq = 0;
  add(priority: number) {
    this.heap.push({ id: ++this.seq, priority });
    return this.seq;
  }
  next() {
    return this.heap.pop() ?? null;
  }
  size() {
    return this.heap.items.length;
  }
}
/** Bloom filter with hashing. */
export class Bloom {
  private readonly bits = new Uint8Array(64);
  private *positions(item: string) {
    const h = createHash("sha1").update(item).digest();
    for (let i = 0; i < 4; i++) yield h.readUInt16BE(i * 2) % 512;
  }
  add(item: string) {
    for (const p of this.positions(item)) this.bits[p >> 3]! |= 1 << (p & 7);
  }
  maybe(item: string) {
    for (const p of this.positions(item)) if (!(this.bits[p >> 3]! & (1 << (p & 7)))) return false;
    return true;
  }
}
/** Graph of Map<node, Set<node>> with object nodes as keys. */
class Vertex {
  constructor(readonly name: string) {}
}
export class Graph {
  private adj = new Map<Vertex, Set<Vertex>>();
  private byName: { [name: string]: Vertex } = {};
  private v(name: string) {
    const v = (this.byName[name] ??= new Vertex(name));
    if (!this.adj.has(v)) this.adj.set(v, new Set());
    return v;
  }
  link(a: string, b: string) {
    const [x, y] = [this.v(a), this.v(b)];
    this.adj.get(x)!.add(y);
    this.adj.get(y)!.add(x);
  }
  reach(a: string): string[] {
    const seen = new Set<Vertex>();
    const stack = [this.v(a)];
    while (stack.length) {
      const n = stack.pop()!;
      if (seen.has(n)) continue;
      seen.add(n);
      stack.push(...this.adj.get(n)!);
    }
    return [...seen].map((v) => v.name).sort();
  }
  unlink(a: string, b: string) {
    return this.adj.get(this.v(a))!.delete(this.v(b));
  }
}
