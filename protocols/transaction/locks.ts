/**
 * Strict two-phase locking on the objects of one module, at one member.
 *
 * Source: dissertation, chapter 5 (lightweight transactions with local concurrency control); Moss 1981 for calls nested
 * in one transaction; Gray 1975 for the modes that protect a whole and its parts. A call claims the objects that it
 * touches when it begins. Its transaction holds them until it commits or is undone. Queues are fair: no claim overtakes
 * an earlier claim that conflicts, unless its transaction already holds the object (an upgrade).
 *
 * Two calls of one transaction do not conflict if one call is an ancestor of the other. Otherwise the later call by
 * path waits for the end of the earlier call. If the later call arrived first, the calls are *out of order*. Then the
 * transaction must be tried again, since members would execute its calls in different orders.
 */
import { Table } from "./table.ts";

export type Mode = "intend-shared" | "intend-exclusive" | "shared" | "exclusive";

/** A transaction, as the lock table knows it. */
export interface Holder {
  /** The locks that it holds or waits for. */
  locks: Lock[];
}

/** One call in a transaction. */
export interface Owner {
  readonly transaction: Holder;
  /** The place of the call in the transaction's tree. */
  readonly path: readonly number[];
  /** Whether its procedure has ended. Then its transaction holds its objects. */
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
  /** The index of the claim that is waited for. */
  at: number;
}

export interface Lock {
  readonly object: string;
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

/** The weakest of the four modes that grants the rights of both. */
export function join(a: Mode, b: Mode): Mode {
  if (a === b || b === "intend-shared") return a;
  if (a === "intend-shared") return b;
  return "exclusive";
}

/** Negative: `a` comes before `b`. An ancestor comes before its descendants. */
export function comparePaths(a: readonly number[], b: readonly number[]): number {
  for (let i = 0; i < a.length && i < b.length; i++) if (a[i] !== b[i]) return a[i]! - b[i]!;
  return a.length - b.length;
}

function isAncestor(a: readonly number[], b: readonly number[]): boolean {
  return a.length <= b.length && a.every((step, i) => step === b[i]);
}

type Relation = "fits" | "conflict" | "out of order";

/** The relation of a claim of `owner` to the holding of another call. */
export function relate(owner: Owner, mode: Mode, holding: { readonly owner: Owner; readonly mode: Mode }): Relation {
  const other = holding.owner;
  if (other === owner || areCompatible(mode, holding.mode)) return "fits";
  if (other.transaction !== owner.transaction) return "conflict";
  if (isAncestor(other.path, owner.path) || isAncestor(owner.path, other.path)) return "fits";
  if (comparePaths(other.path, owner.path) > 0) return "out of order";
  return other.ended ? "fits" : "conflict";
}

export class LockTable<O extends Owner> {
  readonly #locks = new Table<Lock>();
  readonly #settled: (owner: O, outcome: "granted" | "out of order") => void;

  /** `settled` tells the outcome for a call that had to wait, unless its transaction has been released. */
  constructor(settled: (owner: O, outcome: "granted" | "out of order") => void) {
    this.#settled = settled;
  }

  /** Claims objects for a call. */
  request(owner: O, claims: readonly Claim[]): Outcome {
    return this.#advance({ owner, claims, at: 0 });
  }

  #advance(request: Request): Outcome {
    const { owner, claims } = request;
    for (; request.at < claims.length; request.at++) {
      const { object, mode } = claims[request.at]!;
      const lock = this.#lock(object);
      this.#touch(owner.transaction, lock);
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
      lock = { object, holdings: [], queue: [] };
      this.#locks.set(object, lock);
    }
    return lock;
  }

