/** How high everything in a space-time diagram lies: time runs downward, and no text covers another. */
import type { Arrow, Item, TraceView } from "./view.ts";

/** What of a view is drawn. */
export interface Selection {
  /** Places of items, in the trace's order. */
  readonly items: readonly number[];
  readonly arrows: readonly Arrow[];
}

const row = 15;

/** The middle one of the times that messages take: the length of time that one row stands for. */
function unitOf(view: TraceView, arrows: readonly Arrow[]): number {
  const spans = arrows
    .filter(({ lost }) => lost === undefined)
    .map(({ from, to }) => view.items[to]!.time - view.items[from]!.time)
    .filter((span) => span > 0)
    .toSorted((a, b) => a - b);
  return spans[Math.floor(spans.length / 2)] ?? 1;
}

/** Where the baseline of an item's text lies below the item: clear of the arrows that leave or arrive on its right. */
export type Shift = (at: number) => number;

export function shifts(view: TraceView, arrows: readonly Arrow[]): Shift {
  const leaving = new Set<number>();
  const arriving = new Set<number>();
  for (const { from, to, machine } of arrows) {
    const before = view.items[from]!.machine;
    if (machine > before) leaving.add(from);
    else if (machine < before) arriving.add(to);
  }
  const times = new Map<string, boolean>();
  for (const at of leaving) times.set(placeOf(view.items[at]!), true);
  return (at) => {
    const item = view.items[at]!;
    if (item.type === "call" && times.has(placeOf(item))) return -5;
    return arriving.has(at) ? 13 : 4;
  };
}

const placeOf = ({ machine, time }: Item): string => `${machine} ${time}`;

/** The heights of items. Time runs downward, in proportion to `unit` where that is short, and cut short elsewhere. */
export class Heights {
  readonly of = new Map<number, number>();
  /** Where time is cut short: heights, and how much time it is. */
  readonly cuts: { readonly y: number; readonly span: number }[] = [];
  readonly ticks: { readonly y: number; readonly time: number }[] = [];
  bottom: number;

  constructor(view: TraceView, { items, arrows }: Selection, top: number, shift: Shift) {
    const unit = unitOf(view, arrows);
    const senders = new Map<number, number>();
    for (const { from, to } of arrows) senders.set(to, from);
    /** Below the last text of each machine. */
    const free = new Map<number, number>();
    let y = top;
    let time = view.items[items[0] ?? 0]?.time ?? 0;
    for (let i = 0; i < items.length;) {
      let end = i;
      const now = view.items[items[i]!]!.time;
      while (end < items.length && view.items[items[end]!]!.time === now) end++;
      const group = items.slice(i, end);
      const span = now - time;
      const isCut = span > 6 * unit;
      let begin = i === 0 ? top : y + (isCut ? 34 : 3 + Math.min(30, (22 * span) / unit));
      // Texts of one machine never overlap. What concerns the whole network lies below all before it.
      const isWide = group.some((at) => view.items[at]!.machine < 0);
      if (isWide) for (const below of free.values()) begin = Math.max(begin, below + row);
      const texts = group.filter((at) => view.items[at]!.text !== "");
      for (const at of texts) begin = Math.max(begin, this.#below(free, view.items[at]!.machine, shift(at)));
      if (isCut) this.cuts.push({ y: (y + begin) / 2, span });
      this.ticks.push({ y: begin, time: now });
      y = Math.max(begin, this.#place(view, group, begin, free, senders, shift));
      time = now;
      i = end;
    }
    this.bottom = y + 24;
  }

  /** Where an item of a machine may lie, so that its text is below all texts before. */
  #below(free: ReadonlyMap<number, number>, machine: number, shift: number): number {
    return (free.get(machine) ?? -Infinity) + row - 4 - shift;
  }

  /** Places what happens at one time; returns the lowest height. */
  #place(
    view: TraceView,
    group: readonly number[],
    begin: number,
    free: Map<number, number>,
    senders: ReadonlyMap<number, number>,
    shift: Shift,
  ): number {
    const last = new Map<number, number>();
    let lowest = begin;
    for (const at of group) {
      const { machine, text } = view.items[at]!;
      const sender = senders.get(at);
      const sent = sender === undefined ? begin : (this.of.get(sender) ?? begin);
      const before = last.get(machine);
      let y = Math.max(sent, before ?? begin);
      if (text !== "") {
        y = Math.max(y, this.#below(free, machine, shift(at)));
        free.set(machine, y + shift(at) + 4);
      }
      this.of.set(at, y);
      last.set(machine, y);
      lowest = Math.max(lowest, y);
    }
    if (group.some((at) => view.items[at]!.machine < 0)) {
      for (let machine = 0; machine < view.machines.length; machine++) free.set(machine, lowest + 2);
    }
    return lowest;
  }
}
