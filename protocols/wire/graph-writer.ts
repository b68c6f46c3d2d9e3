/**
 * Externalizes a graph of objects: each object once, by whatever ways it can be reached.
 *
 * Plain data has the bytes that it has in a call (value.ts). The writer has no recursion, since a list may be linked a
 * hundred thousand objects deep. It goes on in steps, between which a process may answer others. Two graphs that cannot
 * be told apart have equal bytes, so that members may compare digests.
 */
import type { Writer } from "./bytes.ts";
import { declared } from "./declared.ts";
import { Frame, ListFrame, MapFrame, PairsFrame, PrivatesFrame, PropertiesFrame, SetFrame } from "./graph-frames.ts";
import { Memories } from "./graph-memories.ts";
import { flagsOf, sizeOfMap, sizeOfSet, sourceOf, timeOf } from "./inside.ts";
import { markOf, markOfArray } from "./marks.ts";
import { Numbers } from "./numbers.ts";
import { attribute, hasExtraKeys, readProperties, type Properties } from "./properties.ts";
import { nameOfError } from "./raised.ts";
import { Refusal } from "./refusal.ts";
import { externalizeBigint, externalizeNumber, isScalarValue } from "./scalar.ts";
import { bases, builtInAbove, builtInOf, shapeOf, type Shape } from "./shapes.ts";
import { tag } from "./tags.ts";

/** Fields of an object that are written at once, and not in steps of their own. */
const atOnce = 64;

export class GraphWriter {
  readonly writer: Writer;
  /** The number of each object, in the order in which they are written. */
  readonly numbers = new Numbers();
  readonly #name: string;
  readonly #foreign: boolean;
  readonly #frames: Frame[] = [];
  readonly #prototypes = new Map<object | null, number>();
  readonly #memories: Memories;
  /** The values of this step. */
  #written = 0;

  /**
   * `name`: of the whole, in errors. `foreign`: for readers that have no classes but built-in ones, and no functions.
   */
  constructor(writer: Writer, name: string, foreign = false) {
    this.writer = writer;
    this.#name = name;
    this.#foreign = foreign;
    this.#memories = new Memories(this);
  }

  /**
   * Writes on, until about so many values or bytes have been written. Answers whether the graph is whole.
   *
   * @throws Refusal for a value that cannot be carried
   */
  step(values: number, bytes: number): boolean {
    const end = this.writer.at + bytes;
    this.#written = 0;
    for (; this.#written < values && this.writer.at < end; this.#written++) {
      const frame = this.#frames.at(-1);
      if (frame === undefined) return true;
      if (!frame.next(this)) this.#frames.pop();
    }
    return this.#frames.length === 0;
  }

  push(frame: Frame): void {
    this.#frames.push(frame);
  }

  /** Refuses the value under way. @throws Refusal */
  refuse(sentence: string, within = ""): never {
    const steps = this.#frames.map((frame) => frame.place()).join("");
    const [what, remedy] = [sentence.slice(0, sentence.indexOf("; ")), sentence.slice(sentence.indexOf("; ") + 2)];
    throw new Refusal(`${this.#name}${steps}${within}`, what, remedy);
  }

  /** Writes a value; of an object the beginning, and the rest in later steps. */
  write(value: unknown): void {
    const { writer } = this;
    switch (typeof value) {
      case "number":
        return externalizeNumber(writer, value);
      case "string":
        writer.byte(tag.text);
        return writer.text(value);
      case "boolean":
        return writer.byte(value ? tag.true : tag.false);
      case "undefined":
        return writer.byte(tag.undefined);
      case "bigint":
        return externalizeBigint(writer, value);
      case "object":
        return value === null ? writer.byte(tag.null) : this.#object(value);
      case "function":
      case "symbol":
        return this.#named(value);
    }
  }

