/**
 * The marks of a class: which of its methods only read, and which objects each method touches.
 *
 *     class Bank {
 *       static readonly transactions: Marks = {
 *         reads: ["balance"],
 *         objects: { balance: (account) => [account], transfer: (from, to) => [from, to] },
 *       };
 *     }
 *
 * A method without a mark writes, and touches the whole module. Every call locks the whole of a class without marks.
 */
import type { Claim, Mode } from "./locks.ts";

/** The names of the objects that a call touches, computed from its arguments. */
export type Touches = (...args: never[]) => readonly string[];

export interface Marks {
  /** Methods that do not change the state. */
  readonly reads?: readonly string[];
  /** Methods that may change the state: all methods outside `reads`. Naming them lets a misspelt name be found. */
  readonly writes?: readonly string[];
  /** By the name of the method. A method without an entry touches the whole module. */
  readonly objects?: Readonly<Record<string, Touches>>;
}

const whole = "";

/** The claims of a method. */
export class MethodMarks {
  readonly reads: boolean;
  readonly #touches: Touches | undefined;
  readonly #whole: readonly Claim[];
  readonly #mode: Mode;

  constructor(reads: boolean, touches: Touches | undefined) {
    this.reads = reads;
    this.#touches = touches;
    this.#mode = reads ? "shared" : "exclusive";
    this.#whole = [{ object: whole, mode: this.#mode }];
  }

  /** The claims of a call, sorted: all calls claim in one order, so that single calls do not wait in a circle. */
  claims(args: readonly unknown[]): readonly Claim[] {
    if (this.#touches === undefined) return this.#whole;
    const objects = [...new Set(this.#touches(...(args as never[])))].sort((a, b) => (a < b ? -1 : 1));
    const intention: Mode = this.reads ? "intend-shared" : "intend-exclusive";
    return [
      { object: whole, mode: intention },
      ...objects.map((object) => ({ object: `.${object}`, mode: this.#mode })),
    ];
  }
}

/**
 * The marks of a class, by procedure.
 * @throws TypeError, naming class and method, if a marked method does not exist or is marked twice, or if marks have no
 *   such form
 */
export function marksOf(type: object, procedures: readonly string[]): ReadonlyMap<string, MethodMarks> {
  const { name, transactions } = type as { name: string; transactions?: object };
  // A static field of that name may be the class's own.
  const isMarks = transactions !== undefined && Object.getPrototypeOf(transactions) === Object.prototype;
  const marks: Marks = isMarks ? transactions : {};
  checkForm(name, marks);
  const { reads = [], writes = [], objects = {} } = marks;
  for (const method of [...reads, ...writes, ...Object.keys(objects)]) {
    if (procedures.includes(method)) continue;
    const near = nearest(method, procedures);
    const hint = near === undefined ? `it has ${procedures.join(", ")}` : `did you mean ${near}?`;
    throw new TypeError(`class ${name} marks the method ${method}, which it has not; ${hint}`);
  }
  for (const method of reads) {
    if (writes.includes(method)) {
      throw new TypeError(
        `class ${name} marks the method ${method} both as reading and as writing; expected one of them`,
      );
    }
  }
  return new Map(
    procedures.map((method) => {
      const touches = Object.hasOwn(objects, method) ? objects[method] : undefined;
      return [method, new MethodMarks(reads.includes(method), touches)];
    }),
  );
}

function checkForm(name: string, marks: Marks): void {
  const { reads = [], writes = [], objects = {}, ...others } = marks;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined)
    throw new TypeError(`class ${name} has marks named ${unknown}; expected reads, writes, objects`);
  for (const [key, list] of Object.entries({ reads, writes }))
    if (!Array.isArray(list)) throw new TypeError(`class ${name} marks as ${key} no list of methods; expected ["..."]`);
  for (const [method, touches] of Object.entries<unknown>(objects))
    if (typeof touches !== "function")
      throw new TypeError(`class ${name} marks objects of ${method} that are no function of its arguments`);
}

/** The name with the longest common beginning, if that beginning is at least half of `name`. */
function nearest(name: string, names: readonly string[]): string | undefined {
  let best: string | undefined = undefined;
  let most = Math.ceil(name.length / 2) - 1;
  for (const other of names) {
    let common = 0;
    while (common < name.length && name[common]?.toLowerCase() === other[common]?.toLowerCase()) common++;
    if (common > most) [best, most] = [other, common];
  }
  return best;
}
