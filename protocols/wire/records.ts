/**
 * Records that never change and are sent again and again, such as the registration of a troupe: a record is
 * externalized once and internalized once, for all processes in this Node process. The bytes on the wire stay as they
 * are.
 */
import type { Reader, Writer } from "./bytes.ts";

interface Known {
  readonly record: object;
  /** The externalized record, without its tag. */
  readonly bytes: Uint8Array;
  readonly view: DataView;
}

/** A change of membership has three or four registrations, and few changes are under way at a time. */
const remembered = 16;
/** A registration of a hundred members. A longer record, which a peer may invent, is not worth its memory. */
const longest = 32_768;

/** The latest records of one kind. */
export class KnownRecords {
  readonly #isRecord: (value: object) => boolean;
  readonly #known: Known[] = [];
  #oldest = 0;

  /** `isRecord`: tells the records from all other objects in the same messages. */
  constructor(isRecord: (value: object) => boolean) {
    this.#isRecord = isRecord;
  }

  /** Writes the object if it is a known record; else answers false. */
  write(writer: Writer, value: object): boolean {
    const known = this.#known.find(({ record }) => record === value);
    if (known === undefined) return false;
    writer.copy(known.bytes);
    return true;
  }

  /** The known record whose bytes stand at `reader.at`, and moves past them; undefined if there is none. */
  read(reader: Reader): object | undefined {
    const message = viewOf(reader.bytes, reader.at);
    // An encoding says where it ends: no other value begins with these bytes.
    const known = this.#known.find(({ view }) => beginsWith(message, view));
    if (known === undefined) return undefined;
    reader.at += known.bytes.length;
    return known.record;
  }

  /** Keeps a record that was written or read, and freezes it; does nothing with any other object. */
  learn(value: object, bytes: Uint8Array, from: number, to: number): void {
    if (to - from > longest || !this.#isRecord(value) || !canBeFrozen(value)) return;
    freeze(value);
    const known = bytes.slice(from, to);
    this.#known[this.#oldest] = { record: value, bytes: known, view: viewOf(known, 0) };
    this.#oldest = (this.#oldest + 1) % remembered;
  }
}

function viewOf({ buffer, byteOffset, length }: Uint8Array, from: number): DataView {
  return new DataView(buffer, byteOffset + from, length - from);
}

function beginsWith(message: DataView, record: DataView): boolean {
  const length = record.byteLength;
  if (length > message.byteLength) return false;
  let at = 0;
  for (; at + 4 <= length; at += 4) if (message.getInt32(at) !== record.getInt32(at)) return false;
  for (; at < length; at++) if (message.getInt8(at) !== record.getInt8(at)) return false;
  return true;
}

/** Whether it is an object that can be changed. */
function isOpen(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Object.isFrozen(value);
}

/** Whether it consists of plain objects and arrays. A peer may put a Map or bytes into a record. */
function canBeFrozen(value: unknown): boolean {
  if (!isOpen(value)) return true;
  const isPlain = Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype;
  return isPlain && Object.values(value).every(canBeFrozen);
}

/** All processes have the same object: a change of it would reach them without a message. */
function freeze(value: unknown): void {
  if (!isOpen(value)) return;
  Object.freeze(value);
  Object.values(value).forEach(freeze);
}