  #touch(transaction: Holder, lock: Lock): void {
    if (hasCallOf(lock.holdings, transaction) || hasCallOf(lock.queue, transaction)) return;
    // An array grows from nothing to room for seventeen, and most transactions hold one or two objects.
    if (transaction.locks.length === 0) transaction.locks = [lock];
    else transaction.locks.push(lock);
  }

  /** The relation of a claim to all holdings, and to the first `before` waiting claims. */
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

  /** Queues a request at the end; before all others if its transaction already holds the object. */
  #enqueue(lock: Lock, request: Request): void {
    if (!hasCallOf(lock.holdings, request.owner.transaction)) lock.queue.push(request);
    else {
      const place = lock.queue.findIndex(({ owner }) => !hasCallOf(lock.holdings, owner.transaction));
      lock.queue.splice(place < 0 ? lock.queue.length : place, 0, request);
    }
  }

  /** The call's procedure has ended. Later calls of its transaction may use its objects. */
  ended(owner: O): void {
    owner.ended = true;
    this.#pump(owner.transaction.locks);
  }

  /** Frees all objects of the transaction, and withdraws its waiting claims. */
  release(transaction: O["transaction"]): void {
    const touched = transaction.locks;
    transaction.locks = [];
    for (const lock of touched) {
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

  #pump(locks: readonly Lock[]): void {
    for (const lock of locks) {
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
        if (outcome !== "waiting") this.#settled(request.owner as O, outcome);
        // `settled` may have changed the queue.
        i = 0;
      }
      // `settled` may have removed the lock, and another call may have made it anew.
      const isFree = lock.holdings.length === 0 && lock.queue.length === 0;
      if (isFree && this.#locks.get(lock.object) === lock) this.#locks.delete(lock.object);
    }
  }

  /** The transactions that a transaction directly waits for: holders of its objects, and those with earlier claims. */
  waitsFor(transaction: O["transaction"]): Set<O["transaction"]> {
    const others = new Set<O["transaction"]>();
    for (const lock of transaction.locks) {
      lock.queue.forEach((request, place) => {
        if (request.owner.transaction !== transaction) return;
        const { mode } = request.claims[request.at]!;
        for (const holding of lock.holdings) {
          if (relate(request.owner, mode, holding) === "conflict") others.add(holding.owner.transaction);
        }
        for (const before of hasCallOf(lock.holdings, transaction) ? [] : lock.queue.slice(0, place)) {
          if (!areCompatible(mode, before.claims[before.at]!.mode)) others.add(before.owner.transaction);
        }
      });
    }
    others.delete(transaction);
    return others;
  }

  /** The transactions that hold an object for which a transaction waits. */
  heldBy(transaction: O["transaction"]): Set<O["transaction"]> {
    const holders = new Set<O["transaction"]>();
    for (const lock of transaction.locks) {
      for (const request of lock.queue) {
        if (request.owner.transaction !== transaction) continue;
        for (const holding of lock.holdings) {
          if (relate(request.owner, request.claims[request.at]!.mode, holding) === "conflict")
            holders.add(holding.owner.transaction);
        }
      }
    }
    holders.delete(transaction);
    return holders;
  }

  /** A circle of transactions that wait for each other, this transaction included; undefined if there is none. */
  deadlock(transaction: O["transaction"]): O["transaction"][] | undefined {
    const path: O["transaction"][] = [];
    const seen = new Set<O["transaction"]>();
    const search = (at: O["transaction"]): boolean => {
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

  /** The number of objects that are held or waited for. */
  get size(): number {
    return this.#locks.size;
  }
}

/** Whether a call of the transaction is among these. */
function hasCallOf(calls: readonly { readonly owner: Owner }[], transaction: Holder): boolean {
  for (const { owner } of calls) if (owner.transaction === transaction) return true;
  return false;
}

function hold(lock: Lock, owner: Owner, mode: Mode): void {
  for (const holding of lock.holdings) {
    if (holding.owner !== owner) continue;
    holding.mode = join(holding.mode, mode);
    return;
  }
  // Most locks have one holding, and an array grows from nothing to room for seventeen.
  if (lock.holdings.length === 0) lock.holdings = [{ owner, mode }];
  else lock.holdings.push({ owner, mode });
}
