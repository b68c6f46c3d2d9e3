/**
 * Troupe IDs: one for each incarnation of a troupe's membership. Source: dissertation, chapter 6.
 *
 * id = hash(name) * 2^20 + epoch. IDs are unique over all troupes whose names have different hashes (the Ringmaster
 * refuses a name whose hash is taken). They differ after every change, and ascend in time within a troupe: a party that
 * holds two IDs of a troupe knows the newer one without asking. The module number is also derived from the name,
 * without negotiation.
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

/**
 * The ID of the membership of that epoch, counted from 1.
 *
 * @throws RangeError for an epoch beyond the range
 */
export function troupeIdOf(name: string, epoch: number): TroupeId {
  if (epoch < 1 || epoch >= epochs) throw new RangeError(`epoch ${epoch} of "${name}"; expected 1 to ${epochs - 1}`);
  return hashOfName(name) * epochs + epoch;
}

export function epochOf(id: TroupeId): number {
  return id % epochs;
}

/** The common part of all IDs of a troupe: the hash of its name, which is also the troupe's module number. */
export function baseOf(id: TroupeId): number {
  return Math.floor(id / epochs);
}

/**
 * Whether `a` and `b` are IDs of one troupe and a > b. The small IDs of a static table have base 0, which is no hash.
 */
export function supersedes(a: TroupeId, b: TroupeId): boolean {
  return a > b && baseOf(a) === baseOf(b) && baseOf(a) !== 0;
}
