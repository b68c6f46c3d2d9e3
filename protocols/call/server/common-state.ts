/**
 * State that belongs to no instance: static fields, what stands at the top of a file, what functions have closed over
 * that ran while files were loaded. A newcomer cannot receive it, for it is common to all instances in one process. A
 * module whose calls change it is refused.
 *
 * What the text of its class shows is refused before the first call. No text shows all such changes: a constant may
 * hold an object with methods. So the state is compared before and after calls: the first, second, fourth, eighth call
 * of each procedure, and so on, so that the cost of a call stays what it is. What weak collections hold nobody can
 * list; but whether they hold an object of the module can be asked, and is, from the start.
 */
import { declared, type Constructor } from "../../wire/declared.ts";
import { imprintOf, isSame, type Imprint } from "./imprint.ts";

/** A class that declares what its modules use although members may see it differently (harness/module/outside.ts). */
export interface Marked {
  readonly outside?: readonly string[];
}

/** One static field, one name at the top of a file, one variable that is closed over. */
interface Place {
  /** Tells places with one name apart. */
  readonly key?: string;
  /** "total of Counter". */
  readonly name: string;
  /** "is static". */
  readonly where: string;
  readonly value: unknown;
  /** Whether it is compared although no file declares its class. */
  readonly opens?: boolean;
}

/** What a place held. */
interface Held extends Place {
  readonly imprint: Imprint;
}

/** What to do about a place. */
function remedyFor(place: string): string {
  return `make it a field of the instance, or say that it does not matter: static outside = ["${place}"]`;
}

const common = "it is common to all instances in a process, and no newcomer receives it";

/** Classes whose instances have nothing in common. */
const without = new WeakSet<object>();

export class CommonState {
  readonly #module: object;
  readonly #types: readonly Constructor[];
  readonly #files: readonly string[];
  readonly #calls = new Map<string, number>();
  /** Places of which the class says that they are the same at all members. */
  readonly #allowed: readonly string[];
  /** Why the module is refused; undefined if no call has changed what is common. */
  #refusal: string | undefined = undefined;

  private constructor(module: object, types: readonly Constructor[], files: readonly string[]) {
    this.#module = module;
    const { outside } = module.constructor as Marked;
    this.#allowed = Array.isArray(outside) ? (outside as readonly string[]) : [];
    this.#types = types;
    this.#files = files;
  }

  /**
   * What a module may have in common with others; undefined if there is nothing of the kind.
   *
   * @throws TypeError if it has something in common that cannot be compared
   */
  static of(module: object): CommonState | undefined {
    if (without.has(module.constructor)) return undefined;
    const types: Constructor[] = [];
    for (let type: unknown = module.constructor; typeof type === "function"; type = Object.getPrototypeOf(type))
      if (type !== Function.prototype) types.push(type as unknown as Constructor);
    const files = declared.filesOf(module.constructor);
    const common = new CommonState(module, types, files);
    if (files.length > 0 || common.#places().length > 0 || declared.weak.length > 0) {
      common.#refuseWritten();
      common.#refuseIterators();
      common.#refuseWeak();
      return common;
    }
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
    const before = this.#held();
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
  #compare(procedure: string, before: readonly Held[]): void {
    this.#refuseWeak();
    const after = new Map(this.#held().map((held) => [keyOf(held), held]));
    const old = new Set(before.map(keyOf));
    const changed =
      before.find((held) => !isUnchanged(held, after.get(keyOf(held)))) ??
      [...after.values()].find((held) => !old.has(keyOf(held)));
    if (changed === undefined) return;
    const { name, where } = changed;
    this.#refuse(`${name} ${where}, and a call of ${procedure} has changed it: ${common}; ${remedyFor(name)}`);
  }

  #refuse(sentence: string): never {
    this.#refusal = sentence;
    throw new TypeError(sentence);
  }

