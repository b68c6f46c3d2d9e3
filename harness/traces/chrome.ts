/**
 * A trace in the Trace Event Format, which Perfetto (https://ui.perfetto.dev), speedscope and chrome://tracing open: a
 * process for each machine, a track for each thread of calls there, slices for calls and executions, arrows for
 * messages, instants for everything else. Times are simulated microseconds.
 */
import type { Item, TraceView } from "./view.ts";
import { lostText } from "./texts.ts";

/** A slice of no length swallows what follows it in some viewers; a nanosecond does not. */
const shortest = 0.001;
/** The track of a machine's own events. */
const machineTrack = 0;

type TraceEvent = Readonly<Record<string, unknown>>;

interface Slice {
  readonly name: string;
  readonly machine: number;
  /** The thread of calls, or "" for the machine's own track. */
  readonly group: string;
  readonly begin: number;
  readonly end: number;
  readonly args: Readonly<Record<string, unknown>>;
  track: number;
}

/** Tracks of each machine: slices of one track lie within each other or apart. */
class Tracks {
  readonly names = new Map<string, string>();
  readonly #open = new Map<string, number[]>();
  readonly #count = new Map<number, number>();
  readonly #ids = new Map<string, number>();

  place(slice: Slice): void {
    for (let i = 1; ; i++) {
      const key = `${slice.machine} ${slice.group} ${i}`;
      const open = (this.#open.get(key) ?? []).filter((end) => end > slice.begin);
      const inner = open.at(-1);
      if (inner !== undefined && inner < slice.end) continue;
      this.#open.set(key, [...open, slice.end]);
      slice.track = this.id(slice.machine, slice.group, i);
      return;
    }
  }

  id(machine: number, group: string, nth: number): number {
    if (group === "" && nth === 1) return machineTrack;
    const key = `${machine} ${group} ${nth}`;
    let id = this.#ids.get(key);
    if (id === undefined) {
      id = (this.#count.get(machine) ?? 0) + 1;
      this.#count.set(machine, id);
      this.#ids.set(key, id);
      this.names.set(`${machine} ${id}`, nth === 1 ? group : `${group} (${nth})`);
    }
    return id;
  }
}

const microseconds = (time: number): number => time * 1000;
const keyOf = ({ machine, thread, path }: Item): string => `${machine} ${thread} ${path}`;

/** Where slices of each type begin, what ends them, and what is cut off from their text to make a name. */
const spans = [
  { begin: "call", end: "call-done", verb: "calls " },
  { begin: "execute", end: "executed", verb: "executes " },
  { begin: "crash", end: "restart", verb: "" },
  { begin: "pause", end: "resume", verb: "" },
] as const;
const names: Readonly<Record<string, string>> = { crash: "down", pause: "paused" };

function slicesOf(view: TraceView): Slice[] {
  const slices: Slice[] = [];
  const open = new Map<string, Item>();
  const close = (item: Item, time: number, result: string): void => {
    const { machine, thread, path, type, text, event } = item;
    const verb = spans.find(({ begin }) => begin === type)?.verb ?? "";
    slices.push({
      name: names[type] ?? text.slice(verb.length),
      machine,
      group: thread === undefined ? "" : view.threads[thread]!,
      begin: item.time,
      end: time,
      args: { event, ...(thread === undefined ? {} : { thread, path }), ...(result === "" ? {} : { outcome: result }) },
      track: 0,
    });
  };
  const last = view.items.at(-1)?.time ?? 0;
  for (const item of view.items) {
    const { type } = item;
    for (const { begin, end } of spans) {
      const key = `${begin} ${keyOf(item)}`;
      if (type === begin && !open.has(key)) open.set(key, item);
      else if (type === end && open.has(key)) {
        close(open.get(key)!, item.time, item.text);
        open.delete(key);
      }
    }
    if (type !== "crash") continue;
    // Nothing that ran on the machine outlives it.
    for (const [key, begun] of open) {
      if (begun.machine !== item.machine || begun === item) continue;
      close(begun, item.time, "crash");
      open.delete(key);
    }
  }
  for (const begun of open.values()) close(begun, last, "not over");
  return slices.toSorted((a, b) => a.begin - b.begin || b.end - a.end);
}

const spanning = new Set<string>(spans.flatMap(({ begin, end }) => [begin, end]));

function instants(view: TraceView, tracks: Tracks): TraceEvent[] {
  const events: TraceEvent[] = [];
  for (const { type, text, machine, thread, time, event } of view.items) {
    if (text === "" || spanning.has(type) || type === "message-received") continue;
    const tid = thread === undefined ? machineTrack : tracks.id(machine, view.threads[thread]!, 1);
    const where = machine < 0 ? { pid: 1, tid: machineTrack, s: "g" } : { pid: machine + 1, tid, s: "t" };
    events.push({ ph: "i", name: text, cat: type, ts: microseconds(time), ...where, args: { event } });
  }
  for (const { lost, text, to, from } of view.arrows) {
    if (lost === undefined) continue;
    const { machine } = view.items[from]!;
    const name = `${lostText(lost)}: ${text}`;
    const ts = microseconds(view.items[to]!.time);
    events.push({ ph: "i", name, cat: "loss", ts, pid: machine + 1, tid: machineTrack, s: "t" });
  }
  return events;
}

/** Arrows between slices: from a call to its executions, and back to the call if it still waits. */
function flows(slices: readonly Slice[], view: TraceView): TraceEvent[] {
  const events: TraceEvent[] = [];
  const at = (slice: Slice, time: number): TraceEvent => {
    // A flow binds to the slice that encloses it.
    const ts = Math.min(Math.max(microseconds(time), microseconds(slice.begin)), lastOf(slice));
    return { pid: slice.machine + 1, tid: slice.track, ts };
  };
  const find = new Map<string, Slice[]>();
  for (const slice of slices) {
    const key = `${slice.machine} ${String(slice.args["thread"])} ${String(slice.args["path"])}`;
    const before = find.get(key);
    if (before === undefined) find.set(key, [slice]);
    else before.push(slice);
  }
  const sliceOf = (item: Item, time: number): Slice | undefined => {
    const candidates = find.get(keyOf(item))?.filter(({ begin }) => begin <= time);
    return candidates?.at(-1);
  };
  let id = 0;
  for (const { from, to, lost, idle, thread, kind } of view.arrows) {
    if (lost !== undefined || idle || thread === undefined) continue;
    const [sent, received] = [view.items[from]!, view.items[to]!];
    const path = sent.path ?? received.path;
    if (path === undefined || sent.machine === received.machine) continue;
    const [a, b] = [sent, received].map((item) => sliceOf({ ...item, thread, path }, item.time));
    if (a === undefined || b === undefined || received.time > b.end) continue;
    id++;
    const what = { name: kind === "call" ? "CALL" : "RETURN", cat: "message", id };
    events.push({ ph: "s", ...what, ...at(a, sent.time) }, { ph: "f", bp: "e", ...what, ...at(b, received.time) });
  }
  return events;
}

/** The end of a slice, as it is written. */
function lastOf({ begin, end }: Slice): number {
  return microseconds(begin) + Math.max(shortest, microseconds(end - begin));
}

/** One JSON document. */
export function chromeTrace(view: TraceView): string {
  const slices = slicesOf(view);
  const tracks = new Tracks();
  for (const slice of slices) tracks.place(slice);
  const events: TraceEvent[] = slices.map((slice) => ({
    ph: "X",
    name: slice.name,
    cat: slice.group === "" ? "machine" : "call",
    ts: microseconds(slice.begin),
    dur: lastOf(slice) - microseconds(slice.begin),
    pid: slice.machine + 1,
    tid: slice.track,
    args: slice.args,
  }));
  events.push(...instants(view, tracks), ...flows(slices, view));
  const metadata: TraceEvent[] = view.machines.flatMap((name, machine) => [
    { ph: "M", name: "process_name", pid: machine + 1, args: { name } },
    { ph: "M", name: "process_sort_index", pid: machine + 1, args: { sort_index: machine } },
    { ph: "M", name: "thread_name", pid: machine + 1, tid: machineTrack, args: { name: "machine" } },
  ]);
  for (const [key, name] of tracks.names) {
    const [machine, tid] = key.split(" ").map(Number) as [number, number];
    metadata.push({ ph: "M", name: "thread_name", pid: machine + 1, tid, args: { name } });
  }
  const all = [...metadata, ...events].map((event) => JSON.stringify(event));
  return `{"displayTimeUnit":"ms","traceEvents":[\n${all.join(",\n")}\n]}\n`;
}
