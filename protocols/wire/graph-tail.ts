/** The end of an object in a graph: its properties with their attributes, and its private fields. */
import { MalformedError, type Reader } from "./bytes.ts";
import type { PrivateField } from "./declared.ts";
import { attribute, type Integrity } from "./properties.ts";
import type { Shape } from "./shapes.ts";

/** A part that is being read: reads one value; false if there is none. */
export type Part = () => boolean;

/** What a part needs of the reader of the graph. */
export interface Input {
  readonly reader: Reader;
  read(): unknown;
  push(part: Part): void;
}

/** Properties and private fields of a special object, which come behind its built-in part. */
export class Tail {
  readonly #graph: Input;
  readonly #shape: Shape;
  readonly #integrity: Integrity;
  readonly #properties: number;
  readonly #privates: number;

  constructor(graph: Input, shape: Shape) {
    const { reader } = graph;
    this.#graph = graph;
    this.#shape = shape;
    const integrity = reader.byte();
    if (integrity > 3) throw new MalformedError("an object neither frozen nor free");
    this.#integrity = integrity as Integrity;
    this.#properties = reader.integer();
    this.#privates = reader.integer();
    if (this.#properties > reader.left || this.#privates !== shape.privates.length)
      throw new MalformedError("an object of other fields than its class has");
  }

  /** Fills the object, or calls `put` with each property and private field. */
  push(
    object: object,
    put?: {
      property: (key: string | symbol, descriptor: PropertyDescriptor) => void;
      field: (field: PrivateField, value: unknown) => void;
    },
  ): void {
    const graph = this.#graph;
    const { privates } = this.#shape;
    let at = 0;
    let left = this.#properties;
    if (this.#integrity > 0 || this.#shape.base === "error") {
      graph.push(() => {
        if (this.#shape.base === "error" && put === undefined) giveStack(object as Error);
        if (this.#integrity === 1) Object.preventExtensions(object);
        if (this.#integrity === 2) Object.seal(object);
        if (this.#integrity === 3) Object.freeze(object);
        return false;
      });
    }
    if (this.#privates > 0) {
      graph.push(() => {
        const field = privates[at++]!;
        const value = graph.read();
        if (put === undefined) field.set(object, value);
        else put.field(field, value);
        return at < privates.length;
      });
    }
    if (left === 0) return;
    graph.push(() => {
      const { reader } = graph;
      const key = graph.read();
      if (typeof key !== "string" && typeof key !== "symbol") throw new MalformedError("a property without name");
      const bits = reader.byte();
      const descriptor: PropertyDescriptor = {
        value: graph.read(),
        enumerable: (bits & attribute.enumerable) !== 0,
        writable: (bits & attribute.writable) !== 0,
        configurable: (bits & attribute.configurable) !== 0,
      };
      if (put !== undefined) put.property(key, descriptor);
      else if (!Reflect.defineProperty(object, key, descriptor)) throw new MalformedError(`a second ${String(key)}`);
      return --left > 0;
    });
  }
}

function giveStack(error: Error): void {
  Object.defineProperty(error, "stack", {
    value: `${error.name}: ${error.message}`,
    writable: true,
    configurable: true,
    enumerable: false,
  });
}
