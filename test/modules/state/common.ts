/**
 * What is at the tops of files and does no harm: constants, caches that are declared, variables of functions that have
 * ended.
 */
const table = { a: [1, 2], scale: (k: number): number => k * 2 };
const names = new Map([["a", 1]]);
const total = ((list: readonly number[]) => {
  let sum = 0;
  for (const each of list) sum += each;
  list.forEach((each) => (sum += each));
  return sum;
})([1, 2, 3]);
const calls = new WeakMap<object, number>();
function memoized(f: (n: number) => number): (n: number) => number {
  const cache = new Map<number, number>();
  return (n) => {
    if (!cache.has(n)) cache.set(n, f(n));
    return cache.get(n)!;
  };
}
const square = memoized((n) => n * n);

let made = 0;
const list = [1];

/** Its methods write variables of their own that have the names of others. */
export class HidesNames {
  id = made++;
  sum = 0;
  change(k: number): void {
    const list = [k];
    list.push(k);
    let made = 0;
    list.forEach((each) => (made += each));
    this.sum += made;
  }
  look(): number[] {
    return [this.sum, list.length, 0];
  }
}
export class HarmlessTops {
  sum = total;
  change(k: number): void {
    const given = { k };
    calls.set(given, k);
    const add = (n: number): void => void (this.sum += n);
    add(table.scale(k) + names.get("a")! + (calls.get(given) ?? 0));
  }
  look(): number {
    return this.sum;
  }
}
export class DeclaredCache {
  static readonly outside = ["cache in memoized of common.ts"];
  sum = 0;
  change(k: number): void {
    this.sum += square(k);
  }
  look(): number {
    return this.sum;
  }
}
