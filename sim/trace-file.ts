/** Traces as lines of JSON, and the first event in which two traces differ. */
import { closeSync, openSync, writeSync } from "node:fs";
import { BadData } from "./bad-data.ts";
import type { StampedEvent, TraceListener } from "./trace.ts";

/** One event in one line of JSON, without the end of the line. Bytes of datagrams are written in base 64. */
export function traceLine(event: StampedEvent): string {
  return JSON.stringify(event, (_key, value: unknown) =>
    value instanceof Uint8Array ? Buffer.from(value.buffer, value.byteOffset, value.length).toString("base64") : value,
  );
}

/** The last line of a trace: how many events stand before it. A trace without this line may have been cut. */
function lastLine(events: number): string {
  return JSON.stringify({ end: { events } });
}

export interface ParsedTrace {
  readonly events: readonly StampedEvent[];
  /** Whether the last line is there and tells as many events as there are. */
  readonly isWhole: boolean;
}

/** Reads a file of `TraceFile`. `file` is for messages. Throws BadData for a line that is no event. */
export function parseTrace(text: string, file: string): ParsedTrace {
  const events: StampedEvent[] = [];
  let isWhole = false;
  for (const [i, line] of text.split("\n").entries()) {
    if (line === "") continue;
    if (line.startsWith('{"end":')) {
      isWhole = line === lastLine(events.length);
      continue;
    }
    isWhole = false;
    let event: unknown;
    try {
      event = JSON.parse(line, (key, value: unknown) =>
        key === "datagram" && typeof value === "string" ? new Uint8Array(Buffer.from(value, "base64")) : value,
      );
    } catch {
      event = undefined;
    }
    if (!isStamped(event)) throw new BadData(`${file}, line ${i + 1}: expected a trace event in one line of JSON.`);
    events.push(event);
  }
  return { events, isWhole };
}

function isStamped(value: unknown): value is StampedEvent {
  if (typeof value !== "object" || value === null) return false;
  const { time, machine, event } = value as Partial<StampedEvent>;
  return typeof time === "number" && typeof machine === "string" && typeof event?.type === "string";
}

/** A trace that is written to a file as it comes. */
export class TraceFile {
  /** Give this to `World.listen`. */
  readonly listener: TraceListener;
  private readonly file: number;
  private lines: string[] = [];
  private size = 0;
  private events = 0;

  /** Creates the file, or empties it. Throws what the file system does. */
  constructor(path: string) {
    this.file = openSync(path, "w");
    this.listener = (event) => {
      const line = traceLine(event);
      this.lines.push(line);
      this.size += line.length;
      this.events++;
      if (this.size > 1 << 20) this.flush();
    };
  }

  private flush(): void {
    if (this.lines.length > 0) writeSync(this.file, `${this.lines.join("\n")}\n`);
    this.lines = [];
    this.size = 0;
  }

  /** Ends the trace with its last line. */
  close(): void {
    this.lines.push(lastLine(this.events));
    this.flush();
    closeSync(this.file);
  }
}

/** Whether two values surely have the same text: it is quicker to compare them than to write them. */
function isSame(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (a instanceof Uint8Array) return b instanceof Uint8Array && Buffer.compare(a, b) === 0;
  const [keys, others] = [Object.keys(a), Object.keys(b)];
  return (
    keys.length === others.length &&
    keys.every((key, i) => key === others[i] && isSame(a[key as never], b[key as never]))
  );
}

/** Where two traces differ; undefined at a place where one has ended already. */
export interface Difference {
  /** Number of the event, from 0. */
  readonly index: number;
  readonly first: StampedEvent | undefined;
  readonly second: StampedEvent | undefined;
  readonly sentence: string;
}

/** The first event in which two traces differ, bytes of datagrams included; undefined if they are the same. */
export function firstDifference(
  first: readonly StampedEvent[],
  second: readonly StampedEvent[],
): Difference | undefined {
  const show = (event: StampedEvent | undefined): string => (event === undefined ? "nothing" : traceLine(event));
  for (let index = 0; index < Math.max(first.length, second.length); index++) {
    const [a, b] = [first[index], second[index]];
    if (isSame(a, b) || show(a) === show(b)) continue;
    const sentence = `Event ${index} differs: the first trace has ${show(a)}, the second ${show(b)}.`;
    return { index, first: a, second: b, sentence };
  }
  return undefined;
}
