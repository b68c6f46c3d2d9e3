/**
 * How long a change of membership takes, by the steps of its protocol (protocols/binding/change.ts, transfer.ts, consensus.ts): each waits for
 * one round trip, and what is fetched takes its time on the donor's line. Whatever else the line carries is left out.
 */
import { defaultBindingOptions } from "../protocols/binding/options.ts";
import { enough, worthwhile } from "../protocols/binding/transfer.ts";
import { headerBytes } from "../protocols/wire/segment.ts";

export interface JoinModel {
  /** ms. */
  readonly roundTrip: number;
  readonly bytesPerMs: number;
  /** Bytes that a datagram takes on the line besides its own. */
  readonly overhead: number;
  /** Of one datagram, header included. */
  readonly datagramBytes: number;
  /** Datagrams that may be under way: the last of them is acknowledged before the next goes out. */
  readonly window: number;
  /** Bytes of the state, and of one of its pieces on average. */
  readonly state: number;
  readonly piece: number;
  /** Calls in ms. Each changes one byte, anywhere in the state. */
  readonly load: number;
}

/** ms to fetch so many bytes. */
export function fetchTime(model: JoinModel, bytes: number): number {
  const { roundTrip, bytesPerMs, overhead, datagramBytes, window } = model;
  const body = datagramBytes - headerBytes;
  const { answerBytes } = defaultBindingOptions;
  let time = 0;
  for (let left = bytes; left > 0; left -= answerBytes) {
    const part = Math.min(left, answerBytes);
    const datagrams = Math.ceil(part / body);
    const stops = Math.ceil(datagrams / window) - 1;
    time += roundTrip * (1 + stops) + (part + datagrams * (headerBytes + overhead)) / bytesPerMs;
  }
  return time;
}

/**
 * The share of the state in pieces that are changed within so many ms. A piece is at least a quarter of the mean wanted and then as
 * likely to end at one byte as at the next, up to four times as long (protocols/binding/pieces.ts); one of length s is left unchanged with
 * probability e^-(calls s / state).
 */
export function dirtyShare({ state, piece, load }: JoinModel, time: number): number {
  const perByte = (load * time) / state;
  const shortest = Math.min(state, piece / 4);
  const longest = Math.min(state, piece * 4);
  const steps = 400;
  let [changed, all] = [0, 0];
  const add = (length: number, chance: number): void => {
    all += chance * length;
    changed += chance * length * -Math.expm1(-perByte * length);
  };
  for (let i = 0; i < steps; i++) {
    const [from, to] = [i, i + 1].map((k) => ((longest - shortest) * k) / steps) as [number, number];
    add(shortest + (from + to) / 2, Math.exp(-from / piece) - Math.exp(-to / piece));
  }
  add(longest, Math.exp(-(longest - shortest) / piece));
  return changed / all;
}

/** ms from the request until the newcomer is a member, and of those the time in which the members stand still. */
export function joinTime(model: JoinModel): { readonly total: number; readonly standstill: number } {
  const { roundTrip, state } = model;
  // Before the standstill: where the Ringmaster is, what the register says.
  let total = 2 * roundTrip;
  // Since when changes are missing at the newcomer, and the share of the state that is.
  let since = 0;
  for (let [missing, before] = [1, Infinity]; ; before = missing, missing = dirtyShare(model, total - since)) {
    total += roundTrip;
    if (missing < enough || missing > worthwhile * before) break;
    since = total;
    total += fetchTime(model, missing * state);
  }
  // Taking office: two phases. The members stop half a round trip after they are asked.
  total += 2 * roundTrip;
  const changed = dirtyShare(model, total + roundTrip / 2 - since) * state;
  // Half of freezing, digest, manifest, kept calls, the decision in two phases; and half to tell the members.
  const standstill = 6 * roundTrip + (changed < 1 ? 0 : fetchTime(model, changed));
  return { total: total + standstill, standstill };
}

/**
 * The same for a member that leaves: the register, office in two phases, freezing, the decision in two phases. It stands still itself as
 * soon as it asks the others to.
 */
export function leaveTime(roundTrip: number): { readonly total: number; readonly standstill: number } {
  return { total: 6 * roundTrip, standstill: 3.5 * roundTrip };
}
