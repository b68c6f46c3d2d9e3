/**
 * What a class says of its methods: which only read, and which objects each touches.
 *
 *     class Bank {
 *       static readonly transactions: Marks = {
 *         reads: ["balance"],
 *         objects: { balance: (account) => [account], transfer: (from, to) => [from, to] },
 *       };
 *     }
 *
 * A method that is not named writes, and touches the whole module. A class without marks is locked whole by every call.
 */
import type { Claim, Mode } from "./locks.ts";

/** Names the objects that a call touches, by its arguments. */
export type Touches = (...args: never[]) => readonly string[];

export interface Marks {
  /** Methods that change nothing. */
  readonly reads?: readonly string[];
  /** Methods that may change something: all that are not in `reads`; naming them makes a slip show. */
  readonly writes?: readonly string[];
  /** By method. A method that is not named here touches the whole module. */
  readonly objects?: Readonly<Record<string, Touches>>;
}

const whole = "";

/** What a method claims. */
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

  /** In the order in which all calls claim, so that calls of one kind do not wait for one another in a circle. */
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
 *
 * @throws TypeError that names class and method, for a mark of a method that there is not, or that is marked twice.
 */
export function marksOf(type: object, procedures: readonly string[]): ReadonlyMap<string, MethodMarks> {
  const { name, transactions } = type as { name: string; transactions?: Marks };
  const { reads = [], writes = [], objects = {} } = transactions ?? {};
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

/** The name with the longest common beginning, if that is at least half of it. */
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
