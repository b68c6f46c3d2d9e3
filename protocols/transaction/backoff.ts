/**
 * How long a transaction that was undone waits before it is tried again: random, exponential, and alike at all members.
 *
 * Source: dissertation, chapter 5. The number comes from the name of the call and the attempt, and from nothing that one member
 * has and another has not.
 */
import type { Milliseconds } from "../host.ts";

/** Doublings after which the wait grows no more. */
const mostDoublings = 6;

/** Uniform on [0, base * 2^attempt), `attempt` from 1, after six doublings longer no more. */
export function backOff(name: string, attempt: number, base: Milliseconds): Milliseconds {
  return base * 2 ** Math.min(attempt, mostDoublings) * uniform(`${name} ${attempt}`);
}

/** FNV-1a, mixed so that names that differ in their last character give unrelated numbers. */
function uniform(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return ((value ^ (value >>> 16)) >>> 0) / 2 ** 32;
}
