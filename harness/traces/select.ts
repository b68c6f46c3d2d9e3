/** Which part of a trace a diagram shows. */
import type { Selection } from "./heights.ts";
import type { Arrow, Item, Mark, TraceView } from "./view.ts";

export interface Filter {
  /** Names of machines. Default: all. */
  readonly machines?: readonly string[];
  /** Thread IDs. What belongs to no thread is shown if it has a text of its own. Default: all. */
  readonly threads?: readonly string[];
  /** Simulated times in ms, both included. */
  readonly from?: number;
  readonly until?: number;
  /** Acknowledgements, probes and repetitions as well. */
  readonly all?: boolean;
}

/** What happens to machines and network, as opposed to what programs do. */
const faults: readonly string[] = ["crash", "restart", "pause", "resume", "slow", "partition", "heal", "start", "end"];

export function selected(view: TraceView, filter: Filter = {}): Selection {
  const { from = -Infinity, until = Infinity, all = false } = filter;
  const machines = filter.machines?.map((name) => view.machines.indexOf(name));
  const threads = filter.threads === undefined ? undefined : new Set(filter.threads);
  const isIn = ({ time, machine }: Item): boolean =>
    time >= from && time <= until && (machines === undefined || machine < 0 || machines.includes(machine));
  const isOfThread = (thread: string | undefined): boolean =>
    threads === undefined || (thread !== undefined && threads.has(thread));
  const items = view.items;
  const arrows = view.arrows.filter(
    (arrow) => (all || !arrow.idle) && isOfThread(arrow.thread) && isIn(items[arrow.from]!) && isIn(items[arrow.to]!),
  );
  const ends = new Set(arrows.flatMap(({ from, to }) => [from, to]));
  const places: number[] = [];
  for (const [at, item] of items.entries()) {
    if (!isIn(item)) continue;
    const hasText = item.text !== "" || item.type === "executed" || faults.includes(item.type);
    const isWanted =
      hasText && (isOfThread(item.thread) || (item.thread === undefined && item.type !== "message-received"));
    if (ends.has(at) || isWanted) places.push(at);
  }
  return { items: places, arrows };
}

/** How many rows a picture may have before it is no longer seen at a glance. */
export const rowsAtAGlance = 150;

/**
 * What shows how the marked events came about: everything, if it is little; else the threads that they belong to, and
 * of these what is nearest before the last mark.
 */
export function around(view: TraceView, marks: readonly Mark[]): Selection {
  const whole = selected(view);
  if (marks.length === 0 || writtenItems(view, whole).length <= rowsAtAGlance) return whole;
  const marked = view.items.filter(({ event, time, text }) =>
    marks.some(({ events, time: at }) => (events === undefined ? time === at && text !== "" : events.includes(event))),
  );
  const threads = new Set(marked.flatMap(({ thread }) => (thread === undefined ? [] : [thread])));
  const chosen = threads.size === 0 ? whole : selected(view, { threads: [...threads] });
  const last = Math.max(marks.at(-1)!.time, marked.at(-1)?.time ?? 0);
  const before = chosen.items.filter((at) => view.items[at]!.time <= last);
  const texts = before.filter((at) => view.items[at]!.text !== "");
  const first = texts.at(-rowsAtAGlance) ?? 0;
  const kept = new Set(before.filter((at) => at >= first));
  const arrows = chosen.arrows.filter(({ from, to }: Arrow) => kept.has(from) && kept.has(to));
  return { items: [...kept], arrows };
}

/** The places of items that have a text. */
export function writtenItems(view: TraceView, { items }: Selection): number[] {
  return items.filter((at) => view.items[at]!.text !== "");
}

/** The part of a selection from one text on, that has so many texts. */
export function rowsFrom(view: TraceView, selection: Selection, start: number, count: number): Selection {
  const written = writtenItems(view, selection);
  const begin = start === 0 ? 0 : (written[start] ?? Infinity);
  const end = written[start + count] ?? Infinity;
  const isIn = (at: number): boolean => at >= begin && at < end;
  const arrows = selection.arrows.filter(({ from, to }) => isIn(from) && isIn(to));
  return { items: selection.items.filter(isIn), arrows };
}
