/**
 * Reading and writing bytes: variable-length integers (LEB128, up to 2^53 - 1), big-endian floats and UTF-8.
 *
 * A message is written behind room for the segment header (segment.ts). A message that fits into one segment therefore
 * goes to the network without another copy.
 */
import { asciiOf } from "./ascii.ts";
import { knownName, learnName } from "./names.ts";
import { utf8Length, writePoint } from "./utf8.ts";

/** Bytes that violate the protocol. The receiver counts them and drops the message. */
export class MalformedError extends Error {
  override readonly name = "MalformedError";
}

const highWord = 2 ** 28;

/** The number of characters that are read at a time. */
const piece = 1024;

/**
 * Short messages of a writer share blocks of this many bytes, as Node's small buffers do, and are written where they
 * stay. To make an array with memory of its own takes ten times as long as to write a message, and a copy into a block
 * half as long. A short message in use therefore keeps a few kilobytes in memory.
 */
const blockBytes = 4096;
/** What a block must have left for another message. */
const shortMessage = 512;

export class Writer {
  /** Bytes are written at `at`. A longer array replaces the array when it is full. */
  bytes = new Uint8Array(blockBytes);
  view = new DataView(this.bytes.buffer);
  at = 0;
  /** The number of nested values of recursive types that are being written (wire/standard/constructed.ts). */
  depth = 0;
  #block = this.bytes;
  #memory = this.bytes.buffer;
  #viewOfBlock = this.view;
  /** Bytes of the block that belong to earlier messages. */
  #used = 0;
  /** Where messages are written that do not fit into the block; they get an array of their own at the end. */
  #scratch = this.bytes;

