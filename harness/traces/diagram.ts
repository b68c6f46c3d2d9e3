/** A space-time diagram: machines side by side, time downward, messages as arrows. */
import { Canvas, ink, plain, red, type Point } from "./canvas.ts";
import { Heights, shifts, type Selection, type Shift } from "./heights.ts";
import { Losses } from "./losses.ts";
import { fitted, font, lostText, spanText, timeText, wrapped, type Measure } from "./texts.ts";
import type { Arrow, Item, Mark, TraceView } from "./view.ts";

const gutter = 84;
const widestText = 240;
const narrowest = 640;
const badgeWidth = 17;
/** Colours of threads, at least 4.5:1 on white. */
const palette = ["#0b5394", "#a04000", "#1e6e42", "#7b2d8b", "#7a5c00", "#0e6b75", "#8c1d40", "#4a4f9c"];
const bad: readonly string[] = ["crash", "disagreement", "divergence", "peer-crashed", "malformed"];

export class Diagram {
  /** Heights of times: what a page asks when someone clicks. */
  readonly heights: Heights;
  /** Of each machine in the drawing, its line's place in pixels. */
  readonly lanes = new Map<number, number>();
  readonly #view: TraceView;
  readonly #selection: Selection;
  readonly #canvas: Canvas;
  readonly #colours = new Map<string, string>();
  /** The numbers of the marks at an item, from 1. */
  readonly #marked = new Map<number, number[]>();
  readonly #shift: Shift;
  /** The ends of arrows that are lost on their way. */
  readonly #lostAt = new Map<Arrow, Point>();
  readonly #top: number;
  #width = gutter;

