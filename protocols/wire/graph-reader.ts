/**
 * Internalizes a graph of objects, as the writer (graph-writer.ts) has externalized it, in steps and without recursion.
 */
import { MalformedError, type Reader } from "./bytes.ts";
import { declared } from "./declared.ts";
import { bareError, bufferOf, expression, view } from "./graph-inner.ts";
import { Tail, type Input, type Part } from "./graph-tail.ts";
import { Objects } from "./objects.ts";
import { internalizeScalar, isScalar } from "./scalar.ts";
import { bases, make, prototypeNamed, shapeOf, type Shape } from "./shapes.ts";
import { tag } from "./tags.ts";

/** Fields of an object that are read at once, and not in steps of their own. */
const atOnce = 64;

/**
 * The elements of an array that gets its whole length at once: its last growths would each take longer than a step. A
 * shorter array grows, since V8 is faster with an array that never had empty places.
 */
const long = 2 ** 16;

export class GraphReader implements Input {
  readonly reader: Reader;
  readonly #objects = new Objects();
  readonly #parts: Part[] = [];
  readonly #prototypes: (object | null)[] = [];
  readonly #foreign: boolean;
  /** The values of this step. */
  #read = 0;

  /** `foreign`: of a writer that knows no classes but built-in ones, and that need not be trusted. */
  constructor(reader: Reader, foreign = false) {
    this.reader = reader;
    this.#foreign = foreign;
  }

  /** Reads on, about so many values. Answers whether the graph is whole. @throws MalformedError */
  step(values: number): boolean {
    this.#read = 0;
    for (; this.#read < values; this.#read++) {
      const part = this.#parts.at(-1);
      if (part === undefined) return true;
      const depth = this.#parts.length;
      // A part that has ended is below those that its last value has pushed.
      if (!part()) this.#parts.splice(depth - 1, 1);
    }
    return this.#parts.length === 0;
  }

  push(part: Part): void {
    this.#parts.push(part);
  }

  /** Gives an object, which is there already, the next number. */
  add(object: object): void {
    this.#objects.add(object);
  }

  /** Reads a value; of an object the beginning, and the rest in later steps. */
  read(): unknown {
    const { reader } = this;
    const kind = reader.byte();
    return isScalar(kind) ? internalizeScalar(reader, kind) : this.#object(kind);
  }

  #object(kind: number): unknown {
    const { reader } = this;
    switch (kind) {
      case tag.reference:
        return this.#objects.of(reader.integer());
      case tag.named:
        return this.#named();
      case tag.array:
        return this.#list();
      case tag.object: {
        const object = this.#added({});
        return this.#pairs(object);
      }
      case tag.instance: {
        const prototype = this.#prototype();
        if (shapeOf(prototype).base !== "object") throw new MalformedError("a built-in object taken for an instance");
        return this.#pairs(this.#added(make(shapeOf(prototype), prototype, () => ({}))));
      }
      case tag.map:
        return this.map(this.#added(new Map()));
      case tag.set:
        return this.set(this.#added(new Set()));
      case tag.date:
        return this.#added(new Date(reader.float()));
      case tag.bytes:
        return this.#added(reader.view(reader.integer()).slice());
      case tag.buffer:
        return this.#added(bufferOf(reader.view(reader.integer())));
      case tag.memory:
        return this.#memory();
      case tag.special:
        return this.#special();
      default:
        throw new MalformedError(`unknown tag ${kind} at byte ${reader.at - 1}`);
    }
  }

  #added<T extends object>(object: T): T {
    this.#objects.add(object);
    return object;
  }

  #named(): unknown {
    const name = this.reader.text();
    const value = declared.named(name);
    if (value === undefined || (this.#foreign && typeof value !== "symbol"))
      throw new MalformedError(`${name} is declared in none of the module's files`);
    return value;
  }

  #prototype(): object | null {
    const number = this.reader.integer();
    if (number > 0) {
      const before = this.#prototypes[number - 1];
      if (before === undefined) throw new MalformedError(`no class ${number}`);
      return before;
    }
    const name = this.reader.text();
    const prototype = prototypeNamed(name, this.#foreign);
    if (prototype === undefined)
      throw new MalformedError(`the class ${name} is declared in none of the module's files`);
    this.#prototypes.push(prototype);
    return prototype;
  }

  /**
   * The number of values that follow. Each takes one byte at least: a length beyond what is left must not cost memory.
   */
  #count(bytesEach = 1): number {
    const count = this.reader.integer();
    if (count * bytesEach > this.reader.left) throw new MalformedError(`${count} values in ${this.reader.left} bytes`);
    return count;
  }

