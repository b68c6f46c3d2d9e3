/**
 * Troupe IDs: one for each incarnation of a troupe's membership.
 *
 * An ID is `hash(name) * 2^20 + epoch`: unique over all troupes whose names have different hashes (the Ringmaster refuses a
 * name whose hash is taken), different after every change, and ordered in time within a troupe. So a party that
 * holds two IDs of a troupe knows which is the newer without asking. The module number is derived from the name too: nothing is
 * negotiated.
 */
import type { TroupeId } from "./troupe.ts";

const epochs = 2 ** 20;

/** FNV-1a over the name's UTF-16 units, 32 bits, never 0. */
export function hashOfName(name: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < name.length; i++) {
    const unit = name.charCodeAt(i);
    value = Math.imul(value ^ (unit & 255), 0x01000193);
    value = Math.imul(value ^ (unit >>> 8), 0x01000193);
  }
  return value >>> 0 || 1;
}

/** The ID of the membership of that epoch, counted from 1. Throws RangeError beyond the millionth. */
export function troupeIdOf(name: string, epoch: number): TroupeId {
  if (epoch < 1 || epoch >= epochs) throw new RangeError(`epoch ${epoch} of "${name}"; expected 1 to ${epochs - 1}`);
  return hashOfName(name) * epochs + epoch;
}

export function epochOf(id: TroupeId): number {
  return id % epochs;
}

/** What all IDs of a troupe have in common: the hash of its name; it is the troupe's module number too. */
export function baseOf(id: TroupeId): number {
  return Math.floor(id / epochs);
}

/** Whether `a` and `b` are IDs of one troupe and `a` is the later. The small IDs of a static table have no base: no hash is 0. */
export function supersedes(a: TroupeId, b: TroupeId): boolean {
  return a > b && baseOf(a) === baseOf(b) && baseOf(a) !== 0;
}
