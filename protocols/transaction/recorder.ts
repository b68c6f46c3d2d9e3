/**
 * Notes the changes that a call makes to an ordinary object, so that the changes can be undone and made again.
 *
 * Source: dissertation, chapter 5: transactions are atomic in memory. The call gets the module behind a proxy. Before
 * each change of a field, the proxy notes the old content: of the module, and of plain objects, arrays, maps, sets,
 * dates and byte arrays within it. A state consists of nothing else (call/module-state.ts). The order of keys is
 * restored too.
 *
 * A proxy cannot reach private fields. The whole state is noted (snapshot.ts) of a class that has them, or getState and
 * setState; and of any class from the first call on that meets an object whose changes cannot be seen (unseen.ts).
 */
import {
  ElementChange,
  EntryChange,
  FieldChange,
  ItemChange,
  TailChange,
  type Change,
  type WholeChange,
} from "./changes.ts";
import { strip } from "./bare.ts";
import { Proxies } from "./proxies.ts";
import { fixed, isAccessor, isConstant, isIndex, refuseHidden, wholeChange, type Blind } from "./unseen.ts";

/** The changes of a transaction, in order. */
export class Log {
  #changes: Change[] = [];

  get length(): number {
    return this.#changes.length;
  }

  add(change: Change): void {
    this.#changes = added(this.#changes, change);
  }