  constructor(view: TraceView, selection: Selection, marks: readonly Mark[], title: string, measure: Measure) {
    this.#view = view;
    this.#selection = selection;
    this.#canvas = new Canvas(measure);
    for (const [i, mark] of marks.entries()) {
      for (const at of markedItems(view, selection, mark)) {
        this.#marked.set(at, [...(this.#marked.get(at) ?? []), i + 1]);
      }
    }
    this.#place();
    this.#top = this.#head(title, marks) + 26;
    this.#shift = shifts(view, selection.arrows);
    this.heights = new Heights(view, selection, this.#top + 20, this.#shift);
    this.#placeLosses();
    this.#times();
    for (const [machine, x] of this.lanes) this.#life(machine, x);
    for (const arrow of selection.arrows) this.#arrow(arrow);
    this.#bars();
    for (const arrow of selection.arrows) this.#lost(arrow);
    for (const at of selection.items) this.#item(at);
  }

  /** The drawing, as one SVG element. `note` is written below it. */
  svg(note = ""): string {
    const canvas = this.#canvas;
    const width = Math.ceil(Math.max(this.#width, narrowest));
    const notes = note === "" ? [] : wrapped(note, width - 24, canvas.measure);
    const { bottom } = this.heights;
    for (const [i, line] of notes.entries()) {
      canvas.text({ x: 12, y: bottom + 14 + 16 * i }, line, `font-size="12" fill="${plain}"`);
    }
    return canvas.svg(width, Math.ceil(bottom + 10 + 16 * notes.length));
  }

  #at(item: number): Point {
    return { x: this.lanes.get(this.#view.items[item]!.machine) ?? gutter, y: this.heights.of.get(item)! };
  }

  /** Gives each machine that has something drawn a lane, as wide as its texts. */
  #place(): void {
    const { machines, items } = this.#view;
    const { measure } = this.#canvas;
    const widths = new Map<number, number>();
    const badges = new Map<number, number>();
    for (const at of this.#selection.items) {
      const { machine } = items[at]!;
      const marks = this.#marked.get(at)?.length ?? 0;
      widths.set(machine, Math.max(widths.get(machine) ?? 0, this.#textWidth(at)));
      badges.set(machine, Math.max(badges.get(machine) ?? 0, marks));
    }
    for (const { machine } of this.#selection.arrows) if (!widths.has(machine)) widths.set(machine, 0);
    for (const machine of [...widths.keys()].toSorted((a, b) => a - b)) {
      if (machine < 0) continue;
      const head = measure(machines[machine]!, 12, true);
      const left = Math.max(20, head / 2 + 6, badgeWidth * (badges.get(machine) ?? 0) + 8);
      this.lanes.set(machine, this.#width + left);
      this.#width += left + Math.max(head / 2 + 14, 20 + widths.get(machine)!);
    }
    this.#width += 16;
  }

  /** An item's text, short enough for its lane. */
  #textOf(at: number): string {
    return fitted(this.#view.items[at]!.text, widestText, this.#canvas.measure, this.#isBad(at));
  }

  /** Where an item's text begins. */
  #textAt(at: number): Point {
    const { x, y } = this.#at(at);
    return { x: x + 13, y: y + this.#shift(at) };
  }

  #textWidth(at: number): number {
    return this.#canvas.measure(this.#textOf(at), font, this.#isBad(at)) + (this.#marked.has(at) ? 8 : 0);
  }

  #isBad(at: number): boolean {
    return this.#marked.has(at) || bad.includes(this.#view.items[at]!.type);
  }

  /** The title and the sentences of the marks; returns the height below them. */
  #head(title: string, marks: readonly Mark[]): number {
    const canvas = this.#canvas;
    let y = 14;
    if (title !== "") {
      canvas.text({ x: 12, y: y + 6 }, title, `font-size="14" font-weight="bold"`);
      y += 26;
    }
    for (const [i, { sentence }] of marks.entries()) {
      canvas.badge({ x: 20, y: y + 4 }, i + 1);
      for (const line of wrapped(sentence, Math.max(this.#width, narrowest) - 60, canvas.measure)) {
        canvas.text({ x: 34, y: y + 8 }, line, `font-size="12" fill="${red}"`);
        y += 18;
      }
    }
    return y;
  }

  #colour(thread: string | undefined): string {
    if (thread === undefined) return plain;
    let colour = this.#colours.get(thread);
    if (colour === undefined) {
      colour = palette[this.#colours.size % palette.length]!;
      this.#colours.set(thread, colour);
    }
    return colour;
  }

  /** A line across all machines. */
  #across(y: number, attributes: string): void {
    this.#canvas.line({ x: gutter - 14, y }, { x: this.#width - 10, y }, attributes);
  }

  #times(): void {
    const style = `text-anchor="end" fill="${plain}" font-size="10"`;
    let last = -Infinity;
    for (const { y, time } of this.heights.ticks) {
      if (y - last < 15) continue;
      last = y;
      this.#across(y, `stroke="#f0f0f0"`);
      this.#canvas.text({ x: gutter - 18, y: y + 4 }, timeText(time), style);
    }
    for (const { y, span } of this.heights.cuts) {
      this.#across(y, `stroke="#999999" stroke-dasharray="1 5"`);
      this.#canvas.text({ x: gutter - 18, y: y + 4 }, `⋮ ${spanText(span)}`, style);
    }
  }

  /** The line of a machine's life: broken while it is down, dotted while it is paused. */
  #life(machine: number, x: number): void {
    const name = this.#view.machines[machine]!;
    this.#canvas.text({ x, y: this.#top - 4 }, name, `font-size="12" font-weight="bold" text-anchor="middle"`);
    let begin = this.#top + 2;
    let state = "up";
    const change = (y: number, next: string): void => {
      const dash = state === "paused" ? ` stroke-dasharray="2 4"` : "";
      if (state !== "down") this.#canvas.line({ x, y: begin }, { x, y }, `stroke="#777777" stroke-width="1.5"${dash}`);
      [begin, state] = [y, next];
    };
    for (const at of this.#selection.items) {
      const item = this.#view.items[at]!;
      if (item.machine !== machine) continue;
      const { y } = this.#at(at);
      if (item.type === "crash") change(y, "down");
      else if (item.type === "restart" || (item.type === "start" && state === "down")) change(y, "up");
      else if (item.type === "pause") change(y, "paused");
      else if (item.type === "resume") change(y, "up");
    }
    change(this.heights.bottom, state);
  }

  /** Finds an end for each arrow that is lost on its way. */
  #placeLosses(): void {
    const { items } = this.#view;
    const texts = this.#selection.items.flatMap((at) => {
      if (items[at]!.text === "" || items[at]!.machine < 0) return [];
      const { x, y } = this.#textAt(at);
      return [{ x, y: y - font, width: this.#textWidth(at), height: font + 3 }];
    });
    const losses = new Losses(texts, this.heights.bottom);
    for (const arrow of this.#selection.arrows) {
      const { from, to, machine, lost } = arrow;
      const x = this.lanes.get(machine);
      if (lost === undefined || x === undefined || items[to]!.time !== items[from]!.time) continue;
      this.#lostAt.set(arrow, losses.place(this.#at(from), x, this.#canvas.lostWidth(lossText(arrow))));
    }
  }

  /**
   * Where an arrow begins and ends; undefined if it is within one machine. What is lost on its way ends between two.
   */
  #ends(arrow: Arrow): readonly [Point, Point] | undefined {
    const a = this.#at(arrow.from);
    const x = this.lanes.get(arrow.machine);
    if (x === undefined || a.x === x) return undefined;
    return [a, this.#lostAt.get(arrow) ?? { x, y: this.heights.of.get(arrow.to)! }];
  }

  #arrow(arrow: Arrow): void {
    const ends = this.#ends(arrow);
    if (ends === undefined) return;
    const { kind, idle, thread, lost } = arrow;
    const colour = idle ? "#8a8a8a" : this.#colour(thread);
    const dash = kind === "return" ? ` stroke-dasharray="6 3"` : kind === "control" ? ` stroke-dasharray="2 3"` : "";
    this.#canvas.line(...ends, `stroke="${colour}" stroke-width="${idle ? 0.8 : 1.4}"${dash}`);
    if (lost === undefined) this.#canvas.head(...ends, colour);
  }

  /** What is written at arrows, above all lines: losses, and repetitions where they depart. */
  #lost(arrow: Arrow): void {
    const ends = this.#ends(arrow);
    if (ends === undefined) return;
    const [a, b] = ends;
    const { lost, again, thread } = arrow;
    if (lost !== undefined) this.#canvas.lost(b, lossText(arrow));
    else if (again) {
      const share = Math.min(0.5, 40 / Math.abs(b.x - a.x));
      const place = { x: a.x + (b.x - a.x) * share - 14, y: a.y + (b.y - a.y) * share + 4 };
      this.#canvas.label(place, "again", `fill="${this.#colour(thread)}" font-size="10"`, "", 10);
    }
  }

