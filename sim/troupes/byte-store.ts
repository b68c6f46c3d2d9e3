/** The module of experiments on transfers of state: bytes, each of which a call may change. */

/** A module whose changes commute: its state does not depend on their order. */
export class Store {
  contents: Uint8Array;

  constructor(contents: Uint8Array) {
    this.contents = contents;
  }

  /** Changes one byte. */
  add(at: number): void {
    this.contents[at]!++;
  }
}

/** A state of random bytes, which is cut into pieces as an ordinary state is. */
export function scattered(bytes: number): Uint8Array {
  let x = 1;
  return new Uint8Array(bytes).map(() => (x = (Math.imul(x, 1_103_515_245) + 12_345) >>> 0) >>> 24);
}
