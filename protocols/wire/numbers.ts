/**
 * The numbers of objects, in the order in which they are met, for the writer of a graph.
 *
 * A Map finds an object at a random place: among millions that takes longer than to write the object, and a Map stands
 * still for a tenth of a second as it grows. So objects are found by what they contain (marks.ts), and a Map has only
 * those that contain nothing to find them by, or the same as many others.
 */
import { Marks } from "./marks.ts";
import { Objects } from "./objects.ts";

/** So many objects are in one table, whatever their marks: most graphs are small. */
const few = 2 ** 12;
/** A Map that is full is followed by another: it stands still for some 20 ms when it grows for the last time. */
const most = 2 ** 19;

/** One object in so many is in a Map whatever its mark: if it is met under another mark, objects change meanwhile. */
const sampled = 16;

export class Numbers {
  /** Objects that were met early, and objects that were met again. */
  readonly #near = new Map<object, number>();
  readonly #objects = new Objects();
  #marks: Marks | undefined = undefined;
  /** Whether no object was met under another mark than before. If not, no object is entered by its mark any more. */
  #lasting = true;
  #newest = new Map<object, number>();
  readonly #full: Map<object, number>[] = [];

  /**
   * The number of an object; undefined if it has not been met. `mark`: of its contents, undefined if it has none. An
   * object whose contents have changed since may be met as a new one, but once only.
   */
  of(object: object, mark?: number): number | undefined {
    const near = this.#near.get(object);
    if (near !== undefined || this.#objects.count <= few) return near;
    const number = this.#far(object, mark);
    if (number !== undefined && this.#near.size < 2 * few) this.#near.set(object, number);
    return number;
  }

  #far(object: object, mark: number | undefined): number | undefined {
    const marked = mark === undefined ? "crowded" : this.#marks?.of(object, mark);
    if (typeof marked === "number") return marked;
    let number = this.#newest.get(object);
    for (let i = this.#full.length - 1; number === undefined && i >= 0; i--) number = this.#full[i]!.get(object);
    if (number !== undefined && marked === undefined) this.#lasting = false;
    return number;
  }

  /** The number of an object that was met early or often; undefined of any other. */
  near(object: object): number | undefined {
    return this.#near.get(object);
  }

  /** Gives an object that has not been met the next number. */
  add(object: object, mark?: number): void {
    const number = this.#objects.add(object);
    if (number < few) {
      this.#near.set(object, number);
      return;
    }
    const isMarked =
      mark !== undefined && this.#lasting && (this.#marks ??= new Marks(this.#objects)).add(mark, number);
    if (isMarked && number % sampled !== 0) return;
    if (this.#newest.size === most) {
      this.#full.push(this.#newest);
      this.#newest = new Map();
    }
    this.#newest.set(object, number);
  }
}