  /** The fields of an object: at once, up to the first that is no scalar. */
  #pairs(object: object): object {
    const { reader } = this;
    let left = this.#count(2);
    for (let room = atOnce; left > 0; left--) {
      const before = reader.at;
      const key = reader.name();
      const kind = reader.byte();
      if (!isScalar(kind) || room-- === 0) {
        reader.at = before;
        this.push(() => {
          setField(object, reader.name(), this.read());
          return --left > 0;
        });
        return object;
      }
      setField(object, key, internalizeScalar(reader, kind));
      this.#read++;
    }
    return object;
  }

  #list(): unknown[] {
    const { reader } = this;
    const before = reader.at;
    const length = reader.integer();
    reader.at = before;
    const list = this.#added<unknown[]>([]);
    if (length >= long && length <= reader.left) list.length = length;
    return this.list(list);
  }

  list(list: unknown[]): unknown[] {
    const length = this.reader.integer();
    if (length > 2 ** 32 - 1) throw new MalformedError(`an array of ${length} elements`);
    let at = 0;
    if (length > 0) {
      this.push(() => {
        const { reader } = this;
        if (reader.bytes[reader.at] === tag.holes) {
          reader.byte();
          at += reader.integer();
          if (at > length) throw new MalformedError(`an array of more than ${length} elements`);
          if (at === length) list.length = length;
        } else if (at === list.length) {
          at++;
          // A subclass may have a push of its own.
          Array.prototype.push.call(list, this.read());
        } else list[at++] = this.read();
        return at < length;
      });
    }
    return list;
  }

  map(map: Map<unknown, unknown>): Map<unknown, unknown> {
    const flat = this.#count();
    if (flat % 2 === 1) throw new MalformedError(`map without its last value at byte ${this.reader.at}`);
    let left = flat / 2;
    if (left > 0) {
      let key: unknown;
      let isKey = true;
      this.push(() => {
        if (isKey) {
          key = this.read();
          isKey = false;
          // What is within a key comes before the value.
          if (typeof key === "object" && key !== null) return true;
        }
        isKey = true;
        Map.prototype.set.call(map, key, this.read());
        return --left > 0;
      });
    }
    return map;
  }

  set(set: Set<unknown>): Set<unknown> {
    let left = this.#count();
    if (left > 0) {
      this.push(() => {
        Set.prototype.add.call(set, this.read());
        return --left > 0;
      });
    }
    return set;
  }

  #memory(): ArrayBuffer {
    const { reader } = this;
    const number = this.#objects.add(undefined);
    let buffer: ArrayBuffer;
    if (reader.integer() === 1) {
      const view = this.#objects.of(reader.integer());
      if (!(view instanceof Uint8Array)) throw new MalformedError("a memory that is behind no array");
      buffer = view.buffer as ArrayBuffer;
    } else buffer = reader.view(reader.integer()).slice().buffer;
    this.#objects.set(number, buffer);
    return buffer;
  }

  #special(): object {
    const { reader } = this;
    const prototype = this.#prototype();
    const shape = shapeOf(prototype);
    const base = bases[reader.byte()];
    if (base !== shape.base || (shape.refusal ?? shape.undeclared ?? shape.hidden) !== undefined)
      throw new MalformedError(`an object that is no ${base} as one`);
    const number = this.#objects.add(undefined);
    const tail = new Tail(this, shape);
    const object = make(shape, prototype, () => this.#inner(shape));
    if (shape.hides) {
      if (base === "date") Date.prototype.setTime.call(object, reader.float());
      // What the constructors of ancestors have put there.
      if (base === "array") (object as unknown[]).length = 0;
      for (const key of Reflect.ownKeys(object))
        if (!(base === "array" && key === "length")) Reflect.deleteProperty(object, key);
    }
    this.#objects.set(number, object);
    tail.push(object);
    if (base === "array") this.list(object as unknown[]);
    if (base === "map") this.map(object as Map<unknown, unknown>);
    if (base === "set") this.set(object as Set<unknown>);
    return object;
  }

  /** The built-in part of an object without private members. */
  #inner({ base }: Shape): object {
    const { reader } = this;
    switch (base) {
      case "array":
        return [];
      case "map":
        return new Map();
      case "set":
        return new Set();
      case "date":
        return new Date(reader.float());
      case "regexp":
        return expression(this);
      case "error":
        return bareError();
      case "view":
        return this.#view();
      case "object":
        return {};
      case "memory":
        throw new MalformedError("an ArrayBuffer with properties");
    }
  }

  /** A view of a memory that comes here, or of one that came before: of an ArrayBuffer, or of bytes. */
  #view(): object {
    const { reader } = this;
    const kind = reader.byte();
    const from = reader.byte();
    let memory: object;
    if (from === tag.reference) memory = this.#objects.of(reader.integer());
    else if (from === tag.memory) memory = this.#memory();
    else throw new MalformedError("a view without memory");
    return view(kind, memory, reader.integer(), reader.integer());
  }
}

function setField(object: object, key: string, value: unknown): void {
  // An assignment to __proto__ would change the prototype instead of making a field; so might one that meets an
  // accessor.
  if (key in object)
    Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
  else (object as Record<string, unknown>)[key] = value;
}
