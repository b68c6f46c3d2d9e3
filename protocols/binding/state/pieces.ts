/**
 * Divides a state into pieces whose borders depend on the contents, so that two states of one module share most pieces.
 *
 * A newcomer fetches the pieces of a donor's state while the donor continues to execute calls. When the members are
 * frozen, the newcomer fetches only the pieces that it lacks. A border lies where a rolling hash of the last 32 bytes
 * has low bits 0.
 *
 * Source: the gear hash of FastCDC, Xia et al. 2016. An insertion moves the later borders along with the bytes, and
 * leaves the later pieces unchanged.
 */
export interface Piece {
  readonly bytes: Uint8Array;
  readonly digest: number;
}

const gear = Uint32Array.from({ length: 256 }, (_, byte) => {
  let mixed = Math.imul(byte + 1, 0x9e3779b1);
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
});

/** The length in bytes of the shortest piece, for pieces of about `size` bytes. Only the last piece may be shorter. */
export function shortestPiece(size: number): number {
  return Math.max(1, size >>> 2);
}

/**
 * Cuts bytes that come one part after the other into pieces of about `size` bytes: size / 4 <= length <= 4 size, except
 * for the last piece. What parts the bytes come in does not matter.
 */
export class Cutter {
  readonly pieces: Piece[] = [];
  readonly #shortest: number;
  readonly #longest: number;
  readonly #mask: number;
  /** What has come of the next piece, in an array that is used again. */
  #bytes = new Uint8Array(0);
  #length = 0;
  /** The next byte that may end the piece, and the rolling hash of those before it. */
  #at = 0;
  #hash = 0;

  constructor(size: number) {
    this.#shortest = shortestPiece(size);
    this.#longest = Math.max(1, size * 4);
    this.#mask = 2 ** Math.max(1, Math.round(Math.log2(size))) - 1;
  }

  /** The part is copied. */
  add(part: Uint8Array): void {
    const length = this.#length + part.length;
    if (this.#bytes.length < length) {
      // A state of few bytes comes in one part, and pays for no more than its length.
      const wider = new Uint8Array(Math.max(length, 2 * this.#bytes.length));
      wider.set(this.#bytes.subarray(0, this.#length));
      this.#bytes = wider;
    }
    this.#bytes.set(part, this.#length);
    this.#length = length;
    let from = 0;
    for (let to = this.#border(from); to !== undefined; to = this.#border(from)) {
      this.#push(from, to);
      from = to;
    }
    this.#bytes.copyWithin(0, from, length);
    this.#length -= from;
    this.#at = Math.max(0, this.#at - from);
  }

  /** The bytes have come to their end. */
  end(): void {
    if (this.#length > 0) this.#push(0, this.#length);
    this.#length = 0;
    this.#bytes = new Uint8Array(0);
  }

  /** Where the piece ends that begins at `from`; undefined if its end has not come. */
  #border(from: number): number | undefined {
    const bytes = this.#bytes;
    const length = this.#length;
    const mask = this.#mask;
    let at = this.#at;
    let hash = this.#hash;
    if (at <= from) {
      at = from + this.#shortest;
      if (at > length) return undefined;
      hash = 0;
      for (let i = Math.max(from, at - 32); i < at; i++) hash = ((hash << 1) + gear[bytes[i]!]!) | 0;
    }
    const longest = from + this.#longest;
    const end = Math.min(length, longest);
    while (at < end && (hash & mask) !== 0) hash = ((hash << 1) + gear[bytes[at++]!]!) | 0;
    this.#at = at;
    this.#hash = hash;
    if (at === length && at < longest) return undefined;
    this.#at = 0;
    return at;
  }

  #push(from: number, to: number): void {
    const bytes = this.#bytes.slice(from, to);
    this.pieces.push({ bytes, digest: digest(bytes) });
  }
}

/** The pieces of a whole state. */
export function cut(bytes: Uint8Array, size: number): readonly Piece[] {
  const cutter = new Cutter(size);
  cutter.add(bytes);
  cutter.end();
  return cutter.pieces;
}

/** The digest of a state, from the digests of its pieces. */
export function digestOf(pieces: readonly Pick<Piece, "digest">[]): number {
  const digests = new DataView(new ArrayBuffer(8 * pieces.length));
  for (const [place, piece] of pieces.entries()) digests.setFloat64(8 * place, piece.digest);
  return digest(new Uint8Array(digests.buffer));
}

/**
 * A digest of 53 bits. It compares states and identifies pieces among members that trust each other, and does not
 * resist attacks.
 */
export function digest(bytes: Uint8Array, from = 0, to = bytes.length): number {
  let a = 0xdeadbeef;
  let b = 0x41c6ce57;
  for (let i = from; i < to; i++) {
    a = Math.imul(a ^ bytes[i]!, 0x9e3779b1);
    b = Math.imul(b ^ bytes[i]!, 0x5f356495);
  }
  a = Math.imul(a ^ (a >>> 16), 0x85ebca6b) ^ Math.imul(b ^ (b >>> 13), 0xc2b2ae35);
  b = Math.imul(b ^ (b >>> 16), 0x85ebca6b) ^ Math.imul(a ^ (a >>> 13), 0xc2b2ae35);
  return (b & 0x1fffff) * 2 ** 32 + (a >>> 0);
}
