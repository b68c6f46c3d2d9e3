/**
 * State that belongs to no instance: static fields, and what stands at the top of a file. A newcomer cannot receive it, for
 * it is common to all instances in one process. A module whose calls change it is refused.
 *
 * No text shows such a change for certain: a constant may hold a Map. So the state is compared before and after calls: the
 * first, second, fourth, eighth call of each procedure, and so on, so that the cost of a call stays what it is.
 */
import { Writer } from "../../wire/bytes.ts";
import { declared, type Constructor } from "../../wire/declared.ts";
import { GraphWriter } from "../../wire/graph-writer.ts";
import { Refusal } from "../../wire/refusal.ts";

/** Values of one object that are compared; what is larger is taken for a table that nobody changes. */
const mostValues = 20_000;
const mostBytes = 2 ** 20;

/** One static field, or one name at the top of a file. */
interface Place {
  /** "total of Counter is static". */
  readonly what: string;
  readonly value: unknown;
}

/** What a place held: the value itself, and of an object what can be reached from there. */
interface Imprint extends Place {
  readonly bytes: Uint8Array | undefined;
}

/** Classes whose instances have nothing in common. */
const without = new WeakSet<object>();

export class CommonState {
  readonly #types: readonly Constructor[];
  readonly #files: readonly string[];
  readonly #calls = new Map<string, number>();
  /** Why the module is refused; undefined if no call has changed what is common. */
  #refusal: string | undefined = undefined;

  private constructor(types: readonly Constructor[], files: readonly string[]) {
    this.#types = types;
    this.#files = files;
  }

  /** What a module may have in common with others; undefined if there is nothing of the kind. */
  static of(module: object): CommonState | undefined {
    if (without.has(module.constructor)) return undefined;
    const types: Constructor[] = [];
    for (let type: unknown = module.constructor; typeof type === "function"; type = Object.getPrototypeOf(type))
      if (type !== Function.prototype) types.push(type as unknown as Constructor);
    const files = declared.filesOf(module.constructor);
    const common = new CommonState(types, files);
    if (files.length > 0 || common.#places().length > 0) return common;
    without.add(module.constructor);
    return undefined;
  }

  /**
   * Calls a procedure; what it answers, or a promise of it.
   *
   * @throws TypeError, or rejects with one, if the call, or an earlier call, has changed what is common
   */
  call<T>(procedure: string, call: () => T): T {
    if (this.#refusal !== undefined) throw new TypeError(this.#refusal);
    const count = (this.#calls.get(procedure) ?? 0) + 1;
    this.#calls.set(procedure, count);
    if ((count & (count - 1)) !== 0) return call();
    const before = this.#imprints();
    const compare = (): void => this.#compare(procedure, before);
    let result: T;
    try {
      result = call();
    } catch (error) {
      compare();
      throw error;
    }
    // What changes after the first await is seen at the end; calls that ran meanwhile may have changed it too.
    if (result instanceof Promise) return result.finally(compare) as T;
    compare();
    return result;
  }

  /** @throws TypeError */
  #compare(procedure: string, before: readonly Imprint[]): void {
    const after = new Map(this.#imprints().map((imprint) => [imprint.what, imprint]));
    const old = new Set(before.map(({ what }) => what));
    const changed =
      before.find((imprint) => !isSame(imprint, after.get(imprint.what))) ??
      [...after.values()].find(({ what }) => !old.has(what));
    if (changed === undefined) return;
    this.#refusal = `${changed.what}, and a call of ${procedure} has changed it: it is common to all instances in a process, and no newcomer receives it; make it a field of the instance`;
    throw new TypeError(this.#refusal);
  }

  #imprints(): Imprint[] {
    return this.#places().map(({ what, value }) => ({ what, value, bytes: bytesOf(value) }));
  }

  #places(): Place[] {
    const places = this.#types.flatMap(staticsOf);
    for (const file of this.#files) {
      for (const [name, value] of Object.entries(declared.files.get(file)!.values())) {
        if (typeof value !== "function")
          places.push({ what: `${name} of ${file} stands at the top of the file`, value });
        else if (!this.#types.includes(value as Constructor)) places.push(...staticsOf(value as Constructor));
      }
    }
    return places;
  }
}

function staticsOf(type: Constructor): Place[] {
  const places: Place[] = [];
  const add = (object: object, end: string): void => {
    for (const name of Reflect.ownKeys(object)) {
      const { value } = Object.getOwnPropertyDescriptor(object, name)!;
      if (typeof value === "function" || name === "length" || name === "name" || name === "prototype") continue;
      places.push({ what: `${String(name)} of ${type.name}${end}`, value });
    }
  };
  add(type, " is static");
  if (typeof type.prototype === "object") add(type.prototype as object, ".prototype is in no instance");
  for (const [name, read] of Object.entries(declared.classOf(type)?.statics ?? {}))
    places.push({ what: `${name} of ${type.name} is static`, value: read() });
  return places;
}

/** Undefined for a scalar, and for what is too large or cannot be externalized. */
function bytesOf(value: unknown): Uint8Array | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const writer = new Writer();
  writer.begin(0);
  try {
    const graph = new GraphWriter(writer, "common");
    graph.write(value);
    return graph.step(mostValues, mostBytes) ? writer.finish() : undefined;
  } catch (error) {
    if (error instanceof Refusal) return undefined;
    throw error;
  }
}

function isSame(before: Imprint, after: Imprint | undefined): boolean {
  if (after === undefined || !Object.is(before.value, after.value)) return false;
  const [a, b] = [before.bytes, after.bytes];
  if (a === undefined || b === undefined) return true;
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
