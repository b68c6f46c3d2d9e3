/** Built-in objects of a graph, made from what they keep inside. */
import { MalformedError } from "./bytes.ts";
import { views } from "./shapes.ts";
import type { Input } from "./graph-tail.ts";

/** @throws MalformedError */
export function expression(input: Input): RegExp {
  const { reader } = input;
  try {
    const made = new RegExp(reader.text(), reader.text());
    made.lastIndex = Number(input.read());
    return made;
  } catch (error) {
    if (error instanceof SyntaxError) throw new MalformedError(error.message);
    throw error;
  }
}

/**
 * A view of `length` bytes of a memory, or of the bytes that another view has.
 *
 * @throws MalformedError
 */
export function view(kind: number, memory: object, from: number, length: number): object {
  const name = views[kind];
  if (name === undefined) throw new MalformedError("a view of unknown kind");
  const isView = memory instanceof Uint8Array;
  if (!isView && !(memory instanceof ArrayBuffer)) throw new MalformedError("a view of no memory");
  const buffer = isView ? memory.buffer : memory;
  const type = globalThis[name] as unknown as new (b: ArrayBufferLike, from: number, length: number) => object;
  const each = (type as { BYTES_PER_ELEMENT?: number }).BYTES_PER_ELEMENT ?? 1;
  try {
    return new type(buffer, (isView ? memory.byteOffset : 0) + from, length / each);
  } catch (error) {
    if (error instanceof RangeError) throw new MalformedError(error.message);
    throw error;
  }
}

/** An error without the properties that its constructor gives. */
export function bareError(): Error {
  const error = new Error();
  for (const key of Reflect.ownKeys(error)) Reflect.deleteProperty(error, key);
  return error;
}

const platform = globalThis as unknown as { readonly Buffer?: { readonly prototype: object } };

/** A copy, of the platform's own class of bytes if it has one. */
export function bufferOf(bytes: Uint8Array): Uint8Array {
  const copy = new Uint8Array(bytes);
  return platform.Buffer === undefined ? copy : (Object.setPrototypeOf(copy, platform.Buffer.prototype) as Uint8Array);
}