  /** A bar for each execution, from its beginning to its end, or to a crash. */
  #bars(): void {
    const open = new Map<string, number>();
    const bar = (key: string, bottom: number): void => {
      const at = open.get(key)!;
      open.delete(key);
      const { x, y } = this.#at(at);
      const colour = this.#colour(this.#view.items[at]!.thread);
      const style = `rx="2" fill="${colour}" fill-opacity="0.25" stroke="${colour}"`;
      this.#canvas.rect({ x: x - 4, y: y - 5 }, 8, Math.max(10, bottom - y + 5), style);
    };
    for (const at of this.#selection.items) {
      const { type, machine, thread, path } = this.#view.items[at]!;
      const key = `${machine} ${thread} ${path}`;
      if (type === "execute") open.set(key, at);
      else if (type === "executed" && open.has(key)) bar(key, this.#at(at).y);
      else if (type === "crash") {
        for (const other of open.keys()) if (other.startsWith(`${machine} `)) bar(other, this.#at(at).y);
      }
    }
    for (const key of open.keys()) bar(key, this.heights.bottom);
  }

  #item(at: number): void {
    const item = this.#view.items[at]!;
    const { type, thread } = item;
    const marks = this.#marked.get(at);
    if (item.text === "" && marks === undefined) return;
    if (item.machine < 0) return this.#wide(item, this.#at(at).y);
    const canvas = this.#canvas;
    const { x, y } = this.#at(at);
    const text = this.#textOf(at);
    const place = this.#textAt(at);
    const isBad = this.#isBad(at);
    const colour = isBad ? red : thread === undefined ? ink : this.#colour(thread);
    const style = `fill="${colour}"${isBad ? ` font-weight="bold"` : ""}${type === "note" ? ` font-style="italic"` : ""}`;
    if (type === "crash") canvas.cross({ x, y }, 6);
    else if (type !== "execute" && type !== "executed") canvas.dot({ x, y }, this.#colour(thread));
    if (marks === undefined) canvas.label(place, text, style, hoverText(item, this.#view));
    else {
      canvas.rect({ x: x + 8, y: place.y - 12 }, this.#textWidth(at) + 4, 16, `rx="3" fill="#ffe3e6" stroke="${red}"`);
      canvas.text(place, text, style, hoverText(item, this.#view));
      for (const [i, number] of marks.entries()) canvas.badge({ x: x - 7 - badgeWidth * i, y }, number);
    }
  }

  /** What concerns the whole network. */
  #wide({ type, text }: Item, y: number): void {
    const colour = type === "heal" ? plain : red;
    this.#across(y, `stroke="${colour}" stroke-width="1.5" stroke-dasharray="8 4"`);
    this.#canvas.label({ x: gutter - 8, y: y - 4 }, text, `fill="${colour}" font-weight="bold"`);
  }
}

function lossText({ lost, kind, text }: Arrow): string {
  return `${lostText(lost!)}: ${kind === "return" ? "← " : ""}${text}`;
}

function hoverText({ event, time, type, text, thread, path }: Item, { threads }: TraceView): string {
  const call = thread === undefined ? "" : `, call ${path} of ${threads[thread] ?? `thread ${thread}`}`;
  return `${text}\n${type}, event ${event}, ${time} ms${call}`;
}

/** The items of a mark; if it names no events and nothing has a text at its time, the last that has one before. */
function markedItems({ items }: TraceView, selection: Selection, { events, time }: Mark): readonly number[] {
  if (events !== undefined) return selection.items.filter((at) => events.includes(items[at]!.event));
  const written = selection.items.filter((at) => items[at]!.text !== "");
  const then = written.filter((at) => items[at]!.time === time);
  return then.length > 0 ? then : written.filter((at) => items[at]!.time < time).slice(-1);
}
