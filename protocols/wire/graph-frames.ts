/** The parts of a graph that are being written, each of which writes one value at a time. */
import type { Writer } from "./bytes.ts";
import type { PrivateField } from "./declared.ts";
import { attribute, placeOf, type Properties } from "./properties.ts";
import { tag } from "./tags.ts";

/** What a frame needs of the writer of the graph. */
export interface Output {
  readonly writer: Writer;
  write(value: unknown): void;
  refuse(sentence: string, within?: string): never;
}

export abstract class Frame {
  /** Writes the next value; false if there is none. */
  abstract next(output: Output): boolean;
  /** The place of the value that was written last, within the object. */
  abstract place(): string;
}

/** The elements of an array. */
export class ListFrame extends Frame {
  readonly #list: readonly unknown[];
  readonly #length: number;
  #at = 0;

  constructor(list: readonly unknown[]) {
    super();
    this.#list = list;
    this.#length = list.length;
  }

  next(output: Output): boolean {
    const from = this.#at;
    if (from >= this.#length) return false;
    const property = Object.getOwnPropertyDescriptor(this.#list, from);
    if (property === undefined) {
      this.#at = this.#nextElement(from);
      output.writer.byte(tag.holes);
      output.writer.integer(this.#at - from);
      return true;
    }
    this.#at++;
    if (property.get !== undefined || property.set !== undefined)
      output.refuse("is an accessor of one object, which cannot be externalized; hold its value");
    output.write(property.value);
    return true;
  }

  /** The first place from there on that holds something: an array may have a billion places, and hold two things. */
  #nextElement(from: number): number {
    const near = Math.min(this.#length, from + 1000);
    for (let at = from; at < near; at++) if (Object.hasOwn(this.#list, at)) return at;
    if (near === this.#length) return near;
    for (const key of Object.keys(this.#list)) if (Number(key) >= near) return Number(key);
    return this.#length;
  }

  place(): string {
    return `[${this.#at - 1}]`;
  }
}

/** The fields of a plain object or of an instance, from one on. */
export class PairsFrame extends Frame {
  readonly #keys: readonly string[];
  readonly #values: readonly unknown[];
  #at: number;

  constructor({ keys, values }: Properties, from = 0) {
    super();
    this.#at = from;
    this.#keys = keys as readonly string[];
    this.#values = values;
  }

  next(output: Output): boolean {
    if (this.#at >= this.#keys.length) return false;
    const at = this.#at++;
    output.writer.text(this.#keys[at]!);
    output.write(this.#values[at]);
    return true;
  }

  place(): string {
    return placeOf(this.#keys[this.#at - 1]!);
  }
}

/** Properties with their attributes. */
export class PropertiesFrame extends Frame {
  readonly #properties: Properties;
  #at = 0;

  constructor(properties: Properties) {
    super();
    this.#properties = properties;
  }

  next(output: Output): boolean {
    const { keys, values, attributes } = this.#properties;
    if (this.#at >= keys.length) return false;
    const at = this.#at++;
    output.write(keys[at]);
    output.writer.byte(attributes?.[at] ?? attribute.all);
    output.write(values[at]);
    return true;
  }

  place(): string {
    return placeOf(this.#properties.keys[this.#at - 1]!);
  }
}

export class PrivatesFrame extends Frame {
  readonly #object: object;
  readonly #fields: readonly PrivateField[];
  #at = 0;

  constructor(object: object, fields: readonly PrivateField[]) {
    super();
    this.#object = object;
    this.#fields = fields;
  }

  next(output: Output): boolean {
    const field = this.#fields[this.#at];
    if (field === undefined) return false;
    this.#at++;
    output.write(field.get(this.#object));
    return true;
  }

  place(): string {
    return `.${this.#fields[this.#at - 1]!.name}`;
  }
}

export class MapFrame extends Frame {
  readonly #entries: Iterator<[unknown, unknown]>;
  #key: unknown = undefined;
  #value: { readonly value: unknown } | undefined = undefined;

  constructor(map: ReadonlyMap<unknown, unknown>) {
    super();
    this.#entries = Map.prototype.entries.call(map) as Iterator<[unknown, unknown]>;
  }

  next(output: Output): boolean {
    if (this.#value !== undefined) {
      const { value } = this.#value;
      this.#value = undefined;
      output.write(value);
      return true;
    }
    const entry = this.#entries.next();
    if (entry.done === true) return false;
    const [key, value] = entry.value;
    this.#key = key;
    if (typeof key === "object" && key !== null) this.#value = { value };
    output.write(key);
    if (this.#value === undefined) output.write(value);
    return true;
  }

  place(): string {
    if (this.#value !== undefined) return ".key";
    const key = this.#key;
    if (typeof key === "string") return `.get("${key}")`;
    return typeof key === "number" || typeof key === "bigint" ? `.get(${key})` : ".get(...)";
  }
}

export class SetFrame extends Frame {
  readonly #values: Iterator<unknown>;

  constructor(set: ReadonlySet<unknown>) {
    super();
    this.#values = Set.prototype.values.call(set) as Iterator<unknown>;
  }

  next(output: Output): boolean {
    const entry = this.#values.next();
    if (entry.done === true) return false;
    output.write(entry.value);
    return true;
  }

  place(): string {
    return ".values";
  }
}
