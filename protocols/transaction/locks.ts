/**
 * Strict two-phase locking on the objects of one module, at one member.
 *
 * Source: dissertation, chapter 5 (lightweight transactions with local concurrency control); Moss 1981 for calls nested in one
 * transaction; Gray 1975 for the modes that protect a whole and its parts. A call claims what it touches when it begins, and its
 * transaction keeps that until it commits or is undone. Queues are fair: nobody overtakes an earlier claim that conflicts, unless its
 * transaction holds the object already (an upgrade).
 *
 * Calls of one transaction do not conflict where one is the other's ancestor. Of others, the later one by path waits for the
 * earlier one to end; if the later one was here first, they are *out of order*, and the transaction must be made again:
 * members would not agree in which order they came.
 */
export type Mode = "intend-shared" | "intend-exclusive" | "shared" | "exclusive";

/** One call in a transaction. */
export interface Owner {
  /** Names the transaction. */
  readonly transaction: string;
  /** Where the call is in the transaction's tree. */
  readonly path: readonly number[];
  /** Its procedure has ended; what it holds is its transaction's from now on. */
  ended: boolean;
}

export interface Claim {
  readonly object: string;
  readonly mode: Mode;
}

export type Outcome = "granted" | "waiting" | "out of order";

interface Holding {
  readonly owner: Owner;
  mode: Mode;
}

interface Request {
  readonly owner: Owner;
  readonly claims: readonly Claim[];
  /** The claim that is waited for. */
  at: number;
  readonly settled: (outcome: "granted" | "out of order") => void;
}

interface Lock {
  holdings: Holding[];
  readonly queue: Request[];
}

const modes: readonly Mode[] = ["intend-shared", "intend-exclusive", "shared", "exclusive"];
const compatible: Readonly<Record<Mode, readonly boolean[]>> = {
  "intend-shared": [true, true, true, false],
  "intend-exclusive": [true, true, false, false],
  shared: [true, false, true, false],
  exclusive: [false, false, false, false],
};

export function areCompatible(a: Mode, b: Mode): boolean {
  return compatible[a][modes.indexOf(b)]!;
}

/** The weakest of the four modes that grants what both do. */
export function join(a: Mode, b: Mode): Mode {
  if (a === b || b === "intend-shared") return a;
  if (a === "intend-shared") return b;
  return "exclusive";
}

/** Negative: `a` comes before `b`; an ancestor before what is below it. */
export function comparePaths(a: readonly number[], b: readonly number[]): number {
  for (let i = 0; i < a.length && i < b.length; i++) if (a[i] !== b[i]) return a[i]! - b[i]!;
  return a.length - b.length;
}

function isAncestor(a: readonly number[], b: readonly number[]): boolean {
  return a.length <= b.length && a.every((step, i) => step === b[i]);
}

type Relation = "fits" | "conflict" | "out of order";

/** How a claim of `owner` stands to what another call holds. */
export function relate(owner: Owner, mode: Mode, holding: { readonly owner: Owner; readonly mode: Mode }): Relation {
  const other = holding.owner;
  if (other === owner || areCompatible(mode, holding.mode)) return "fits";
  if (other.transaction !== owner.transaction) return "conflict";
  if (isAncestor(other.path, owner.path) || isAncestor(owner.path, other.path)) return "fits";
  if (comparePaths(other.path, owner.path) > 0) return "out of order";
  return other.ended ? "fits" : "conflict";
}

export class LockTable {
  readonly #locks = new Map<string, Lock>();
  /** Objects that a transaction holds or waits for. */
  readonly #touched = new Map<string, Set<string>>();

  /** Claims objects for a call. If it has to wait, `settled` tells later; nothing more is told once it was released. */
  request(owner: Owner, claims: readonly Claim[], settled: Request["settled"]): Outcome {
    return this.#advance({ owner, claims, at: 0, settled });
  }

