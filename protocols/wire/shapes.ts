/**
 * What kind of object a prototype makes: which built-in kind it is of, how other members find it, and what is hidden.
 */
import { declared, type ClassDeclaration, type Constructor, type PrivateField } from "./declared.ts";

/** Built-in kinds, by what such an object keeps inside. The index is on the wire. */
export const bases = ["object", "array", "map", "set", "date", "regexp", "error", "memory", "view"] as const;
export type Base = (typeof bases)[number];

export interface Shape {
  readonly base: Base;
  /** Of the prototype; undefined if no member could find it by a name. */
  readonly name: string | undefined;
  /** The private fields, those of the first ancestor first. */
  readonly privates: readonly PrivateField[];
  /** Whether an object has the private members of its classes. */
  readonly has: (object: object) => boolean;
  /** Whether only a constructor can make such an object, since it has private members. */
  readonly hides: boolean;
  /** Undefined for an object without prototype. */
  readonly type: Constructor | undefined;
  /** Why such an object cannot be carried, and what to do: "is a Promise, ...; hold ...". */
  readonly refusal: string | undefined;
  /** The same for such an object that is not the module itself: no member could find its class. */
  readonly undeclared: string | undefined;
  /** The same for an object with private members that nobody can read. */
  readonly hidden: string | undefined;
}

type Platform = Readonly<Record<string, Constructor | undefined>>;
const platform = globalThis as unknown as Platform;

/** Kinds of view of an ArrayBuffer, by their numbers on the wire. */
export const views = [
  "Uint8Array",
  "Int8Array",
  "Uint8ClampedArray",
  "Int16Array",
  "Uint16Array",
  "Int32Array",
  "Uint32Array",
  "Float32Array",
  "Float64Array",
  "BigInt64Array",
  "BigUint64Array",
  "DataView",
] as const;

const errors = [
  "Error",
  "TypeError",
  "RangeError",
  "SyntaxError",
  "ReferenceError",
  "EvalError",
  "URIError",
  "AggregateError",
] as const;

const builtIn = new Map<object | null, { readonly name: string; readonly base: Base }>([
  [null, { name: "null", base: "object" }],
]);
const named: readonly (readonly [Base, readonly string[]])[] = [
  ["object", ["Object"]],
  ["array", ["Array"]],
  ["map", ["Map"]],
  ["set", ["Set"]],
  ["date", ["Date"]],
  ["regexp", ["RegExp"]],
  ["error", errors],
  ["memory", ["ArrayBuffer"]],
  ["view", [...views, "Buffer"]],
];
for (const [base, names] of named) {
  for (const name of names) {
    const type = platform[name];
    if (type !== undefined) builtIn.set(type.prototype as object, { name, base });
  }
}

const refused = new Map<object, string>();
const reasons: readonly (readonly [reason: string, names: readonly string[]])[] = [
  ["whose entries nobody can list; use a Map or a Set", ["WeakMap", "WeakSet"]],
  ["which says what one process has collected; hold the object itself", ["WeakRef", "FinalizationRegistry"]],
  ["which one process waits for; await it, and hold its result", ["Promise"]],
  ["which is shared by threads of one process; use an ArrayBuffer", ["SharedArrayBuffer"]],
  ["an object around a value; hold the value itself", ["Number", "String", "Boolean", "Symbol", "BigInt"]],
  ["which is a procedure and no data; make it a method", ["Function"]],
];
for (const [reason, names] of reasons) {
  for (const name of names) {
    const type = platform[name];
    if (type !== undefined) refused.set(type.prototype as object, `is an instance of ${name}, ${reason}`);
  }
}
const shapes = new WeakMap<object, Shape>();
const without: Shape = shapeWithout();

function shapeWithout(): Shape {
  return {
    base: "object",
    name: "null",
    privates: [],
    has: () => true,
    hides: false,
    type: undefined,
    refusal: undefined,
    undeclared: undefined,
    hidden: undefined,
  };
}

export function shapeOf(prototype: object | null): Shape {
  if (prototype === null) return without;
  const known = shapes.get(prototype);
  if (known !== undefined) return known;
  const shape = read(prototype);
  // A class that is not declared yet may be declared later.
  if ((shape.refusal ?? shape.undeclared ?? shape.hidden) === undefined) shapes.set(prototype, shape);
  return shape;
}

const hiding = new WeakMap<object, boolean>();

/** Whether objects of the prototype have private members to which the loader has given a way. */
export function hides(prototype: object | null): boolean {
  if (prototype === null) return false;
  let known = hiding.get(prototype);
  if (known === undefined) {
    known = shapeOf(prototype).hides;
    // The loader declares the private members of a class when the class is made.
    hiding.set(prototype, known);
  }
  return known;
}

/** The built-in kind of a prototype's instances; undefined if it is no built-in one. */
export function builtInOf(prototype: object | null): { readonly name: string; readonly base: Base } | undefined {
  return builtIn.get(prototype);
}

/** The prototype of the built-in class that a class extends. */
export function builtInAbove(prototype: object | null): object | null {
  let at = prototype;
  while (at !== null && builtInOf(at) === undefined) at = Object.getPrototypeOf(at) as object | null;
  return at;
}

