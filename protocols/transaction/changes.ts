import { bytesOf, timeOf } from "../wire/inside.ts";

/** Changes of one place in a state. Each change can be undone and made again. */
export interface Change {
  /** Exchanges the present content of the place for the content noted at the change, or at the last exchange. */
  swap(): void;
}

/** One field of an object, absent or with a value. Of a deleted field, the later fields are noted, for the order. */
export class FieldChange implements Change {
  readonly #target: Record<string | symbol, unknown>;
  readonly #key: string | symbol;
  #present: boolean;
  #value: unknown;
  readonly #behind: readonly string[];

  constructor(target: Record<string | symbol, unknown>, key: string | symbol, deletes: boolean) {
    this.#target = target;
    this.#key = key;
    this.#present = Object.hasOwn(target, key);
    this.#value = target[key];
    this.#behind = deletes ? behind(Object.keys(target), key) : [];
  }

  swap(): void {
    const target = this.#target;
    const present = this.#present;
    const value = this.#value;
    this.#present = Object.hasOwn(target, this.#key);
    this.#value = target[this.#key];
    if (!present) {
      Reflect.deleteProperty(target, this.#key);
      return;
    }
    target[this.#key] = value;
    if (this.#present) return;
    for (const key of this.#behind) {
      if (!Object.hasOwn(target, key)) continue;
      const moved = target[key];
      Reflect.deleteProperty(target, key);
      target[key] = moved;
    }
  }
}

/** One place of an array, which may hold nothing, and the array's length. */
export class ItemChange implements Change {
  readonly #target: unknown[];
  readonly #index: number;
  #length: number;
  #present: boolean;
  #value: unknown;

  constructor(target: unknown[], index: number) {
    this.#target = target;
    this.#index = index;
    this.#length = target.length;
    this.#present = index in target;
    this.#value = target[index];
  }

  swap(): void {
    const target = this.#target;
    const [length, present, value] = [this.#length, this.#present, this.#value];
    this.#length = target.length;
    this.#present = this.#index in target;
    this.#value = target[this.#index];
    if (present) target[this.#index] = value;
    else Reflect.deleteProperty(target, this.#index);
    target.length = length;
  }
}

/** The items of an array from an index on; places may hold nothing. */
export class TailChange implements Change {
  readonly #target: unknown[];
  readonly #from: number;
  #items: unknown[];

  constructor(target: unknown[], from: number) {
    this.#target = target;
    this.#from = Math.min(from, target.length);
    this.#items = target.slice(this.#from);
  }

  swap(): void {
    const items = this.#items;
    this.#items = this.#target.splice(this.#from);
    // Places that hold nothing must not be filled.
    for (let i = 0; i < items.length; i++) if (i in items) this.#target[this.#from + i] = items[i];
    this.#target.length = this.#from + items.length;
  }
}

/** One entry of a map. */
export class EntryChange implements Change {
  readonly #target: Map<unknown, unknown>;
  readonly #key: unknown;
  #present: boolean;
  #value: unknown;
  readonly #behind: readonly unknown[];

  constructor(target: Map<unknown, unknown>, key: unknown, deletes: boolean) {
    this.#target = target;
    this.#key = key;
    this.#present = target.has(key);
    this.#value = target.get(key);
    this.#behind = deletes ? behind(target.keys(), key) : [];
  }

  swap(): void {
    const target = this.#target;
    const present = this.#present;
    const value = this.#value;
    this.#present = target.has(this.#key);
    this.#value = target.get(this.#key);
    if (!present) {
      target.delete(this.#key);
      return;
    }
    target.set(this.#key, value);
    if (this.#present) return;
    for (const key of this.#behind) {
      if (!target.has(key)) continue;
      const moved = target.get(key);
      target.delete(key);
      target.set(key, moved);
    }
  }
}

/** Whether a set contains a value. */
export class ElementChange implements Change {
  readonly #target: Set<unknown>;
  readonly #value: unknown;
  #present: boolean;
  readonly #behind: readonly unknown[];

  constructor(target: Set<unknown>, value: unknown, deletes: boolean) {
    this.#target = target;
    this.#value = value;
    this.#present = target.has(value);
    this.#behind = deletes ? behind(target, value) : [];
  }

  swap(): void {
    const target = this.#target;
    const present = this.#present;
    this.#present = target.has(this.#value);
    if (!present) {
      target.delete(this.#value);
      return;
    }
    target.add(this.#value);
    if (this.#present) return;
    for (const value of this.#behind) if (target.delete(value)) target.add(value);
  }
}

/** The content of an object without fields, noted whole. */
export interface WholeChange extends Change {
  /** Whether the content is another one than that which was noted. */
  readonly changed: boolean;
}

/** The contents of a date. */
export class DateChange implements WholeChange {
  readonly #target: Date;
  #time: number;

  constructor(target: Date) {
    this.#target = target;
    this.#time = timeOf(target);
  }

  get changed(): boolean {
    return !Object.is(timeOf(this.#target), this.#time);
  }

  swap(): void {
    const time = this.#time;
    this.#time = timeOf(this.#target);
    Date.prototype.setTime.call(this.#target, time);
  }
}

/** Where a regular expression goes on. */
export class PlaceChange implements WholeChange {
  readonly #target: RegExp;
  #place: number;

  constructor(target: RegExp) {
    this.#target = target;
    this.#place = target.lastIndex;
  }

  get changed(): boolean {
    return this.#target.lastIndex !== this.#place;
  }

  swap(): void {
    const place = this.#place;
    this.#place = this.#target.lastIndex;
    this.#target.lastIndex = place;
  }
}

/** The bytes of an ArrayBuffer, a typed array or a DataView. */
export class BytesChange implements WholeChange {
  readonly #target: Uint8Array;
  #bytes: Uint8Array;

  constructor(target: ArrayBuffer | ArrayBufferView) {
    if (target instanceof ArrayBuffer) this.#target = new Uint8Array(target);
    else {
      const { buffer, byteOffset, byteLength } = bytesOf(target);
      this.#target = new Uint8Array(buffer, byteOffset, byteLength);
    }
    this.#bytes = this.#target.slice();
  }

  get changed(): boolean {
    return this.#target.some((byte, i) => byte !== this.#bytes[i]);
  }

  swap(): void {
    const bytes = this.#bytes;
    this.#bytes = this.#target.slice();
    this.#target.set(bytes);
  }
}

/** The items behind an item, in order. */
function behind<T>(items: Iterable<T>, item: unknown): T[] {
  const followers: T[] = [];
  let found = false;
  for (const each of items) {
    if (found) followers.push(each);
    else found = Object.is(each, item) || each === item;
  }
  return followers;
}
