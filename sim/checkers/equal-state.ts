/**
 * Equal state at all members of a troupe (dissertation, model: deterministic modules, the same calls in the same
 * order).
 *
 * States are compared structurally when nothing is under way; orders of execution are read from the trace.
 */
import type { Address, Milliseconds } from "../../protocols/host.ts";
import type { StampedEvent } from "../trace.ts";
import { Lives } from "./lives.ts";
import { Findings, type Violation } from "./violation.ts";

export interface MemberState {
  /** For the sentences. */
  readonly name: string;
  /**
   * Plain data, or an object whose own properties are the state. Private fields (#x) cannot be seen: hand out a copy.
   */
  readonly state: unknown;
}

/** Compares the state of each living member with the state of the first living member. */
export function checkEqualState(
  members: readonly MemberState[],
  { seed, time }: { readonly seed: string; readonly time: Milliseconds },
): Violation[] {
  const findings = new Findings(seed);
  const [first, ...others] = members;
  for (const other of others) {
    const difference = differenceOf(first!.state, other.state);
    if (difference !== undefined) findings.add(time, `${first!.name} and ${other.name} differ in ${difference}`);
  }
  return findings.violations;
}

export interface EqualOrderOptions {
  readonly seed: string;
  /** IDs of the troupe, of all its memberships. */
  readonly troupes: readonly number[];
  readonly members: readonly Address[];
}

/**
 * Compares the sequences of calls that members executed, where the order matters. Members that lived from the first
 * execution to the end must have executed the same sequence. The sequence of a member that crashed must be a prefix.
 * Lives that began later are not compared, since their state was given to them.
 */
export function checkEqualOrder(trace: readonly StampedEvent[], options: EqualOrderOptions): Violation[] {
  const findings = new Findings(options.seed);
  const lives = new Lives(trace);
  const sequences = sequencesOf(trace, options);
  let begun = Infinity;
  for (const { steps } of sequences.values()) begun = Math.min(begun, steps[0]!.time);
  const whole = options.members
    .filter((address) => lives.throughout(address, begun) !== undefined)
    .map((address) => sequences.get(`${address} ${lives.throughout(address, begun)!}`) ?? { machine: "", steps: [] });
  const longest = whole.toSorted((a, b) => b.steps.length - a.steps.length)[0];
  if (longest === undefined) return [];
  for (const address of options.members) {
    const life = lives.of(address).find(({ start }) => start <= begun);
    const sequence = life === undefined ? undefined : sequences.get(`${address} ${life.incarnation}`);
    if (life === undefined || sequence === longest) continue;
    const { steps, machine } = sequence ?? { steps: [], machine: `the member at address ${address}` };
    const length = Math.max(steps.length, longest.steps.length);
    let place = 0;
    while (place < length && steps[place]?.call === longest.steps[place]?.call) place++;
    const ended = place === steps.length || place === longest.steps.length;
    if (place === length || (ended && life.end < Infinity)) continue;
    const theirs = longest.steps[place];
    findings.add(
      steps[place]?.time ?? theirs?.time ?? begun,
      `execution ${place + 1} of ${machine} was ${steps[place]?.call ?? "none"}, that of ${longest.machine} ${theirs?.call ?? "none"}`,
    );
  }
  return findings.violations;
}

interface Sequence {
  readonly machine: string;
  readonly steps: { readonly call: string; readonly time: Milliseconds }[];
}

/** What each life of a member executed, in order. */
function sequencesOf(trace: readonly StampedEvent[], { troupes, members }: EqualOrderOptions): Map<string, Sequence> {
  const sequences = new Map<string, Sequence>();
  for (const { time, machine, address, incarnation, event } of trace) {
    if (event.type !== "execute" || !troupes.includes(event.troupe) || !members.includes(address)) continue;
    const key = `${address} ${incarnation}`;
    const sequence = sequences.get(key) ?? { machine, steps: [] };
    sequences.set(key, sequence);
    sequence.steps.push({ call: `call ${event.path} of thread ${event.thread} (${event.procedure})`, time });
  }
  return sequences;
}

/** Where two values differ, and how; undefined if they are equal. Order matters in lists, and not in maps and sets. */
export function differenceOf(
  a: unknown,
  b: unknown,
  path = "state",
  seen: Map<object, object> = new Map<object, object>(),
): string | undefined {
  if (Object.is(a, b)) return undefined;
  const different = `${path}: ${show(a)} against ${show(b)}`;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return different;
  if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return different;
  if (seen.get(a) === b) return undefined;
  seen.set(a, b);
  if (a instanceof Map && b instanceof Map) return differenceOfMaps(a, b, path, seen);
  if (a instanceof Set && b instanceof Set) {
    const missing = [...a].find((value) => !b.has(value)) ?? [...b].find((value) => !a.has(value));
    return a.size === b.size && missing === undefined ? undefined : `${path}: only one has ${show(missing)}`;
  }
  if (a instanceof Date) return Object.is(a.getTime(), (b as Date).getTime()) ? undefined : different;
  const [keysOfA, keysOfB] = [Object.keys(a), Object.keys(b)];
  for (const key of new Set([...keysOfA, ...keysOfB])) {
    const at = Array.isArray(a) || ArrayBuffer.isView(a) ? `${path}[${key}]` : `${path}.${key}`;
    if (!Object.hasOwn(a, key) || !Object.hasOwn(b, key)) return `${at}: only one has it`;
    const difference = differenceOf(a[key as keyof typeof a], b[key as keyof typeof b], at, seen);
    if (difference !== undefined) return difference;
  }
  return undefined;
}

function differenceOfMaps(
  a: ReadonlyMap<unknown, unknown>,
  b: ReadonlyMap<unknown, unknown>,
  path: string,
  seen: Map<object, object>,
): string | undefined {
  for (const key of new Set([...a.keys(), ...b.keys()])) {
    const at = `${path}[${show(key)}]`;
    if (!a.has(key) || !b.has(key)) return `${at}: only one has it`;
    const difference = differenceOf(a.get(key), b.get(key), at, seen);
    if (difference !== undefined) return difference;
  }
  return undefined;
}

function show(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "bigint") return `${value}n`;
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === "object" && value !== null) return `an object ${value.constructor?.name ?? ""}`.trimEnd();
  return String(value);
}
