/**
 * The wait before the next attempt of a transaction that was undone: random, exponential, and equal at all members.
 *
 * Source: dissertation, chapter 5. The random number is computed from the name of the call and the number of the
 * attempt only. Both are equal at all members.
 */
import type { Milliseconds } from "../host.ts";

/** The mean wait doubles this many times at most. */
const mostDoublings = 6;

/** Uniform on [0, base * 2^min(attempt, 6)), in ms. Attempts are numbered from 1. */
export function backOff(name: string, attempt: number, base: Milliseconds): Milliseconds {
  return base * 2 ** Math.min(attempt, mostDoublings) * uniform(`${name} ${attempt}`);
}

/** FNV-1a with further mixing: names that differ only in their last character give unrelated numbers. */
function uniform(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return ((value ^ (value >>> 16)) >>> 0) / 2 ** 32;
}