  #named(value: symbol | object): void {
    const name = this.#foreign && typeof value === "function" ? undefined : declared.nameOf(value);
    if (name !== undefined) {
      this.writer.byte(tag.named);
      this.writer.text(name);
    } else if (typeof value === "symbol") {
      this.refuse(
        `is the symbol ${String(value)}, which cannot be externalized: no file declares it at its top; use Symbol.for`,
      );
    } else {
      this.refuse(
        "is a function, which cannot be externalized: what it has closed over is in one process only, and a function in a field is no procedure; make it a method of the class",
      );
    }
  }

  #object(value: object): void {
    const near = this.numbers.near(value);
    if (near !== undefined) return this.#reference(near);
    if (declared.inspection.isProxy(value)) {
      this.refuse("is a Proxy, whose handler is in one process only; hold the object behind it");
    }
    const prototype = Object.getPrototypeOf(value) as object | null;
    const kind = builtInOf(prototype);
    if (kind?.name === "Object") return this.#plain(value);
    if (kind === undefined) return this.#instance(value, prototype);
    const isArray = kind.name === "Array";
    if (!this.#isNew(value, isArray ? markOfArray(value as unknown[]) : undefined)) return;
    if (isArray) this.#array(value as unknown[]);
    else if (kind.base === "view" || kind.base === "memory") this.#memories.write(value, kind.name);
    else this.#shaped(value, prototype, shapeOf(prototype));
  }

  /** Whether the object is met for the first time, and has its number now. If not, a reference to it is written. */
  #isNew(value: object, mark: number | undefined): boolean {
    const before = this.numbers.of(value, mark);
    if (before === undefined) this.numbers.add(value, mark);
    else this.#reference(before);
    return before === undefined;
  }

  #reference(number: number): void {
    this.writer.byte(tag.reference);
    this.writer.integer(number);
  }

  #plain(value: object): void {
    const properties = readProperties(value, "object");
    if (!this.#isNew(value, markOf(properties.values))) return;
    this.#complain(properties);
    if (!properties.ordinary) return this.special(value, shapeOf(Object.prototype), properties);
    this.writer.byte(tag.object);
    this.#pairs(properties);
  }

  /** An object of a class, or without prototype. */
  #instance(value: object, prototype: object | null): void {
    const shape = shapeOf(prototype);
    const properties = shape.base === "object" ? readProperties(value, "object") : undefined;
    if (this.#isNew(value, properties && markOf(properties.values))) this.#shaped(value, prototype, shape, properties);
  }

  /** The number of fields and the fields of an object: at once, up to the first whose value is no scalar. */
  #pairs(properties: Properties): void {
    const { keys, values } = properties;
    const { writer } = this;
    writer.integer(keys.length);
    for (let i = 0; i < keys.length; i++) {
      const value = values[i];
      if (!isScalarValue(value) || i === atOnce) return this.push(new PairsFrame(properties, i));
      writer.text(keys[i] as string);
      this.write(value);
      this.#written++;
    }
  }

  #array(value: unknown[]): void {
    if (hasExtraKeys(value)) this.#refuseExtra(value, "array");
    if (!Object.isExtensible(value)) return this.special(value, shapeOf(Array.prototype));
    this.writer.byte(tag.array);
    this.list(value);
  }

  /** The length of an array, and then its elements. */
  list(value: readonly unknown[]): void {
    this.writer.integer(value.length);
    if (value.length > 0) this.push(new ListFrame(value));
  }

  /** Properties hung on a built-in collection. */
  #refuseExtra(value: object, kind: string): never {
    const own = Object.getOwnPropertyNames(value).filter((key) => key !== "length" && !/^\d+$/.test(key));
    const key = own[0] ?? Object.getOwnPropertySymbols(value)[0];
    this.refuse(
      `has the property ${String(key)} beside its elements, which cannot be externalized; declare a subclass of ${kind} with that field, or hold it beside the ${kind}`,
    );
  }

  #shaped(value: object, prototype: object | null, shape: Shape, read?: Properties): void {
    const { base } = shape;
    if (this.#foreign && base === "error") return this.#foreignError(value, prototype);
    const isBuiltIn = builtInOf(prototype) !== undefined;
    const unknown = this.#foreign && !isBuiltIn ? foreign(shape) : undefined;
    const sentence = shape.refusal ?? unknown ?? shape.undeclared ?? shape.hidden;
    if (sentence !== undefined) this.refuse(sentence);
    const properties = read ?? readProperties(value, base);
    this.#complain(properties);
    if (isBuiltIn && (base === "map" || base === "set")) {
      if (properties.keys.length > 0) this.#refuseExtra(value, base === "map" ? "Map" : "Set");
      if (properties.ordinary) {
        this.writer.byte(base === "map" ? tag.map : tag.set);
        return base === "map" ? this.map(value as Map<unknown, unknown>) : this.set(value as Set<unknown>);
      }
    }
    if (isBuiltIn && base === "date" && properties.ordinary && properties.keys.length === 0) {
      this.writer.byte(tag.date);
      return this.writer.float((value as Date).getTime());
    }
    if (base === "object" && properties.ordinary && !shape.hides && prototype !== null) {
      this.writer.byte(tag.instance);
      this.#prototype(prototype, shape);
      return this.#pairs(properties);
    }
    this.special(value, shape, properties);
  }

  /** An error for readers without its class: of the built-in class that it extends, under its own name. */
  #foreignError(value: object, prototype: object | null): void {
    const own = this.#properties(value, "error");
    const { name } = value as Error;
    const renamed = own.keys.includes("name") || builtInOf(prototype)?.name === name;
    const properties: Properties = renamed
      ? own
      : {
          ...own,
          keys: [...own.keys, "name"],
          values: [...own.values, nameOfError(value as Error)],
          attributes: [
            ...(own.attributes ?? own.keys.map(() => attribute.all)),
            attribute.writable | attribute.configurable,
          ],
        };
    this.special(value, shapeOf(builtInAbove(prototype)), properties);
  }

  #properties(value: object, base: Shape["base"]): Properties {
    const properties = readProperties(value, base);
    this.#complain(properties);
    return properties;
  }

  #complain({ complaint, place }: Properties): void {
    if (complaint !== undefined) this.refuse(complaint, place);
  }

  map(value: ReadonlyMap<unknown, unknown>): void {
    const size = sizeOfMap(value);
    this.writer.integer(size * 2);
    if (size > 0) this.push(new MapFrame(value));
  }

  set(value: ReadonlySet<unknown>): void {
    const size = sizeOfSet(value);
    this.writer.integer(size);
    if (size > 0) this.push(new SetFrame(value));
  }

  /** The general form: class, built-in part, properties with their attributes, private fields. */
  special(value: object, shape: Shape, properties = this.#properties(value, shape.base)): void {
    const { writer } = this;
    if (!shape.has(value))
      this.refuse(`lacks the private members of ${shape.type?.name}; make it with its constructor`);
    writer.byte(tag.special);
    this.#prototype((shape.type?.prototype ?? null) as object | null, shape);
    writer.byte(bases.indexOf(shape.base));
    this.rest(value, shape, properties);
  }

  /** What is behind the class: also the form of the module itself, whose class all members know. */
  rest(value: object, shape: Shape, properties: Properties): void {
    const { writer } = this;
    writer.byte(properties.integrity);
    writer.integer(properties.keys.length);
    writer.integer(shape.privates.length);
    if (shape.privates.length > 0) this.push(new PrivatesFrame(value, shape.privates));
    if (properties.keys.length > 0) this.push(new PropertiesFrame(properties));
    switch (shape.base) {
      case "array":
        return this.list(value as unknown[]);
      case "map":
        return this.map(value as Map<unknown, unknown>);
      case "set":
        return this.set(value as Set<unknown>);
      case "date":
        return writer.float(timeOf(value));
      case "regexp":
        writer.text(sourceOf(value));
        writer.text(flagsOf(value));
        return externalizeNumber(writer, Number((value as RegExp).lastIndex));
      case "view":
        return this.#memories.view(value as ArrayBufferView);
      case "memory":
        this.refuse("is of a subclass of ArrayBuffer, which cannot be externalized; hold an ArrayBuffer");
        break;
      case "object":
      case "error":
    }
  }

  /** A prototype's name the first time, its number later. */
  #prototype(prototype: object | null, shape: Shape): void {
    const before = this.#prototypes.get(prototype);
    if (before !== undefined) return this.writer.integer(before);
    this.#prototypes.set(prototype, this.#prototypes.size + 1);
    this.writer.integer(0);
    this.writer.text(shape.name!);
  }
}

function foreign({ type }: Shape): string {
  return `is an instance of ${type?.name}, which cannot be externalized, since its callers need not have the class; answer plain data`;
}