/** The prototype of that name; undefined if no file declares it. `builtInOnly`: whatever files declare. */
export function prototypeNamed(name: string, builtInOnly: boolean): object | null | undefined {
  if (name === "null") return null;
  for (const [prototype, kind] of builtIn) if (kind.name === name) return prototype;
  const type = builtInOnly ? undefined : declared.named(name);
  return typeof type === "function" ? (type.prototype as object) : undefined;
}

function read(prototype: object): Shape {
  const own = builtIn.get(prototype);
  const type = constructorOf(prototype);
  const chain: [Constructor, ClassDeclaration | undefined][] = [];
  const isPlatforms = type !== undefined && declared.inspection.isPlatforms(type);
  let refusal = refused.get(prototype);
  let at: object | null = prototype;
  for (; at !== null && !builtIn.has(at); at = Object.getPrototypeOf(at) as object | null) {
    refusal ??= refused.get(at);
    const constructor = constructorOf(at);
    if (constructor === undefined) refusal ??= isIterator(at) ? generator : noClass;
    else {
      if (!isPlatforms && declared.inspection.isPlatforms(constructor)) refusal ??= extending(constructor);
      chain.unshift([constructor, declared.classOf(constructor)]);
    }
  }
  const name = own?.name ?? (type === undefined ? undefined : declared.nameOf(type));
  const brands = chain.flatMap(([, declaration]) => declaration?.has ?? []);
  const { base } = builtIn.get(at)!;
  if (brands.length > 0 && (base === "view" || base === "regexp")) refusal ??= ofFixedContent(base);
  return {
    base,
    name,
    privates: chain.flatMap(([, declaration]) => declaration?.fields ?? []),
    has: (object) => brands.every((has) => has(object)),
    hides: brands.length > 0,
    type,
    refusal,
    undeclared: name === undefined ? undeclared(type) : undefined,
    hidden: chain.map(([each, declaration]) => hiddenIn(each, declaration)).find((sentence) => sentence !== undefined),
  };
}

function constructorOf(prototype: object): Constructor | undefined {
  const constructor: unknown = Object.getOwnPropertyDescriptor(prototype, "constructor")?.value;
  if (typeof constructor !== "function" || constructor.prototype !== prototype) return undefined;
  return constructor as unknown as Constructor;
}

const generator =
  "is an iterator, which stands in the middle of its work in one process only; hold the values and the place";
const noClass = "has a prototype that is no class's; make it an instance of a class, or a plain object";

function extending({ name }: Constructor): string {
  if (name === "EventEmitter" || name === "EventTarget")
    return `extends ${name}, whose listeners are functions in one process only; leave the base class out, let methods call each other, and answer from methods what callers want to hear of`;
  return `extends ${name}, a class of the platform, whose objects belong to one process; leave the base class out, and hold plain data in fields`;
}

/** The bytes of an array and the text of an expression are given to the constructor, as are the private members. */
function ofFixedContent(base: "view" | "regexp"): string {
  const kind = base === "view" ? "a typed array" : "a regular expression";
  return `is ${kind} with private members, which no newcomer can be given; hold ${kind} in a field of a class that has them`;
}

function isIterator(prototype: object): boolean {
  return typeof (prototype as { next?: unknown }).next === "function";
}

function undeclared(type: Constructor | undefined): string {
  const name = type?.name === undefined || type.name === "" ? "a class without name" : type.name;
  if (type !== undefined && declared.classOf(type)?.within === true)
    return `is an instance of ${name}, a class that is made within a function; declare the class at the top of its file`;
  return `is an instance of ${name}, which none of the module's files declares; hold plain data instead, and make the object from it when it is needed`;
}

/** The sentence for a class with private members to which there is no way. */
function hiddenIn(type: Constructor, declaration: ClassDeclaration | undefined): string | undefined {
  if (declaration !== undefined) return undefined;
  const [first] = declared.inspection.privateFields(Function.prototype.toString.call(type));
  if (first === undefined) return undefined;
  return `has the field ${first} of ${type.name}, which is private and cannot be externalized, since the class was not loaded by troupe; load it with troupe serve or loadClass, or give the class methods getState and setState`;
}

/**
 * An object of the shape, without properties, to receive a state. `inner`: the built-in object that it is made from,
 * where there is no private member.
 *
 * @throws Error of a constructor that the loader has not read
 */
export function make(shape: Shape, prototype: object | null, inner: () => object): object {
  if (!shape.hides) {
    if (shape.base === "object") return Object.create(prototype) as object;
    const object = inner();
    if (Object.getPrototypeOf(object) !== prototype) Object.setPrototypeOf(object, prototype);
    return object;
  }
  declared.making = true;
  try {
    return Reflect.construct(shape.type as never, [anything, anything, anything, anything] as never) as object;
  } finally {
    declared.making = false;
  }
}

/**
 * An argument that a pattern of parameters may take apart, and a built-in constructor may turn into a number or a text.
 */
const anything: object = new Proxy(() => undefined, {
  get: (_, key) => (key === Symbol.toPrimitive ? () => 0 : anything),
  apply: () => anything,
});
