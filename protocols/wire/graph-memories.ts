/**
 * Bytes in a graph: ArrayBuffers, and typed arrays and Buffers on them, which may have their bytes in common.
 *
 * A view of a whole ArrayBuffer stands for it. A Buffer is carried by its own bytes alone, since Node cuts short ones
 * out of a memory that they share with strangers.
 */
import type { Output } from "./graph-frames.ts";
import { bytesOf, type Bytes } from "./inside.ts";
import type { Numbers } from "./numbers.ts";
import { hasExtraKeys } from "./properties.ts";
import { shapeOf, views } from "./shapes.ts";
import { tag } from "./tags.ts";

const shared = "is on a SharedArrayBuffer, which is shared by threads of one process; use an ArrayBuffer";

/** Bytes of an ArrayBuffer that have been written with an object. */
interface Range {
  readonly from: number;
  readonly to: number;
  readonly object: number;
}

interface Graph extends Output {
  readonly numbers: Numbers;
  special(value: object, shape: ReturnType<typeof shapeOf>): void;
}

export class Memories {
  readonly #graph: Graph;
  readonly #ranges = new Map<ArrayBuffer, Range[]>();

  constructor(graph: Graph) {
    this.#graph = graph;
  }

  /** Writes an ArrayBuffer, a typed array, a DataView or a Buffer of no class of the user's. */
  write(value: object, name: string): void {
    const graph = this.#graph;
    if (value instanceof ArrayBuffer) return this.#memory(value);
    const view = value as ArrayBufferView;
    if (!(view.buffer instanceof ArrayBuffer)) graph.refuse(shared);
    const { writer } = graph;
    const known = this.#ranges.has(view.buffer as ArrayBuffer);
    const whole = view.byteLength === view.buffer.byteLength;
    const bare = Object.isExtensible(view) && !hasExtraKeys(view);
    const bytes = view as Uint8Array;
    if (bare && name === "Uint8Array" && whole && !known) {
      this.#add(view, graph.numbers.of(value)!);
      writer.byte(tag.bytes);
    } else if (bare && name === "Buffer" && !this.#contains(view)) {
      if (this.#overlaps(view)) this.#refuseOverlap();
      this.#add(view, graph.numbers.of(value)!);
      writer.byte(tag.buffer);
    } else {
      graph.special(value, shapeOf(Object.getPrototypeOf(value) as object));
      return;
    }
    writer.integer(bytes.length);
    writer.copy(bytes);
  }

  /** The kind of a view, the memory that it is on, and its place there. */
  view(value: ArrayBufferView): void {
    const { writer } = this.#graph;
    const bytes = bytesOf(value);
    const { buffer, byteOffset, byteLength } = bytes;
    if (!(buffer instanceof ArrayBuffer)) this.#graph.refuse(shared);
    writer.byte(views.findIndex((name) => value instanceof globalThis[name]));
    const range = this.#contains(bytes);
    if (range !== undefined) {
      writer.byte(tag.reference);
      writer.integer(range.object);
      writer.integer(byteOffset - range.from);
    } else if (this.#overlaps(bytes)) this.#refuseOverlap();
    else {
      this.#graph.numbers.add(buffer);
      this.#memory(buffer);
      writer.integer(byteOffset);
    }
    writer.integer(byteLength);
  }

  #memory(buffer: ArrayBuffer): void {
    const { writer, numbers } = this.#graph;
    const [before] = this.#ranges.get(buffer) ?? [];
    if ((buffer as { resizable?: boolean }).resizable === true)
      this.#graph.refuse("is a resizable ArrayBuffer, which cannot be externalized; use one of fixed length");
    if (Object.isExtensible(buffer) === false || Reflect.ownKeys(buffer).length > 0)
      this.#graph.refuse("has properties of its own, which cannot be externalized; hold them beside the ArrayBuffer");
    writer.byte(tag.memory);
    if (before !== undefined) {
      if (before.from > 0 || before.to < buffer.byteLength) this.#refuseOverlap();
      // The memory behind a typed array that came before.
      writer.integer(1);
      writer.integer(before.object);
      return;
    }
    this.#ranges.set(buffer, [{ from: 0, to: buffer.byteLength, object: numbers.of(buffer)! }]);
    writer.integer(0);
    writer.integer(buffer.byteLength);
    writer.copy(new Uint8Array(buffer));
  }

  #add({ buffer, byteOffset, byteLength }: ArrayBufferView, object: number): void {
    const range = { from: byteOffset, to: byteOffset + byteLength, object };
    const ranges = this.#ranges.get(buffer as ArrayBuffer);
    if (ranges === undefined) this.#ranges.set(buffer as ArrayBuffer, [range]);
    else if (byteLength > 0) ranges.push(range);
  }

  #contains({ buffer, byteOffset, byteLength }: Bytes): Range | undefined {
    const ranges = this.#ranges.get(buffer as ArrayBuffer);
    return ranges?.find(({ from, to }) => from <= byteOffset && byteOffset + byteLength <= to);
  }

  #overlaps({ buffer, byteOffset, byteLength }: Bytes): boolean {
    const ranges = this.#ranges.get(buffer as ArrayBuffer) ?? [];
    return ranges.some(({ from, to }) => from < byteOffset + byteLength && byteOffset < to);
  }

  #refuseOverlap(): never {
    this.#graph.refuse(
      "has a part of its bytes in common with an earlier typed array, which cannot be externalized; hold the longest first",
    );
  }
}
