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
  readonly from: number;
  readonly to: number;
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

/** Cuts bytes into pieces of about `size` bytes: size / 4 <= length <= 4 size, except for the last piece. */
export function cut(bytes: Uint8Array, size: number): Piece[] {
  const pieces: Piece[] = [];
  for (let from = 0; from < bytes.length;) {
    const to = border(bytes, from, size) ?? bytes.length;
    pieces.push({ from, to, digest: digest(bytes, from, to) });
    from = to;
  }
  return pieces;
}

/** Where the piece ends that begins at `from`; undefined if it does not end within the bytes. */
function border(bytes: Uint8Array, from: number, size: number): number | undefined {
  const mask = 2 ** Math.max(1, Math.round(Math.log2(size))) - 1;
  const longest = from + Math.max(1, size * 4);
  const end = Math.min(bytes.length, longest);
  let to = Math.min(end, from + shortestPiece(size));
  let hash = 0;
  for (let at = Math.max(from, to - 32); at < to; at++) hash = ((hash << 1) + gear[bytes[at]!]!) | 0;
  while (to < end && (hash & mask) !== 0) hash = ((hash << 1) + gear[bytes[to++]!]!) | 0;
  return to < bytes.length || to === longest ? to : undefined;
}

/** A piece with its bytes. */
export interface CutPiece {
  readonly bytes: Uint8Array;
  readonly digest: number;
}

/** Cuts bytes that come one part after the other into the pieces that `cut` makes of the whole. */
export class Cutter {
  readonly pieces: CutPiece[] = [];
  readonly #size: number;
  /** The beginning of the next piece. */
  #rest = new Uint8Array(0);

  constructor(size: number) {
    this.#size = size;
  }

  add(part: Uint8Array): void {
    const bytes = new Uint8Array(this.#rest.length + part.length);
    bytes.set(this.#rest);
    bytes.set(part, this.#rest.length);
    let from = 0;
    for (;;) {
      const to = border(bytes, from, this.#size);
      if (to === undefined) break;
      this.#push(bytes.slice(from, to));
      from = to;
    }
    this.#rest = bytes.slice(from);
  }

  /** The bytes have come to their end. */
  end(): void {
    if (this.#rest.length > 0) this.#push(this.#rest);
    this.#rest = new Uint8Array(0);
  }

  #push(bytes: Uint8Array): void {
    this.pieces.push({ bytes, digest: digest(bytes) });
  }
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