  #advance(request: Request): Outcome {
    const { owner, claims } = request;
    for (; request.at < claims.length; request.at++) {
      const { object, mode } = claims[request.at]!;
      const lock = this.#lock(object);
      this.#touch(owner.transaction, object);
      const relation = this.#relation(lock, owner, mode, lock.queue.length);
      if (relation === "out of order") return relation;
      if (relation === "conflict") {
        this.#enqueue(lock, request);
        return "waiting";
      }
      hold(lock, owner, mode);
    }
    return "granted";
  }

  #lock(object: string): Lock {
    let lock = this.#locks.get(object);
    if (lock === undefined) {
      lock = { holdings: [], queue: [] };
      this.#locks.set(object, lock);
    }
    return lock;
  }

  #touch(transaction: string, object: string): void {
    const touched = this.#touched.get(transaction);
    if (touched === undefined) this.#touched.set(transaction, new Set([object]));
    else touched.add(object);
  }

  /** With all that is held, and with the first `before` of those that wait. */
  #relation(lock: Lock, owner: Owner, mode: Mode, before: number): Relation {
    let conflict = false;
    let holds = false;
    for (const holding of lock.holdings) {
      if (holding.owner.transaction === owner.transaction) holds = true;
      const relation = relate(owner, mode, holding);
      if (relation === "out of order") return relation;
      if (relation === "conflict") conflict = true;
    }
    for (let i = 0; i < before; i++) {
      const waiting = lock.queue[i]!;
      const same = waiting.owner.transaction === owner.transaction;
      if (holds && !same) continue;
      if (!areCompatible(mode, waiting.claims[waiting.at]!.mode)) conflict = true;
    }
    return conflict ? "conflict" : "fits";
  }

  /** At the end; or, if its transaction holds the object already, before all others. */
  #enqueue(lock: Lock, request: Request): void {
    const { transaction } = request.owner;
    const holds = (of: Request): boolean =>
      lock.holdings.some(({ owner }) => owner.transaction === of.owner.transaction);
    if (!lock.holdings.some(({ owner }) => owner.transaction === transaction)) lock.queue.push(request);
    else {
      const place = lock.queue.findIndex((other) => !holds(other));
      lock.queue.splice(place < 0 ? lock.queue.length : place, 0, request);
    }
  }

  /** The call's procedure has ended: later calls of its transaction may have what it holds. */
  ended(owner: Owner): void {
    owner.ended = true;
    this.#pump(this.#touched.get(owner.transaction) ?? []);
  }

  /** Gives back all that the transaction holds, and withdraws what it waits for. */
  release(transaction: string): void {
    const touched = this.#touched.get(transaction);
    if (touched === undefined) return;
    this.#touched.delete(transaction);
    for (const object of touched) {
      const lock = this.#locks.get(object)!;
      if (lock.holdings.length === 1 && lock.queue.length === 0) lock.holdings.pop();
      else {
        lock.holdings = lock.holdings.filter(({ owner }) => owner.transaction !== transaction);
        for (let i = lock.queue.length - 1; i >= 0; i--) {
          if (lock.queue[i]!.owner.transaction === transaction) lock.queue.splice(i, 1);
        }
      }
    }
    this.#pump(touched);
  }

  #pump(objects: Iterable<string>): void {
    for (const object of objects) {
      const lock = this.#locks.get(object);
      if (lock === undefined) continue;
      for (let i = 0; i < lock.queue.length;) {
        const request = lock.queue[i]!;
        const { owner, claims, at } = request;
        const relation = this.#relation(lock, owner, claims[at]!.mode, i);
        if (relation === "conflict") {
          i++;
          continue;
        }
        lock.queue.splice(i, 1);
        let outcome: Outcome = relation === "fits" ? "granted" : "out of order";
        if (relation === "fits") {
          hold(lock, owner, claims[at]!.mode);
          request.at++;
          outcome = this.#advance(request);
        }
        if (outcome !== "waiting") request.settled(outcome);
        // What has been told may have changed the queue.
        i = 0;
      }
      if (lock.holdings.length === 0 && lock.queue.length === 0) this.#locks.delete(object);
    }
  }

  /** The transactions that one waits for here, directly: who holds what it claims, and whose earlier claims it must not overtake. */
  waitsFor(transaction: string): Set<string> {
    const others = new Set<string>();
    for (const object of this.#touched.get(transaction) ?? []) {
      const lock = this.#locks.get(object);
      lock?.queue.forEach((request, place) => {
        if (request.owner.transaction !== transaction) return;
        const { mode } = request.claims[request.at]!;
        for (const holding of lock.holdings) {
          if (relate(request.owner, mode, holding) === "conflict") others.add(holding.owner.transaction);
        }
        const holds = lock.holdings.some(({ owner }) => owner.transaction === transaction);
        for (const before of holds ? [] : lock.queue.slice(0, place)) {
          if (!areCompatible(mode, before.claims[before.at]!.mode)) others.add(before.owner.transaction);
        }
      });
    }
    others.delete(transaction);
    return others;
  }

  /** Of the transactions that one waits for, those that hold what it waits for. */
  heldBy(transaction: string): Set<string> {
    const holders = new Set<string>();
    for (const object of this.#touched.get(transaction) ?? []) {
      const lock = this.#locks.get(object);
      for (const request of lock?.queue ?? []) {
        if (request.owner.transaction !== transaction) continue;
        for (const holding of lock!.holdings) {
          if (relate(request.owner, request.claims[request.at]!.mode, holding) === "conflict")
            holders.add(holding.owner.transaction);
        }
      }
    }
    holders.delete(transaction);
    return holders;
  }

  /** Transactions that wait for one another in a circle, this one among them; undefined if there is none. */
  deadlock(transaction: string): string[] | undefined {
    const path: string[] = [];
    const seen = new Set<string>();
    const search = (at: string): boolean => {
      path.push(at);
      for (const next of this.waitsFor(at)) {
        if (next === transaction) return true;
        if (seen.has(next)) continue;
        seen.add(next);
        if (search(next)) return true;
      }
      path.pop();
      return false;
    };
    return search(transaction) ? path : undefined;
  }

  /** Objects that are held or waited for. */
  get size(): number {
    return this.#locks.size;
  }
}

function hold(lock: Lock, owner: Owner, mode: Mode): void {
  for (const holding of lock.holdings) {
    if (holding.owner !== owner) continue;
    holding.mode = join(holding.mode, mode);
    return;
  }
  lock.holdings.push({ owner, mode });
}
