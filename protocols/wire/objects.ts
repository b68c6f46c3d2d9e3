import { MalformedError } from "./bytes.ts";

/** Objects in one list. */
const listBits = 12;
const inList = 2 ** listBits - 1;

/** Objects by their numbers. An array of millions that grows would stand still, and one that grows at all is slow. */
export class Objects {
  readonly #lists: object[][] = [];
  count = 0;

  add(object: object | undefined): number {
    const number = this.count++;
    if ((number & inList) === 0) this.#begin(number);
    this.#lists[number >>> listBits]![number & inList] = object as object;
    return number;
  }

  /** Most graphs are small: only later lists have room for all their objects from the beginning. */
  #begin(number: number): void {
    const list: object[] = [];
    if (number > 0) list.length = inList + 1;
    this.#lists.push(list);
  }

  set(number: number, object: object): void {
    this.#lists[number >>> listBits]![number & inList] = object;
  }

  of(number: number): object {
    const object = this.#lists[Math.floor(number / (inList + 1))]?.[number % (inList + 1)];
    if (object === undefined) throw new MalformedError(`no object ${number}`);
    return object;
  }
}
