/**
 * The state of a module: externalized at an old member, internalized at a new member.
 *
 * Source: get_state, dissertation, chapter 6. An ordinary class needs no change: its state is whatever can be reached
 * from the fields of the instance, private fields included (wire/graph-writer.ts). A class may say itself what its
 * state is, with two methods under the symbols `getState` and `setState`, or under these names if it has both. They are
 * not procedures. A compiled interface (`troupe stubs`) may know the type of the state.
 */
import { MalformedError, Reader, Writer } from "../wire/bytes.ts";
import { readModule, writeModule } from "../wire/graph-module.ts";
import { GraphReader } from "../wire/graph-reader.ts";
import { GraphWriter } from "../wire/graph-writer.ts";
import { Refusal } from "../wire/refusal.ts";
import { hides, make, shapeOf } from "../wire/shapes.ts";
import type { StateForm } from "./interface.ts";
import { stateMethods, type StateMethods } from "./module.ts";

/** Values that are read or written in one step: some milliseconds. */
export const valuesInStep = 4096;
/** Bytes that are written in one step. */
const bytesInStep = 2 ** 22;

const remedy = "give the class methods getState and setState";

/** Whether the module's state is noted and brought back as a whole, since single changes of it cannot be seen. */
export function isWhole(module: object): boolean {
  const prototype = Object.getPrototypeOf(module) as object;
  return stateMethods(module) !== undefined || hides(prototype) || shapeOf(prototype).base !== "object";
}

/**
 * Externalizes a state in steps. While the module executes calls, what is written is no state, but has much in common
 * with one.
 */
export class StateWriter {
  readonly #writer = new Writer();
  readonly #graph: GraphWriter | undefined;

