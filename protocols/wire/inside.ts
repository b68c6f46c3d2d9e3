/** What objects of built-in kinds keep inside, whatever accessors and methods a subclass has of its own. */

type Getter<T> = (object: object) => T;

function getter<T>(prototype: object, name: string): Getter<T> {
  const property = Object.getOwnPropertyDescriptor(prototype, name) as { readonly get: (this: object) => T };
  return (object) => property.get.call(object);
}

export const sizeOfMap = getter<number>(Map.prototype, "size");
export const sizeOfSet = getter<number>(Set.prototype, "size");
export const sourceOf = getter<string>(RegExp.prototype, "source");
export const flagsOf = getter<string>(RegExp.prototype, "flags");

export function timeOf(date: object): number {
  return Date.prototype.getTime.call(date);
}

/** The bytes of a typed array or DataView. */
export interface Bytes {
  readonly buffer: ArrayBufferLike;
  readonly byteOffset: number;
  readonly byteLength: number;
}

function bytesBy(prototype: object): Getter<Bytes> {
  const buffer = getter<ArrayBufferLike>(prototype, "buffer");
  const byteOffset = getter<number>(prototype, "byteOffset");
  const byteLength = getter<number>(prototype, "byteLength");
  return (view) => ({ buffer: buffer(view), byteOffset: byteOffset(view), byteLength: byteLength(view) });
}

const bytesOfArray = bytesBy(Object.getPrototypeOf(Uint8Array.prototype) as object);
const bytesOfView = bytesBy(DataView.prototype);

export function bytesOf(view: ArrayBufferView): Bytes {
  return view instanceof DataView ? bytesOfView(view) : bytesOfArray(view);
}
