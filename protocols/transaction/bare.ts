/**
 * Takes the proxies of a call out of a value that the call has made itself and puts into the state: the objects behind
 * them take their places. A proxy in the state could be carried to no newcomer, and would outlive its call.
 */
import { refuseHidden, refuseUnwritable, type Blind } from "./unseen.ts";
import type { Proxies } from "./proxies.ts";

const place = "an object that is put into the state";

/** @throws TypeError for an object whose inside nobody can see */
export function strip(value: object, proxies: Proxies, blind: Blind): void {
  const found = new Set([value]);
  const open = [value];
  const bare = (inner: unknown): unknown => {
    if (typeof inner !== "object" || inner === null || found.has(inner)) return inner;
    const behind = proxies.behind(inner);
    if (behind !== undefined) return behind;
    // What the call has seen has been in the state before.
    if (proxies.of(inner) !== undefined) return inner;
    found.add(inner);
    open.push(inner);
    return inner;
  };
  for (let each = open.pop(); each !== undefined; each = open.pop()) {
    refuseHidden(each, place, blind);
    stripOne(each, bare, blind);
  }
}

function stripOne(object: object, bare: (inner: unknown) => unknown, blind: Blind): void {
  if (ArrayBuffer.isView(object)) return;
  if (object instanceof Map) {
    const entries = [...(object as Map<unknown, unknown>)];
    const stripped = entries.map(([key, inner]) => [bare(key), bare(inner)] as const);
    if (stripped.every(([key, inner], i) => key === entries[i]![0] && inner === entries[i]![1])) return;
    object.clear();
    for (const [key, inner] of stripped) object.set(key, inner);
  } else if (object instanceof Set) {
    const items = [...(object as Set<unknown>)];
    const stripped = items.map(bare);
    if (stripped.every((item, i) => item === items[i])) return;
    object.clear();
    for (const item of stripped) object.add(item);
  } else {
    // Most are arrays and plain objects, whose keys cost less than their descriptors.
    for (const key of Reflect.ownKeys(object)) {
      const inner = (object as Record<string | symbol, unknown>)[key];
      const stripped = bare(inner);
      if (stripped !== inner && !Reflect.set(object, key, stripped)) refuseUnwritable(place, blind);
    }
  }
}
