/**
 * What stands in for clock, chance and timers in users' files (source.ts puts these names in place of the language's).
 *
 * Within a thread they are the thread's own, equal at every member of a troupe. Outside of every thread the names mean
 * what they always mean, except while a module is loaded: its members load it at different times, so that the clock
 * then stands at 0 and chance has one fixed stream.
 */
import { webcrypto } from "node:crypto";
import { promisify } from "node:util";
import { runningRuntime } from "../../protocols/thread/runtime.ts";
import { dateNow, isInside, isOwn, isProcedure, isLoading, random, threadNow } from "./inside.ts";
import { standIns } from "./source.ts";
import { ownWeak } from "./weak.ts";
import { doors, listening, refuse, refusing } from "./outside.ts";

/** Fills an array with random bytes. */
export function fillRandom<T extends ArrayBufferView>(array: T): T {
  if (!isOwn()) return webcrypto.getRandomValues(array as never) as T;
  const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
  for (let i = 0; i < bytes.length; i++) bytes[i] = random() * 256;
  return array;
}

function randomUUID(): string {
  const bytes = fillRandom(new Uint8Array(16));
  bytes[6] = (bytes[6]! & 15) | 64;
  bytes[8] = (bytes[8]! & 63) | 128;
  const hex = Buffer.from(bytes).toString("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

/** As Date, with the thread's clock where no time is given. Its instances are plain Dates. */
function ownDate(...given: unknown[]): unknown {
  const called: unknown = new.target;
  if (called === undefined) return new Date(dateNow()).toString();
  const type = called === ownDate ? Date : (called as typeof Date);
  return Reflect.construct(Date, given.length === 0 ? [dateNow()] : given, type);
}
Object.setPrototypeOf(ownDate, Date);
Object.defineProperty(ownDate, "name", { value: "Date" });
Object.defineProperty(ownDate, "prototype", { value: Date.prototype, writable: false });
Object.defineProperty(ownDate, "now", { value: dateNow, writable: true, configurable: true });

/** An object that has what the other has, and these in their place. */
export function like<T extends object>(original: T, own: Readonly<Record<string, unknown>>): T {
  const made = Object.create(original) as T;
  for (const [name, value] of Object.entries(own)) {
    Object.defineProperty(made, name, { value, writable: true, configurable: true, enumerable: true });
  }
  return made;
}

/** As Intl.DateTimeFormat, with the thread's clock where no time is given. Its instances are plain ones. */
function ownDateTimeFormat(...given: ConstructorParameters<typeof Intl.DateTimeFormat>): Intl.DateTimeFormat {
  const called: unknown = new.target;
  const type = called === undefined || called === ownDateTimeFormat ? Intl.DateTimeFormat : called;
  const real = Reflect.construct(Intl.DateTimeFormat, given, type as typeof Date) as Intl.DateTimeFormat;
  const format = real.format.bind(real);
  return Object.defineProperties(real, {
    format: { value: (date?: Date | number) => format(date ?? dateNow()) },
    formatToParts: {
      value: (date?: Date | number) => Intl.DateTimeFormat.prototype.formatToParts.call(real, date ?? dateNow()),
    },
  });
}
Object.setPrototypeOf(ownDateTimeFormat, Intl.DateTimeFormat);
Object.defineProperty(ownDateTimeFormat, "name", { value: "DateTimeFormat" });
Object.defineProperty(ownDateTimeFormat, "prototype", { value: Intl.DateTimeFormat.prototype, writable: false });

/** As File, last modified at the thread's clock. Its instances are plain Files. */
const ownFile = new Proxy(File, {
  construct: (target, [bits, name, options]: ConstructorParameters<typeof File>, called) =>
    Reflect.construct(target, [bits, name, { lastModified: dateNow(), ...options }], called) as File,
});

const ownIntl = like(Intl, { DateTimeFormat: ownDateTimeFormat });

/** What a process has collected is not the same at all members: nobody is told in a module. */
class OwnFinalizationRegistry extends FinalizationRegistry<unknown> {
  override register(...given: Parameters<FinalizationRegistry<unknown>["register"]>): void {
    if (!isInside()) super.register(...given);
  }
}

/** A function whose chance is not the thread's: refused in a module. */
export function refusedInside<F extends (...args: never[]) => unknown>(name: string, real: F): F {
  return ((...args: never[]) => {
    if (isInside()) refuse(name);
    return real(...args);
  }) as F;
}

export const ownCrypto = like(webcrypto, {
  getRandomValues: fillRandom,
  randomUUID: () => (isOwn() ? randomUUID() : webcrypto.randomUUID()),
  get subtle() {
    return webcrypto.subtle;
  },
});

export const ownPerformance = like(performance, {
  now: () => threadNow() ?? performance.now(),
  mark: () => undefined,
  measure: () => undefined,
  toJSON: () => ({}),
});

Object.defineProperty(ownPerformance, "timeOrigin", { get: () => (isOwn() ? 0 : performance.timeOrigin) });

type Callback = (...args: unknown[]) => void;

/** A timer of a thread, as Node's timers look. */
class OwnTimeout {
  cancel: () => void = () => undefined;

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }

  hasRef(): boolean {
    return true;
  }

  close(): void {
    this.cancel();
  }
}

function start(delay: unknown, least: number, repeats: boolean, piece: () => void): OwnTimeout {
  const wait = Math.max(least, Number(delay) || 0);
  const timeout = new OwnTimeout();
  const runtime = runningRuntime();
  if (runtime === undefined) {
    throw new Error("a timer that is set while a module is loaded would run in no thread; set it in a method");
  }
  const set = (): void => {
    const timer = runtime.timer(wait, fire);
    timeout.cancel = () => timer.cancel();
  };
  const fire = (): void => {
    if (repeats) set();
    piece();
  };
  set();
  return timeout;
}

/** One of Node's functions that set a timer, and its stand-in. */
function setting<F extends (...args: never[]) => unknown>(real: F, least: number, repeats: boolean): F {
  const isImmediate = real === (setImmediate as unknown);
  const own = (callback: Callback, ...rest: unknown[]): unknown => {
    if (!isOwn()) return (real as unknown as Callback)(callback, ...rest);
    const [delay, ...args] = isImmediate ? [0, ...rest] : rest;
    return start(delay, least, repeats, () => callback(...args));
  };
  const promised = (...given: unknown[]): Promise<unknown> => {
    const [delay, value] = isImmediate ? [0, ...given] : given;
    return new Promise((resolve) => void own(() => resolve(value), ...(isImmediate ? [] : [delay])));
  };
  return Object.assign(own, { [promisify.custom]: promised }) as unknown as F;
}

function clearing(real: (timer: never) => void): (timer: unknown) => void {
  return (timer) => {
    if (timer instanceof OwnTimeout) timer.cancel();
    else real(timer as never);
  };
}

export const ownTimers = {
  setTimeout: setting(setTimeout, 1, false),
  setInterval: setting(setInterval, 1, true),
  setImmediate: setting(setImmediate, 0, false),
  clearTimeout: clearing(clearTimeout),
  clearInterval: clearing(clearInterval),
  clearImmediate: clearing(clearImmediate),
};

const ownMath = like(Math, { random });

const ownAbortSignal = new Proxy(AbortSignal, {
  get(target, name, receiver) {
    if (name !== "timeout" || !isOwn()) return Reflect.get(target, name, receiver) as unknown;
    return (delay: number) => {
      const controller = new AbortController();
      start(delay, 1, false, () =>
        controller.abort(new DOMException("The operation was aborted due to timeout", "TimeoutError")),
      );
      return controller.signal;
    };
  },
});

/** Node's process without what members would not see alike. */
export const ownProcess = new Proxy(process, {
  get(target, name) {
    if (name === "nextTick" && isOwn()) {
      return (piece: Callback, ...args: unknown[]) => queueMicrotask(() => piece(...args));
    }
    refuseInside(name);
    const value = Reflect.get(target, name, target) as unknown;
    return typeof value === "function" ? (value.bind(target) as unknown) : value;
  },
  set(target, name, value) {
    if (isInside()) refuse(`process.${String(name)}`);
    return Reflect.set(target, name, value, target);
  },
  getOwnPropertyDescriptor(target, name) {
    refuseInside(name);
    return Reflect.getOwnPropertyDescriptor(target, name);
  },
});

function refuseInside(name: string | symbol): void {
  if (typeof name !== "string" || !refusing.has(name)) return;
  // Packages listen for the end of the process as they are loaded.
  if (listening.has(name) ? isProcedure() : isInside()) refuse(`process.${name}`);
}

/** A way out of the process: it is there, and refuses to be used in a module. */
function door(name: string): unknown {
  const real = (globalThis as Record<string, unknown>)[name];
  if (typeof real !== "function") return real;
  const check = (): void => {
    if (isInside()) refuse(name);
  };
  return new Proxy(real, {
    apply(target, self, args) {
      check();
      return Reflect.apply(target as Callback, self, args) as unknown;
    },
    construct(target, args) {
      check();
      return Reflect.construct(target, args) as object;
    },
  });
}

export const own: Record<string, unknown> = {
  ...ownTimers,
  AbortSignal: ownAbortSignal,
  Date: ownDate,
  File: ownFile,
  FinalizationRegistry: OwnFinalizationRegistry,
  Intl: ownIntl,
  Math: ownMath,
  WeakMap: ownWeak(WeakMap, isLoading),
  WeakSet: ownWeak(WeakSet, isLoading),
  crypto: ownCrypto,
  performance: ownPerformance,
  process: ownProcess,
};
for (const name of doors) own[name] = door(name);

const ownGlobal: object = new Proxy(globalThis, {
  get: (target, name) =>
    typeof name === "string" && Object.hasOwn(own, name) ? own[name] : Reflect.get(target, name, target),
  set: (target, name, value) => {
    if (isProcedure())
      throw new TypeError(
        `a procedure sets ${String(name)} of globalThis, which is common to all instances in a process, and no newcomer receives it; make it a field of the instance`,
      );
    return Reflect.set(target, name, value, target);
  },
});
Object.assign(own, { global: ownGlobal, globalThis: ownGlobal });

const realTimeStamp = Object.getOwnPropertyDescriptor(Event.prototype, "timeStamp")!;
const stamps = new WeakMap<Event, number>();

/** The time of an event: in a thread, when it was first asked for. */
function timeStamp(this: Event): number {
  if (!isOwn()) return realTimeStamp.get!.call(this) as number;
  const stamp = stamps.get(this) ?? threadNow()!;
  stamps.set(this, stamp);
  return stamp;
}

/** Puts the stand-ins where transformed files look for them. */
export function install(): void {
  if (standIns in globalThis) return;
  Object.defineProperty(globalThis, standIns, { value: Object.freeze(own) });
  // Libraries compare it with Date, which is the stand-in for them.
  Date.prototype.constructor = ownDate as unknown as DateConstructor;
  Object.defineProperty(Event.prototype, "timeStamp", { ...realTimeStamp, get: timeStamp });
  // Errors name the lines of the files as they were written.
  process.setSourceMapsEnabled(true);
}
