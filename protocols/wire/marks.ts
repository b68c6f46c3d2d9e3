/**
 * Finds objects by their marks. A mark is a number made from what an object contains, so that objects that differ have
 * different marks, but for a few. Equal objects, and some others, have equal marks.
 */
import type { Objects } from "./objects.ts";

/** So many objects may have one mark. Any others are not found by it. */
const crowd = 4;
/** The tables that the highest bits of a mark choose from: a small one that grows does not stand still for long. */
const tableBits = 6;

/**
 * A hash table with open addressing. A place has two numbers: a mark, and the object's number plus 1. A free one has 0.
 */
interface Table {
  places: Int32Array;
  used: number;
}

export class Marks {
  readonly #objects: Objects;
  readonly #tables: Table[] = Array.from({ length: 2 ** tableBits }, () => ({ places: new Int32Array(256), used: 0 }));

  /** `objects`: by their numbers. */
  constructor(objects: Objects) {
    this.#objects = objects;
  }

  /** The number of an object; undefined if it was not added, "crowded" if its mark does not tell. */
  of(object: object, mark: number): number | "crowded" | undefined {
    const { places } = this.#tables[mark >>> (32 - tableBits)]!;
    const last = places.length - 1;
    let equal = 0;
    for (let at = (mark << 1) & last; ; at = (at + 2) & last) {
      const number = places[at + 1]! - 1;
      if (number < 0) return undefined;
      if (places[at] !== mark) continue;
      if (this.#objects.of(number) === object) return number;
      if (++equal === crowd) return "crowded";
    }
  }

  /** Adds an object that is not there; false if too many have its mark. */
  add(mark: number, number: number): boolean {
    const table = this.#tables[mark >>> (32 - tableBits)]!;
    if (table.used * 8 > table.places.length * 3) grow(table);
    const { places } = table;
    const last = places.length - 1;
    let equal = 0;
    let at = (mark << 1) & last;
    for (; places[at + 1] !== 0; at = (at + 2) & last) if (places[at] === mark && ++equal === crowd) return false;
    places[at] = mark;
    places[at + 1] = number + 1;
    table.used++;
    return true;
  }
}

function grow(table: Table): void {
  const { places } = table;
  const wider = new Int32Array(places.length * 2);
  const last = wider.length - 1;
  for (let i = 0; i < places.length; i += 2) {
    if (places[i + 1] === 0) continue;
    let at = (places[i]! << 1) & last;
    while (wider[at + 1] !== 0) at = (at + 2) & last;
    wider[at] = places[i]!;
    wider[at + 1] = places[i + 1]!;
  }
  table.places = wider;
}

const bits = new Float64Array(1);
const halves = new Int32Array(bits.buffer);

/** The mark of an object with these values: made from those among the first that are numbers or strings. */
export function markOf(values: readonly unknown[]): number {
  const count = Math.min(values.length, 8);
  let mark = values.length;
  for (let i = 0; i < count; i++) {
    const value = values[i];
    if (typeof value === "number") {
      bits[0] = value;
      mark = mixed(mark ^ halves[0]!, halves[1]!);
    } else if (typeof value === "string") {
      const { length } = value;
      mark ^= length;
      // Names that differ mostly differ at their ends.
      for (let at = Math.max(0, length - 8); at < length; at++) mark = mixed(mark, value.charCodeAt(at));
    } else mark = mixed(mark, 1);
  }
  return mixed(mark, count);
}

/** The mark of an array, from its length and its first element. */
export function markOfArray(list: readonly unknown[]): number {
  return markOf([list.length, Object.getOwnPropertyDescriptor(list, 0)?.value]);
}

function mixed(mark: number, more: number): number {
  const product = Math.imul(mark ^ more, 0x9e3779b1);
  return product ^ (product >>> 15);
}
