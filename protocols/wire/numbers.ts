/**
 * The numbers of objects, in the order in which they are met: for the writer of a graph, and for its reader. A table of
 * a million entries that grows stands still for a tenth of a second. So there are several, each of which grows only so
 * far.
 */
import { MalformedError } from "./bytes.ts";

const most = 2 ** 19;

export class Numbers {
  #newest = new Map<object, number>();
  readonly #full: Map<object, number>[] = [];
  #count = 0;

  /** The number of an object; undefined if it has not been met. */
  of(object: object): number | undefined {
    const number = this.#newest.get(object);
    if (number !== undefined) return number;
    for (let i = this.#full.length - 1; i >= 0; i--) {
      const found = this.#full[i]!.get(object);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  add(object: object): void {
    if (this.#newest.size === most) {
      this.#full.push(this.#newest);
      this.#newest = new Map();
    }
    this.#newest.set(object, this.#count++);
  }
}

/** Objects by their numbers. An array of millions that grows would stand still. */
export class Objects {
  readonly #blocks: object[][] = [];
  count = 0;

  add(object: object | undefined): number {
    const number = this.count++;
    if ((number & 0xffff) === 0) this.#blocks.push([]);
    this.#blocks.at(-1)!.push(object as object);
    return number;
  }

  set(number: number, object: object): void {
    this.#blocks[number >>> 16]![number & 0xffff] = object;
  }

  of(number: number): object {
    const object = this.#blocks[Math.floor(number / 0x10000)]?.[number & 0xffff];
    if (object === undefined) throw new MalformedError(`no object ${number}`);
    return object;
  }
}
