/**
 * How long a change of membership takes, by the steps of its protocol (protocols/binding/change.ts, transfer.ts, consensus.ts): each waits for
 * one round trip, and what is fetched takes its time on the donor's line, beside the RETURNs of calls.
 *
 * What is fetched in the end depends on chance: which pieces calls have changed, and after how many rounds the newcomer found that another is not
 * worthwhile. So the figures of a join under load are means over courses that are drawn by these same rules, without messages or machines.
 */
import { defaultBindingOptions } from "../protocols/binding/options.ts";
import { bringsNearer } from "../protocols/binding/transfer.ts";
import type { Random } from "../protocols/host.ts";
import { headerBytes } from "../protocols/wire/segment.ts";
import { exponential } from "./lifetimes.ts";
import { streams } from "./random.ts";

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
  /** Bytes that a call takes of the donor's line, overhead included. */
  readonly callBytes: number;
}

export interface JoinTime {
  /** ms from the request until the newcomer is a member. */
  readonly total: number;
  /** ms from the first member that stands still to the last that goes on. */
  readonly standstill: number;
}

/** ms for a message of so many bytes to come after it was asked for, on a line of that rate. */
function answerTime(model: JoinModel, bytes: number, bytesPerMs: number): number {
  const { roundTrip, overhead, datagramBytes, window } = model;
  const datagrams = Math.ceil(bytes / (datagramBytes - headerBytes));
  const stops = Math.ceil(datagrams / window) - 1;
  return roundTrip * (1 + Math.max(0, stops)) + (bytes + datagrams * (headerBytes + overhead)) / bytesPerMs;
}

/** ms to fetch pieces of these lengths, in order: as many as fit into one answer, and then again. */
export function fetchTime(model: JoinModel, lengths: readonly number[], bytesPerMs = model.bytesPerMs): number {
  const { answerBytes } = defaultBindingOptions;
  let [time, answer] = [0, 0];
  for (const length of lengths) {
    if (answer > 0 && answer + length > answerBytes) {
      time += answerTime(model, answer, bytesPerMs);
      answer = 0;
    }
    answer += length;
  }
  return answer === 0 ? time : time + answerTime(model, answer, bytesPerMs);
}

/**
 * Ends of the pieces of a state, as it may be cut: a piece is at least a quarter of the mean wanted and then as likely to end at one
 * byte as at the next, up to four times as long (protocols/binding/pieces.ts).
 */
export function drawPieces({ state, piece }: JoinModel, random: Random): number[] {
  const more = exponential(piece);
  const ends: number[] = [];
  for (let at = 0; at < state;) {
    at = Math.min(state, at + Math.ceil(Math.min(piece / 4 + more.draw(random), piece * 4)));
    ends.push(at);
  }
  return ends;
}

/** The place of the piece with that byte. */
function pieceAt(ends: readonly number[], byte: number): number {
  let [low, high] = [0, ends.length - 1];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ends[middle]! > byte) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** One course of a join. */
function drawJoin(model: JoinModel, random: Random): JoinTime {
  const { roundTrip, bytesPerMs, state, load, callBytes } = model;
  const ends = drawPieces(model, random);
  const length = (place: number): number => ends[place]! - (ends[place - 1] ?? 0);
  const manifest = answerTime(model, bytesPerDigest * ends.length, bytesPerMs);
  /** Places of pieces that the newcomer does not have as they are now. */
  const missing = new Set(ends.keys());
  const lengths = (): number[] => [...missing].sort((a, b) => a - b).map(length);
  const change = (time: number): void => {
    if (load === 0) return;
    const gap = exponential(1 / load);
    for (let at = gap.draw(random); at < time; at += gap.draw(random))
      missing.add(pieceAt(ends, random.next() * state));
  };
  // Where the Ringmaster is, what the register says.
  let total = 2 * roundTrip;
  for (const rounds: number[] = []; ;) {
    total += manifest;
    rounds.push(missing.size);
    if (!bringsNearer(rounds)) break;
    const fetching = fetchTime(model, lengths(), bytesPerMs - load * callBytes);
    total += fetching;
    missing.clear();
    change(manifest + fetching);
  }
  // Half of the manifest's round trip, taking office in two phases, and half a round trip until the members stop.
  total += 2 * roundTrip;
  change(3 * roundTrip);
  // Half of freezing; manifest, with digests and kept calls; the decision in two phases; and half to tell the members.
  const standstill = 3 * roundTrip + manifest + fetchTime(model, lengths());
  return { total: total + standstill, standstill };
}

/** Bytes of a piece's digest in a manifest: a number, and what says so (protocols/wire/value.ts). */
const bytesPerDigest = 9;

/** Courses over which the figures of a join under load are averaged: without load all are the same but for the last digits. */
const courses = 1000;

export function joinTime(model: JoinModel): JoinTime {
  const random = streams("join", 0);
  let [total, standstill] = [0, 0];
  for (let i = 0; i < courses; i++) {
    const course = drawJoin(model, random);
    total += course.total / courses;
    standstill += course.standstill / courses;
  }
  return { total, standstill };
}

/**
 * The same for a member that leaves: the register, office in two phases, freezing, the decision in two phases. It stands still itself as
 * soon as it asks the others to.
 */
export function leaveTime(roundTrip: number): JoinTime {
  return { total: 6 * roundTrip, standstill: 3.5 * roundTrip };
}