  undo(): void {
    for (let i = this.#changes.length - 1; i >= 0; i--) this.#changes[i]!.swap();
  }

  /** Makes the undone changes again. */
  redo(): void {
    for (const change of this.#changes) change.swap();
  }

  /** Undoes some of its changes, which are given in order, and forgets them. */
  takeBack(changes: readonly Change[]): void {
    for (let i = changes.length - 1; i >= 0; i--) changes[i]!.swap();
    const taken = new Set(changes);
    this.#changes = this.#changes.filter((change) => !taken.has(change));
  }
}

/** The list and another change. Most lists have one, and an array grows from nothing to room for seventeen. */
function added(changes: Change[], change: Change): Change[] {
  if (changes.length === 0) return [change];
  changes.push(change);
  return changes;
}

/** Is called before each change, and throws if the call may not change anything. */
export type Guard = (place: string) => void;

const allow = (): void => undefined;

/** Records the changes of one call. */
export class Recorder {
  readonly #log: Log;
  /** The changes of this call only. */
  #changes: Change[] = [];
  readonly #proxies = new Proxies();
  readonly #guard: Guard;
  readonly blind: Blind;
  /** Values that the call has made and put into the state. */
  #made: object[] | undefined = undefined;
  #whole: [place: string, change: WholeChange][] | undefined = undefined;

  constructor(log: Log, guard: Guard = allow, blind: Blind = allow) {
    this.#log = log;
    this.#guard = guard;
    this.blind = blind;
  }

  /** Undoes the changes of this call only. */
  undo(): void {
    this.#log.takeBack(this.#changes.splice(0));
  }

  #add(change: Change): void {
    this.#changes = added(this.#changes, change);
    this.#log.add(change);
  }

  /** Puts an object behind a proxy. */
  open<T extends object>(object: T): T {
    return this.enter(object, "") as T;
  }

  /** Puts a value within the object behind a proxy, if the value can be changed. */
  enter(value: unknown, place: string): unknown {
    if (typeof value !== "object" || value === null || this.#proxies.behind(value) !== undefined) return value;
    const known = this.#proxies.of(value);
    if (known !== undefined) return known;
    refuseHidden(value, place, this.blind);
    const whole = wholeChange(value);
    if (whole !== undefined) return this.#keepWhole(value, whole, place);
    if (Object.isFrozen(value)) return fixed(value, place, this.blind);
    const proxy =
      value instanceof Map
        ? new Proxy(value, this.#mapHandler(place))
        : value instanceof Set
          ? new Proxy(value, this.#setHandler(place))
          : new Proxy(value, new FieldHandler(this, place));
    this.#proxies.add(value, proxy);
    return proxy;
  }

  /** The value without proxies, since proxies must not become part of the state. */
  bare(value: unknown): unknown {
    if (typeof value !== "object" || value === null) return value;
    const behind = this.#proxies.behind(value);
    if (behind !== undefined) return behind;
    if (this.#proxies.of(value) === undefined) {
      strip(value, this.#proxies, this.blind);
      (this.#made ??= []).push(value);
    }
    return value;
  }

  /** The call has ended. What it has put into the state it may have changed afterwards. */
  close(): void {
    for (const value of this.#made ?? []) strip(value, this.#proxies, this.blind);
  }

  /** Notes the content of an object whole, since code that reads it may change it unseen. */
  #keepWhole(value: object, change: WholeChange, place: string): object {
    this.#proxies.add(value, value);
    this.#add(change);
    (this.#whole ??= []).push([place, change]);
    return value;
  }

  /** The place of an object that was noted whole and has changed; undefined if there is none. */
  get changedWhole(): string | undefined {
    return this.#whole?.find(([, change]) => change.changed)?.[0];
  }

  /** Notes a field of the object before it is changed. */
  note(target: object, key: string | symbol, place: string, deletes: boolean, value?: unknown): void {
    this.#guard(place);
    if (!Array.isArray(target) || (key !== "length" && !isIndex(key))) {
      this.#add(new FieldChange(target as Record<string | symbol, unknown>, key, deletes));
    } else if (key === "length") this.#add(new TailChange(target, Number(value)));
    else this.#add(new ItemChange(target, Number(key)));
  }

  #mapHandler(place: string): ProxyHandler<Map<unknown, unknown>> {
    return {
      get: (target, key) => {
        switch (key) {
          case "size":
            return target.size;
          case "get":
            return (name: unknown) => this.enter(target.get(this.bare(name)), place);
          case "has":
            return (name: unknown) => target.has(this.bare(name));
          case "set":
            return (name: unknown, value: unknown) => {
              const bare = this.bare(name);
              this.#guard(place);
              this.#add(new EntryChange(target, bare, false));
              target.set(bare, this.bare(value));
              return this.#proxies.of(target);
            };
          case "delete":
            return (name: unknown) => {
              const bare = this.bare(name);
              if (!target.has(bare)) return false;
              this.#guard(place);
              this.#add(new EntryChange(target, bare, true));
              return target.delete(bare);
            };
          case "clear":
            return () => {
              for (const name of [...target.keys()].reverse()) {
                this.#guard(place);
                this.#add(new EntryChange(target, name, true));
                target.delete(name);
              }
            };
          case "forEach":
            return (use: (value: unknown, name: unknown, map: unknown) => void) => {
              target.forEach((value, name) =>
                use(this.enter(value, place), this.enter(name, place), this.#proxies.of(target)),
              );
            };
          case "keys":
            return () => entered(target.keys(), (name) => this.enter(name, place));
          case "values":
            return () => entered(target.values(), (value) => this.enter(value, place));
          case "entries":
          case Symbol.iterator:
            return () =>
              entered(target.entries(), ([name, value]) => [this.enter(name, place), this.enter(value, place)]);
          default:
            return Reflect.get(target, key, target) as unknown;
        }
      },
    };
  }

  #setHandler(place: string): ProxyHandler<Set<unknown>> {
    return {
      get: (target, key) => {
        switch (key) {
          case "size":
            return target.size;
          case "has":
            return (value: unknown) => target.has(this.bare(value));
          case "add":
            return (value: unknown) => {
              const bare = this.bare(value);
              if (!target.has(bare)) {
                this.#guard(place);
                this.#add(new ElementChange(target, bare, false));
                target.add(bare);
              }
              return this.#proxies.of(target);
            };
          case "delete":
            return (value: unknown) => {
              const bare = this.bare(value);
              if (!target.has(bare)) return false;
              this.#guard(place);
              this.#add(new ElementChange(target, bare, true));
              return target.delete(bare);
            };
          case "clear":
            return () => {
              for (const value of [...target].reverse()) {
                this.#guard(place);
                this.#add(new ElementChange(target, value, true));
                target.delete(value);
              }
            };
          case "forEach":
            return (use: (value: unknown, again: unknown, set: unknown) => void) => {
              target.forEach((value) => {
                const entry = this.enter(value, place);
                use(entry, entry, this.#proxies.of(target));
              });
            };
          case "keys":
          case "values":
          case Symbol.iterator:
            return () => entered(target.values(), (value) => this.enter(value, place));
          case "entries":
            return () => entered(target.values(), (value) => [this.enter(value, place), this.enter(value, place)]);
          default:
            return Reflect.get(target, key, target) as unknown;
        }
      },
    };
  }
}

/** The proxy handler of plain objects, arrays and the module itself. */
class FieldHandler implements ProxyHandler<object> {
  readonly #recorder: Recorder;
  readonly #place: string;

  constructor(recorder: Recorder, place: string) {
    this.#recorder = recorder;
    this.#place = place;
  }

  #within(key: string | symbol): string {
    return this.#place === "" ? String(key) : `${this.#place}.${String(key)}`;
  }

  get(target: object, key: string | symbol, receiver: unknown): unknown {
    const value: unknown = Reflect.get(target, key, receiver);
    if (typeof value !== "object" || value === null) return value;
    const entered = this.#recorder.enter(value, this.#within(key));
    // A proxy must answer what is in a field that cannot change.
    if (entered === value || !isConstant(target, key)) return entered;
    return fixed(value, this.#within(key), this.#recorder.blind);
  }

  set(target: object, key: string | symbol, value: unknown, receiver: unknown): boolean {
    const own = Object.getOwnPropertyDescriptor(target, key);
    // The code of an accessor runs, and the fields that it sets are noted.
    if (own === undefined ? isAccessor(target, key) : "set" in own) return Reflect.set(target, key, value, receiver);
    this.#recorder.note(target, key, this.#within(key), false, value);
    const bare = this.#recorder.bare(value);
    // Reflect takes twice as long.
    if (own?.writable !== true || !own.configurable) return Reflect.set(target, key, bare);
    (target as Record<string | symbol, unknown>)[key] = bare;
    return true;
  }

  deleteProperty(target: object, key: string | symbol): boolean {
    if (Object.hasOwn(target, key)) this.#recorder.note(target, key, this.#within(key), true);
    return Reflect.deleteProperty(target, key);
  }

  defineProperty(target: object, key: string | symbol, descriptor: PropertyDescriptor): boolean {
    this.#recorder.note(target, key, this.#within(key), false, descriptor.value);
    return Reflect.defineProperty(target, key, descriptor);
  }
}

function* entered<T, R>(items: Iterable<T>, enter: (item: T) => R): IterableIterator<R> {
  for (const item of items) yield enter(item);
}
