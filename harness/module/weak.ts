/** What stands in for WeakMap and WeakSet in users' files: those that are made while files are loaded are known. */
import { declared } from "../../protocols/wire/declared.ts";
import { placeIn } from "./outside.ts";

/**
 * As WeakMap or WeakSet. Who looks for state outside of instances asks those that are known
 * (call/server/common-state.ts).
 */
export function ownWeak<T extends typeof WeakMap | typeof WeakSet>(real: T, isLoading: () => boolean): T {
  function weak(...given: unknown[]): unknown {
    const called: unknown = new.target;
    if (called === undefined) return (real as unknown as () => unknown)();
    const collection = Reflect.construct(real, given, called === weak ? real : (called as typeof WeakMap)) as object;
    if (declared.loading || isLoading()) {
      const place = placeIn(new Error().stack ?? "");
      declared.weak.push({ kind: real.name as "WeakMap", collection: collection as WeakSet<object>, place });
    }
    return collection;
  }
  Object.setPrototypeOf(weak, real);
  Object.defineProperty(weak, "name", { value: real.name });
  Object.defineProperty(weak, "prototype", { value: real.prototype, writable: false });
  return weak as unknown as T;
}