  /** @throws TypeError for a state that cannot be externalized, with the names of class and field, and the remedy */
  constructor(module: object, form?: StateForm) {
    const { name } = module.constructor;
    this.#writer.begin(0);
    const methods = stateMethods(module);
    if (form !== undefined) {
      named(() => form.externalize(this.#writer, methods === undefined ? { ...module } : methods.get()));
      return;
    }
    const graph = new GraphWriter(this.#writer, name);
    named(() => {
      if (methods !== undefined) graph.write(ordered(module, methods.get()));
      else if (hasObjects(module)) graph.write(ordered(module, { ...module }));
      else writeModule(graph, module);
    });
    this.#graph = graph;
  }

  /** Writes on; whether the state is whole. @throws TypeError as the constructor */
  step(values = valuesInStep): boolean {
    return this.#graph === undefined || named(() => this.#graph!.step(values, bytesInStep));
  }

  /** The number of bytes that have not been taken. */
  get length(): number {
    return this.#writer.at;
  }

  /** As `take`, but the bytes are valid until the next step only. */
  drain(): Uint8Array {
    const bytes = this.#writer.written;
    this.#writer.begin(0);
    return bytes;
  }

  /** The bytes that have been written since they were taken last. */
  take(): Uint8Array {
    const bytes = this.#writer.finish();
    this.#writer.begin(0);
    return bytes;
  }

  /** All bytes that have not been taken. @throws TypeError as the constructor */
  finish(): Uint8Array {
    while (!this.step(Infinity));
    return this.take();
  }
}

function named<T>(write: () => T): T {
  try {
    return write();
  } catch (error) {
    if (error instanceof Refusal) throw new TypeError(`state of ${error.message}`);
    if (error instanceof TypeError) throw new TypeError(`state of ${error.message}; ${remedy}`);
    throw error;
  }
}

/** Internalizes a state in steps. The module has it when the last step is done. */
export class StateReader {
  readonly #graph: GraphReader | undefined;
  readonly #install: () => void;

  /** @throws MalformedError */
  constructor(module: object, bytes: Uint8Array, form?: StateForm) {
    const reader = new Reader(bytes, 0);
    const methods = stateMethods(module);
    if (form !== undefined || methods !== undefined || hasObjects(module)) {
      this.#graph = form === undefined ? new GraphReader(reader) : undefined;
      const state = this.#graph === undefined ? form!.internalize(reader) : this.#graph.read();
      this.#install = () => {
        if (methods === undefined) assign(module, state as object);
        else take(module, methods, state);
      };
    } else {
      this.#graph = new GraphReader(reader);
      const fields = readModule(this.#graph, module);
      this.#install = () => fields.install();
    }
  }

  /** Reads on; whether the module has the state. @throws MalformedError, also for what `setState` raises */
  step(values = valuesInStep): boolean {
    if (this.#graph !== undefined && !this.#graph.step(values)) return false;
    this.#graph?.reader.end();
    this.#install();
    return true;
  }
}

/** @throws MalformedError for what the class raises */
function take(module: object, methods: StateMethods, state: unknown): void {
  try {
    methods.set(state);
  } catch (error) {
    const { name, message } = error instanceof Error ? error : { name: "", message: String(error) };
    throw new MalformedError(`setState of ${module.constructor.name} raised ${name}: ${message}`);
  }
}

/**
 * Externalizes the module's state.
 *
 * @throws TypeError for a state that cannot be externalized, with the names of class and field
 */
export function externalizeState(module: object, form?: StateForm): Uint8Array {
  return new StateWriter(module, form).finish();
}

/** Replaces the module's state by a state that was externalized at another member. */
export function internalizeState(module: object, bytes: Uint8Array, form?: StateForm): void {
  const state = new StateReader(module, bytes, form);
  while (!state.step(Infinity));
}

/**
 * The fields in a state of the module, by their names, for comparisons; private ones with their `#`. The module stays
 * as it is.
 *
 * @throws MalformedError
 */
export function fieldsIn(module: object, bytes: Uint8Array): Readonly<Record<string, unknown>> {
  const graph = new GraphReader(new Reader(bytes, 0));
  const wholeOf = <T>(value: T): T => {
    while (!graph.step(Infinity));
    return value;
  };
  if (stateMethods(module) !== undefined || hasObjects(module)) return { state: wholeOf(graph.read()) };
  const prototype = Object.getPrototypeOf(module) as object;
  const shape = shapeOf(prototype);
  const inner = { map: () => new Map(), set: () => new Set(), array: () => [] as unknown[] };
  const copy = make(shape, prototype, inner[shape.base as keyof typeof inner]);
  return wholeOf(readModule(graph, copy)).list();
}

function assign(module: object, state: object): void {
  for (const field of Object.keys(module)) {
    if (!Object.hasOwn(state, field)) delete (module as Record<string, unknown>)[field];
  }
  Object.assign(module, state);
}

/** Whether the class names the objects that its methods touch (transaction/marks.ts). */
export function hasObjects(module: object): boolean {
  const { transactions } = module.constructor as { transactions?: { objects?: unknown } };
  return transactions?.objects !== undefined;
}

/**
 * The value, with fields and entries in a canonical order if the class names the objects of its methods. Transactions
 * on different objects may come in different orders at different members, and so may the fields that they add. The
 * order is then no part of the state.
 */
function ordered(module: object, value: unknown): unknown {
  return hasObjects(module) ? sorted(value, new Map()) : value;
}

function sorted(value: unknown, copies: Map<object, unknown>): unknown {
  if (typeof value !== "object" || value === null) return value;
  const known = copies.get(value);
  if (known !== undefined) return known;
  const copied = <T extends object>(copy: T): T => {
    copies.set(value, copy);
    return copy;
  };
  const byName = ([a]: [unknown, unknown], [b]: [unknown, unknown]): number => (String(a) < String(b) ? -1 : 1);
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Array.prototype) {
    const copy = copied<unknown[]>([]);
    for (const each of value as unknown[]) copy.push(sorted(each, copies));
    return copy;
  }
  if (prototype === Map.prototype) {
    const copy = copied(new Map<unknown, unknown>());
    const entries = [...(value as Map<unknown, unknown>)].sort(byName);
    for (const [key, each] of entries) copy.set(key, sorted(each, copies));
    return copy;
  }
  if (prototype === Set.prototype)
    return copied(new Set([...(value as Set<unknown>)].sort((a, b) => (String(a) < String(b) ? -1 : 1))));
  if (prototype !== Object.prototype) return value;
  const copy = copied<Record<string, unknown>>({});
  for (const [key, each] of Object.entries(value).sort(byName)) {
    Object.defineProperty(copy, key, {
      value: sorted(each, copies),
      enumerable: true,
      writable: true,
      configurable: true,
    });
  }
  return copy;
}