  /** Refuses what the text of the class shows. @throws TypeError */
  #refuseWritten(): void {
    for (const type of this.#types) {
      for (const { name, method, line } of declared.classOf(type)?.writes ?? []) {
        const place = `${name} of ${declared.fileOfClass(type)}`;
        if (this.#isAllowed(place)) continue;
        const where = line === 0 ? "" : ` (line ${line})`;
        this.#refuse(
          `${place} stands at the top of the file${where}, and ${method} of ${type.name} changes it: ${common}; ${remedyFor(place)}`,
        );
      }
    }
  }

  /** Refuses a place that cannot be compared. @throws TypeError */
  #refuseIterators(): void {
    for (const { name, where, value } of this.#places()) {
      if (!isIterator(value)) continue;
      this.#refuse(
        `${name} ${where}, and is an iterator, which stands in the middle of its work in one process only: ${common}; hold the values and the place in fields of the instance`,
      );
    }
  }

  /** Refuses a module of which something is held weakly. @throws TypeError */
  #refuseWeak(): void {
    if (declared.weak.length === 0) return;
    const objects = [this.#module, ...imprintOf(this.#module).objects];
    for (const { collection, kind, place } of declared.weak) {
      if (!objects.some((object) => collection.has(object))) continue;
      const named = this.#places().find(({ value }) => value === collection);
      const name = named?.name ?? `the ${kind} of ${place}`;
      if (this.#isAllowed(name)) continue;
      this.#refuse(
        `${name}${named === undefined ? "" : ` is a ${kind} that`} holds what belongs to an instance of ${this.#module.constructor.name}, whose entries nobody can list: no newcomer receives it; make it a private field (#name) or another field of the class, or say that it does not matter: static outside = ["${name}"]`,
      );
    }
  }

  #isAllowed(name: string): boolean {
    return this.#allowed.includes(name);
  }

  #held(): Held[] {
    return this.#places().map((place) => ({ ...place, imprint: imprintOf(place.value, place.opens) }));
  }

  #places(): Place[] {
    const places = this.#types.flatMap(staticsOf);
    for (const file of this.#files) {
      for (const [name, value] of Object.entries(declared.files.get(file)!.values())) {
        if (typeof value !== "function")
          places.push({ name: `${name} of ${file}`, where: "stands at the top of the file", value });
        else if (!this.#types.includes(value as Constructor)) places.push(...staticsOf(value as Constructor));
      }
    }
    const where = "is closed over by functions at the top of the file";
    for (const [i, { file, name, variables }] of declared.scopes.entries()) {
      if (!this.#files.includes(file)) continue;
      for (const [variable, value] of Object.entries(variables()))
        places.push({ key: `${i} ${variable}`, name: `${variable} in ${name} of ${file}`, where, value });
    }
    for (const [name, value] of declared.platform)
      places.push({ name: `${name} of JavaScript`, where: "is the language's own", value, opens: true });
    return places.filter(({ name }) => !this.#isAllowed(name));
  }
}

function keyOf({ key, name }: Place): string {
  return key ?? name;
}

function staticsOf(type: Constructor): Place[] {
  const places: Place[] = [];
  const add = (object: object, end: string, where: string): void => {
    for (const name of Reflect.ownKeys(object)) {
      const { value } = Object.getOwnPropertyDescriptor(object, name)!;
      if (typeof value === "function" || name === "length" || name === "name" || name === "prototype") continue;
      places.push({ name: `${String(name)} of ${type.name}${end}`, where, value });
    }
  };
  add(type, "", "is static");
  if (typeof type.prototype === "object") add(type.prototype as object, ".prototype", "is in no instance");
  for (const [name, read] of Object.entries(declared.classOf(type)?.statics ?? {}))
    places.push({ name: `${name} of ${type.name}`, where: "is static", value: read() });
  return places;
}

function isIterator(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  const tag: string = Object.prototype.toString.call(value);
  return tag === "[object Generator]" || tag.endsWith(" Iterator]");
}

function isUnchanged(before: Held, after: Held | undefined): boolean {
  return after !== undefined && isSame(before.imprint, after.imprint);
}