  /** Starts a message. Its first `room` bytes stay free. */
  begin(room: number): void {
    if (this.#used + shortMessage > blockBytes) this.#openBlock();
    else if (this.bytes !== this.#block) this.#leaveScratch();
    this.at = this.#used + room;
    this.depth = 0;
  }

  /** The message since `begin`, with the room in front. No other message shares these bytes. */
  finish(): Uint8Array {
    const from = this.#used;
    if (this.bytes !== this.#block) return this.bytes.slice(from, this.at);
    this.#used = this.at;
    return new Uint8Array(this.#memory, from, this.at - from);
  }

  /** The message so far, with the room in front: a view of bytes that the next message is written over. */
  get written(): Uint8Array {
    return this.bytes.subarray(this.#used, this.at);
  }

  #openBlock(): void {
    this.#block = new Uint8Array(blockBytes);
    this.#memory = this.#block.buffer;
    this.#viewOfBlock = new DataView(this.#memory);
    this.#used = 0;
    this.#leaveScratch();
  }

  #leaveScratch(): void {
    this.bytes = this.#block;
    this.view = this.#viewOfBlock;
  }

  /** Makes room for `count` more bytes. */
  reserve(count: number): void {
    if (this.at + count > this.bytes.length) this.#grow(count);
  }

  /** A long message goes on in another array, at the same place. */
  #grow(count: number): void {
    const needed = this.at + count;
    if (this.#scratch.length < needed) this.#scratch = new Uint8Array(Math.max(this.bytes.length * 2, needed));
    this.#scratch.set(this.bytes.subarray(this.#used, this.at), this.#used);
    this.bytes = this.#scratch;
    this.view = new DataView(this.bytes.buffer);
  }

  byte(value: number): void {
    this.reserve(1);
    this.bytes[this.at++] = value;
  }

  /** A non-negative safe integer. */
  integer(value: number): void {
    this.reserve(8);
    const bytes = this.bytes;
    let at = this.at;
    while (value >= highWord) {
      bytes[at++] = (value % 128) + 128;
      value = Math.floor(value / 128);
    }
    while (value >= 128) {
      bytes[at++] = (value & 127) | 128;
      value >>>= 7;
    }
    bytes[at++] = value;
    this.at = at;
  }

  /**
   * A float in 8 bytes. Every NaN is written with the same bits, since members with equal answers must send equal
   * bytes: the bits of a computed NaN depend on processor and compiler.
   */
  float(value: number): void {
    this.reserve(8);
    if (Number.isNaN(value)) {
      this.view.setUint32(this.at, 0x7ff80000);
      this.view.setUint32(this.at + 4, 0);
    } else this.view.setFloat64(this.at, value);
    this.at += 8;
  }

  copy(source: Uint8Array, from = 0, to = source.length): void {
    const count = to - from;
    this.reserve(count);
    // For the few bytes of a call path, a loop is faster than a view and `set`.
    if (count < 48) for (let i = from; i < to; i++) this.bytes[this.at++] = source[i]!;
    else {
      this.bytes.set(source.subarray(from, to), this.at);
      this.at += count;
    }
  }

  /** The length in bytes, then the string in UTF-8. A lone surrogate is written like a character (WTF-8), and arrives. */
  text(value: string): void {
    const length = value.length;
    if (length < 128 && this.#ascii(value, length)) return;
    this.integer(utf8Length(value));
    this.characters(value);
  }

  /** A string in UTF-8, without its length. */
  characters(value: string): void {
    const { length } = value;
    this.reserve(length * 3);
    for (let i = 0; i < length; i++) {
      const point = value.codePointAt(i)!;
      if (point > 0xffff) i++;
      this.at = writePoint(this.bytes, this.at, point);
    }
  }

  /** Writes a short string of ASCII. Answers false, and writes nothing, if the string is long or not ASCII. */
  #ascii(value: string, length: number): boolean {
    this.reserve(length + 1);
    const bytes = this.bytes;
    const at = this.at;
    for (let i = 0; i < length; i++) {
      const unit = value.charCodeAt(i);
      if (unit >= 128) return false;
      bytes[at + 1 + i] = unit;
    }
    bytes[at] = length;
    this.at = at + 1 + length;
    return true;
  }
}

const eight = new Uint8Array(8);
const viewOfEight = new DataView(eight.buffer);

/** Reads one message from `at` on. Its methods throw MalformedError where bytes are missing or wrong. */
export class Reader {
  bytes: Uint8Array;
  at: number;
  /** The number of nested values of recursive types that are being read (wire/standard/constructed.ts). */
  depth = 0;

  constructor(bytes: Uint8Array, at: number) {
    this.bytes = bytes;
    this.at = at;
  }

  /** Begins with another message. */
  begin(bytes: Uint8Array, at: number): this {
    // Members of a troupe get the same message, one after the other. To compare takes less than to store.
    if (this.bytes !== bytes) this.bytes = bytes;
    this.at = at;
    this.depth = 0;
    return this;
  }

  get left(): number {
    return this.bytes.length - this.at;
  }

  byte(): number {
    if (this.at >= this.bytes.length) throw new MalformedError(`message ends at byte ${this.at}`);
    return this.bytes[this.at++]!;
  }

  integer(): number {
    const byte = this.bytes[this.at]!;
    // Where the message ends there is no byte, which is not below 128 either.
    if (byte < 128) {
      this.at++;
      return byte;
    }
    return this.#longInteger();
  }

  #longInteger(): number {
    let byte = this.byte();
    let value = byte & 127;
    for (let scale = 128; ; scale *= 128) {
      byte = this.byte();
      value += (byte & 127) * scale;
      if (byte < 128) break;
      if (scale > 2 ** 42) throw new MalformedError(`integer too long at byte ${this.at}`);
    }
    if (value > Number.MAX_SAFE_INTEGER) throw new MalformedError(`integer too large at byte ${this.at}`);
    return value;
  }

  float(): number {
    this.need(8);
    // A new view for each message would cost more than these eight moves.
    for (let i = 0; i < 8; i++) eight[i] = this.bytes[this.at++]!;
    return viewOfEight.getFloat64(0);
  }

  /** A view of the next `count` bytes, without a copy. */
  view(count: number): Uint8Array {
    this.need(count);
    return this.bytes.subarray(this.at, (this.at += count));
  }

  text(): string {
    return this.textOf(this.integer());
  }

  /** A string of `length` bytes in UTF-8. */
  textOf(length: number): string {
    this.need(length);
    const end = this.at + length;
    let text = this.#ascii(end);
    if (length <= piece) {
      while (this.at < end) text += String.fromCodePoint(this.#point(end));
      return text;
    }
    // A string that grows by single characters takes thirty times its length in memory. Therefore pieces are joined.
    const points: number[] = [];
    while (this.at < end) {
      points.push(this.#point(end));
      if (points.length < piece && this.at < end) continue;
      text += String.fromCodePoint(...points);
      points.length = 0;
    }
    return text;
  }

  /** A string that was probably read before, such as the name of a field. A known string is not made again. */
  name(): string {
    const { at } = this;
    const known = knownName(this.bytes, at);
    if (known === undefined) return learnName(this.bytes, at, this.text());
    this.at += known.length + 1;
    return known;
  }

  /**
   * The ASCII characters from here on, but not much more than one piece: a string that grows longer takes many times
   * its length in memory.
   */
  #ascii(end: number): string {
    const text = asciiOf(this.bytes, this.at, Math.min(end, this.at + piece));
    this.at += text.length;
    return text;
  }

  #point(end: number): number {
    const lead = this.byte();
    if (lead < 0x80) return lead;
    const more = lead >= 0xf0 ? 3 : lead >= 0xe0 ? 2 : 1;
    if (lead < 0xc2 || lead > 0xf4 || this.at + more > end)
      throw new MalformedError(`bad UTF-8 at byte ${this.at - 1}`);
    let point = lead & (0x3f >> more);
    for (let i = 0; i < more; i++) {
      const next = this.byte();
      if ((next & 0xc0) !== 0x80) throw new MalformedError(`bad UTF-8 at byte ${this.at - 1}`);
      point = (point << 6) | (next & 63);
    }
    const least = more === 1 ? 0x80 : more === 2 ? 0x800 : 0x10000;
    if (point < least || point > 0x10ffff) {
      throw new MalformedError(`bad UTF-8 at byte ${this.at - 1}`);
    }
    return point;
  }

  /**
   * Checks that the message ends here.
   *
   * @throws MalformedError if bytes are left
   */
  end(): void {
    if (this.left > 0) throw new MalformedError(`${this.left} bytes too many from byte ${this.at} on`);
  }

  /** @throws MalformedError unless `count` bytes are left */
  need(count: number): void {
    if (count > this.left)
      throw new MalformedError(`message ends at byte ${this.bytes.length}, ${count} more expected`);
  }
}
