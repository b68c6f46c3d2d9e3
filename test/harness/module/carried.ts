/** The classes of test/modules/state: those that are carried whole, and those that are refused with their sentences. */
import type { Case } from "./carrying.ts";

export const carried: readonly Case[] = [
  ...[
    "Counter",
    "Circle",
    "Shared",
    "LinkedList",
    "Numbers",
    "Bigints",
    "Dates",
    "Expressions",
    "Units",
    "Sparse",
    "Dictionary",
    "SymbolKeys",
    "Floats",
    "Bytes",
    "Frozen",
    "Hidden",
    "Order",
    "KeyedByObjects",
    "Nested",
    "Rows",
    "Failures",
    "Matches",
  ].map((name): Case => ["fields.ts", name]),
  ...[
    "Bank",
    "DoubleList",
    "Tree",
    "Registry",
    "Tags",
    "Stack",
    "Subclasses",
    "OtherFiles",
    "Functions",
    "Anonymous",
    "Iterable",
    "Constants",
    "Overrides",
  ].map((name): Case => ["instances.ts", name]),
  ["common.ts", "HarmlessTops"],
  ["common.ts", "HidesNames"],
  ["common.ts", "DeclaredCache"],
  ["instances.ts", "Arguments", { low: 10 }, "a", "b"],
  ["mixins.mjs", "Mixed"],
  ...[
    "Private",
    "PrivateGraph",
    "Purse",
    "Inherited",
    "PrivateSubclasses",
    "Accessors",
    "QueryGetState",
    "NamedState",
    "SymbolState",
    "PrivateConstructors",
  ].map((name): Case => ["private.ts", name]),
];

/** The file of a class that is refused. One with a generator at its top refuses all its classes. */
export function fileOfRefused(name: string): string {
  return name === "GeneratorAtTop" ? "generator.ts" : "refused.ts";
}

/** Refused when the module joins, before any call. */
export const refusedAtOnce: Readonly<Record<string, RegExp>> = {
  ArrowProcedures:
    /^state of ArrowProcedures\.change is a function in a field, which is no procedure .*; make it a method/,
  Closure: /^state of Closure\.rules\[0\]\.test is a function, .*; make it a method of the class$/,
  Bound: /^state of Bound\.handlers\.get\("look"\) is a function/,
  HungOnMap: /^state of HungOnMap\.table has the property label beside its elements, .*; declare a subclass of Map/,
  HungOnArray:
    /^state of HungOnArray\.list has the property label beside its elements, .*; declare a subclass of array/,
  Weak: /^state of Weak\.seen is an instance of WeakSet, whose entries nobody can list; use a Map or a Set$/,
  WeakTable: /^state of WeakTable\.table\.inner is an instance of WeakMap/,
  WeakReference: /^state of WeakReference\.reference is an instance of WeakRef, .*; hold the object itself$/,
  Stream:
    /^state of Stream\.out is an instance of PassThrough, which none of the module's files declares; hold plain data/,
  Emitter: /^state of Emitter extends EventEmitter, whose listeners .*; leave the base class out, let methods call/,
  Bus: /^state of Bus\.bus extends EventEmitter, whose listeners are functions in one process only; leave/,
  Target: /^state of Target extends EventTarget, whose listeners/,
  Place: /^state of Place extends URL, a class of the platform, .*; leave the base class out, and hold plain data/,
  Lines: /^state of Lines extends PassThrough, a class of the platform/,
  Address: /^state of Address\.url is an instance of URL, which none of the module's files declares/,
  Waiting: /^state of Waiting\.answer is an instance of Promise, .*; await it, and hold its result$/,
  Generating: /^state of Generating\.numbers is an iterator, .*; hold the values and the place$/,
  Iterating: /^state of Iterating\.entries is an iterator/,
  Intercepted: /^state of Intercepted\.target is a Proxy, .*; hold the object behind it$/,
  OwnAccessor: /^state of OwnAccessor\.lazy\.value is an accessor of one object, .*; declare it in the class$/,
  Local:
    /^state of Local\.item is an instance of Item, a class that is made within a function; declare the class at the top/,
  Boxed: /^state of Boxed\.n is an instance of Number, an object around a value; hold the value itself$/,
  UniqueSymbol: /^state of UniqueSymbol\.token is the symbol Symbol\(token\), .*; use Symbol\.for$/,
  SharedMemory: /^state of SharedMemory\.words is on a SharedArrayBuffer, .*; use an ArrayBuffer$/,
  Overlapping:
    /^state of Overlapping\.all has a part of its bytes in common with an earlier .*; hold the longest first$/,
  HalfState: /^class HalfState has one of the methods \[getState\] and \[setState\] and lacks the other$/,
  FrozenModule: /^state of FrozenModule\.n cannot be written, .*; leave it writable$/,
  PrivateBytes:
    /^state of PrivateBytes\.bytes is a typed array with private members, .*; hold a typed array in a field/,
  PrivateExpression: /^state of PrivateExpression\.rule is a regular expression with private members/,
  WeakPrivates: /^hiddenSum of refused\.ts is a WeakMap that holds what belongs to an instance of WeakPrivates/,
  WeakWithin: /^labels in a function of refused\.ts is a WeakMap .*: no newcomer receives it; make it a private field/,
  FileVariable:
    /^count of refused\.ts stands at the top of the file \(line \d+\), and change of FileVariable changes it/,
  FileVariableLater:
    /^later of refused\.ts stands at the top of the file \(line \d+\), and change of FileVariableLater changes it/,
  FileCache: /^cache of refused\.ts stands at the top of the file \(line \d+\), and change of FileCache changes it/,
  FileObject: /^totals of refused\.ts stands at the top of the file \(line \d+\), and #?count of FileObject changes it/,
  WeakInCommonJS: /^the WeakMap of .*meter\.cjs:3 holds what belongs to an instance of WeakInCommonJS, .*; make it/,
  GeneratorAtTop:
    /^ids of generator\.ts stands at the top of the file, and is an iterator, .*; hold the values and the place/,
  Prototyped: /^state of Prototyped\.settings has a prototype that is no class's; make it an instance of a class/,
};

/** Refused when a call has changed what no newcomer could receive. */
export const refusedAtCall: Readonly<Record<string, RegExp>> = {
  StaticCount:
    /^total of StaticCount is static, and a call of change has changed it: .*; make it a field of the instance, or say that .*: static outside = \["total of StaticCount"\]$/,
  PrivateStatic: /^#total of PrivateStatic is static, and a call of change has changed it/,
  NewStatic: /^seen of NewStatic is static, and a call of change has changed it/,
  SymbolStatic: /^Symbol\(counts\) of SymbolStatic is static, and a call of change has changed it/,
  WeakLater: /^seenItems of refused\.ts is a WeakSet that holds what belongs to an instance of WeakLater/,
  ClosedOver:
    /^count in makeCounter of refused\.ts is closed over by functions at the top .*, and a call of change has changed it/,
  ClosedOverArgument: /^counts in a function of refused\.ts is closed over .* a call of change has changed it/,
  SingleObject: /^ledger of refused\.ts stands at the top of the file, and a call of change has changed it/,
  FunctionField: /^last of nextId is static, and a call of change has changed it/,
  Memo: /^cache in memoized of refused\.ts .*; make it .*: static outside = \["cache in memoized of refused\.ts"\]$/,
  OnPrototype: /^items of OnPrototype\.prototype is in no instance, and a call of change has changed it/,
  InheritedStatic: /^total of StaticCount is static, and a call of change has changed it/,
};
