/** A run of a small world as data: kept in a file, run again, and told step by step. */
import * as v from "valibot";
import type { TraceEvent } from "../../protocols/trace.ts";
import { BadData } from "../../sim/bad-data.ts";
import { Histories } from "./histories.ts";
import { Judge, type Complaint } from "./judge.ts";
import { explored, namesOf, patienceOf, type SmallWorld } from "./small-world.ts";
import { firstState, movesOf, successorsOf, Unplayed, type Pending, type State, type Successor } from "./state.ts";
import type { Step } from "./tally.ts";

const count = (least: number, most: number) => v.pipe(v.number(), v.integer(), v.minValue(least), v.maxValue(most));

const schema = v.strictObject({
  world: v.strictObject({
    protocol: v.picklist(explored),
    members: count(1, 5),
    clients: count(1, 5),
    copies: count(1, 3),
    transactions: count(1, 9),
    crashes: count(0, 9),
    losses: count(0, 9),
    timeouts: count(0, 9),
    depth: count(1, 1000),
  }),
  steps: v.array(
    v.strictObject({
      /** The process. */
      at: v.string(),
      what: v.picklist(["begin", "datagram", "timer"]),
      /** Of a datagram: its sender, and its number among the sender's datagrams. */
      from: v.optional(v.string()),
      number: v.optional(count(1, 1e9)),
      crash: v.optional(v.boolean()),
      /** Timers that fire early after it. */
      early: v.optional(count(1, 9)),
      /** The numbers of the datagrams that it sends and that are lost. */
      lost: v.optional(v.array(count(1, 1e9))),
    }),
  ),
});

export type RecordedRun = Readonly<v.InferOutput<typeof schema>>;
type RecordedStep = RecordedRun["steps"][number];

export function recorded(world: SmallWorld, steps: readonly Step[]): RecordedRun {
  const names = namesOf(world);
  return {
    world,
    steps: steps.map(({ move: { kind, at, from, number }, faults: { crash, early, lost } }) => ({
      at: names[at]!,
      what: kind,
      ...(kind === "datagram" ? { from: names[from]!, number } : {}),
      ...(crash ? { crash } : {}),
      ...(early > 0 ? { early } : {}),
      ...(lost.length > 0 ? { lost: [...lost] } : {}),
    })),
  };
}

/**
 * Reads a run that was saved as JSON. `file` is for messages.
 *
 * @throws BadData for what is no run of a small world
 */
export function readRun(text: string, file: string): RecordedRun {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new BadData(`${file}: expected a run in JSON, as \`troupe explore\` writes it.`);
  }
  const parsed = v.safeParse(schema, json);
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  const where = v.getDotPath(issue) ?? "the file";
  throw new BadData(`${file}: ${where}: expected ${issue.expected ?? "another value"}, not ${issue.received}.`);
}

export interface Retold {
  /** A line for each step, except timers of which nothing is seen. */
  readonly lines: readonly string[];
  readonly complaint: Complaint | undefined;
}

/**
 * Runs it again, and tells it.
 *
 * @throws BadData for a step that cannot happen then
 */
export async function retell({ world, steps }: RecordedRun, file: string): Promise<Retold> {
  const histories = new Histories(world);
  const judge = new Judge(world);
  const names = namesOf(world);
  const lines: string[] = [];
  let complaint: Complaint | undefined = undefined;
  let state = firstState(world, histories, Infinity);
  for (const [index, step] of steps.entries()) {
    const move = movesOf(state, index).find((each) => isSame(each, step, names));
    if (move === undefined) throw new BadData(`${file}: steps.${index}: ${tell(step)} cannot happen then.`);
    const successor = (await successors(state, move, histories)).find(({ faults: { crash, early, lost } }) => {
      return crash === (step.crash ?? false) && early === (step.early ?? 0) && lost.join() === (step.lost ?? []).join();
    });
    if (successor === undefined) throw new BadData(`${file}: steps.${index}: these faults cannot happen then.`);
    const time = successor.state.time;
    const done = deeds(successor, names);
    if (done !== "" || step.what !== "timer")
      lines.push(`${String(index + 1).padStart(3)}. ${time} ms: ${tell(step)}${done}`);
    state = successor.state;
    complaint ??= judge.during(state, move.at);
  }
  if (movesOf(state, 0).length === 0 || state.time >= patienceOf(world)) complaint ??= judge.atEnd(state);
  return { lines, complaint };
}

async function successors(state: State, move: Pending, histories: Histories): Promise<Successor[]> {
  for (;;) {
    const found = successorsOf(state, move, 0);
    if (!(found instanceof Unplayed)) return found;
    await histories.play(found.history, found.key, found.stimulus);
  }
}

function isSame(move: Pending, step: RecordedStep, names: readonly string[]): boolean {
  if (move.kind !== step.what || names[move.at] !== step.at) return false;
  return move.kind !== "datagram" || (names[move.from] === step.from && move.number === step.number);
}

function tell({ at, what, from, number }: RecordedStep): string {
  if (what === "begin") return `${at} begins`;
  return what === "timer" ? `a timer of ${at} fires` : `datagram ${number} of ${from} arrives at ${at}`;
}

/** What the process does then, and the faults. */
function deeds({ faults, played }: Successor, names: readonly string[]): string {
  const { crash, lost } = faults;
  const told = played.flatMap(({ view }, i) => {
    const own = view.events.flatMap((event) => deed(event, names));
    return i === 0 ? own : ["a timer fires EARLY", ...own];
  });
  for (const number of lost) told.push(`its datagram ${number} is LOST`);
  if (crash) told.push("it CRASHES");
  return told.length === 0 ? "" : `: ${told.join(", ")}`;
}

function deed(event: TraceEvent, names: readonly string[]): string[] {
  const { type } = event;
  if (type === "message-sent") return [`sends ${event.kind.toUpperCase()} ${event.call} to ${names[event.to - 1]!}`];
  if (type === "retransmit") return [`repeats ${event.kind.toUpperCase()} ${event.call} to ${names[event.to - 1]!}`];
  if (type === "execute") return ["executes a call"];
  if (type === "transaction") return [`transaction ${event.path} of ${event.thread} is ${event.outcome}`];
  if (type === "peer-crashed") return [`takes ${names[event.peer - 1]!} for dead`];
  return type === "call-done" ? [`the call ends (${event.outcome})`] : [];
}
