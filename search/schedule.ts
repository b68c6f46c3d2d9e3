/**
 * A schedule: a replicated program, its clients and what happens to them, as plain data. A run is a pure function of
 * its schedule (run.ts). A seed draws a schedule (draw.ts), the shrinker makes it smaller (shrink.ts), and a file of
 * JSON keeps it for replay.
 */
import * as v from "valibot";
import { didYouMean } from "../languages/nearest.ts";
import { collatorNames } from "./collators.ts";
import { orderingNames } from "../protocols/call/server/ordering.ts";
import { BadData } from "../sim/bad-data.ts";

const milliseconds = v.pipe(v.number(), v.minValue(0));
const probability = v.pipe(v.number(), v.minValue(0), v.maxValue(1));
const whole = v.pipe(v.number(), v.integer(), v.minValue(0));
const name = v.pipe(v.string(), v.minLength(1));

const call = v.object({
  /** The pause of the thread before the call. */
  rest: milliseconds,
  /** The order of a writer's "write"s counts, that of its "mark"s does not. */
  procedure: v.picklist(["write", "mark"]),
  /** How long the procedure takes. */
  work: milliseconds,
  /** Length of a document that goes with the call, and comes back. */
  bytes: whole,
});

const troupe = v.object({
  name,
  /** The machines of the members that found it. */
  members: v.array(name),
  /** The troupe that its procedures call in turn; null if there is none. */
  calls: v.nullable(name),
  ordering: v.picklist(orderingNames),
  /** The machine of a member that answers wrongly; null if there is none. */
  wrong: v.nullable(name),
});

const client = v.object({
  name,
  /** The machines of its members; more than one if the client itself is replicated. */
  members: v.array(name),
  calls: name,
  collator: v.picklist(collatorNames),
  /** Each thread makes one call after the other. */
  threads: v.array(v.array(call)),
});

const fault = v.variant("kind", [
  /** A machine crashes, and comes back after so many ms; null: never. */
  v.object({ kind: v.literal("crash"), at: milliseconds, machine: name, back: v.nullable(milliseconds) }),
  /** A machine stands still. */
  v.object({ kind: v.literal("pause"), at: milliseconds, machine: name, lasts: milliseconds }),
  /** The same for the machine that takes a step of the binding protocols: the step of that number from `at` on. */
  v.object({ kind: v.literal("crash in a step"), at: milliseconds, step: whole, back: v.nullable(milliseconds) }),
  v.object({ kind: v.literal("pause in a step"), at: milliseconds, step: whole, lasts: milliseconds }),
  /** Datagrams between two sets of machines are lost; `and` null: between the one and all others. */
  v.object({
    kind: v.literal("cut"),
    at: milliseconds,
    between: v.array(name),
    and: v.nullable(v.array(name)),
    oneWay: v.boolean(),
    lasts: milliseconds,
  }),
  /** A new machine joins a troupe that a Ringmaster binds; a member leaves. */
  v.object({ kind: v.literal("join"), at: milliseconds, troupe: name, machine: name }),
  v.object({ kind: v.literal("leave"), at: milliseconds, machine: name }),
]);

const schema = v.object({
  /** Seed of all that the network and the modules draw. */
  seed: v.string(),
  /** How many machines the Ringmaster has; 0: binding is a static table. */
  ringmasters: whole,
  network: v.object({
    /** Mean of the exponential delay of a datagram. */
    delay: v.pipe(v.number(), v.gtValue(0)),
    loss: probability,
    duplication: probability,
    /** Mean of the exponential lag of a copy. */
    lag: v.pipe(v.number(), v.gtValue(0)),
  }),
  /** A troupe stands after the troupe that it calls. */
  troupes: v.array(troupe),
  clients: v.array(client),
  faults: v.array(fault),
});

/** Times in ms. */
export type Schedule = Readonly<v.InferOutput<typeof schema>>;
export type ScheduledTroupe = Schedule["troupes"][number];
export type ScheduledClient = Schedule["clients"][number];
export type ScheduledCall = ScheduledClient["threads"][number][number];
export type Fault = Schedule["faults"][number];

export function ringmasterNames(count: number): string[] {
  return Array.from({ length: count }, (_, i) => `ringmaster ${i + 1}`);
}

/** The machines of the whole schedule. */
export function machinesOf({ ringmasters, troupes, clients, faults }: Schedule): string[] {
  return [
    ...ringmasterNames(ringmasters),
    ...[...troupes, ...clients].flatMap(({ members }) => members),
    ...faults.flatMap((fault) => (fault.kind === "join" ? [fault.machine] : [])),
  ];
}

/** The machines that a fault names and does not bring along. */
export function victimsOf(fault: Fault): readonly string[] {
  switch (fault.kind) {
    case "crash":
    case "pause":
    case "leave":
      return [fault.machine];
    case "cut":
      return [...fault.between, ...(fault.and ?? [])];
    case "crash in a step":
    case "pause in a step":
    case "join":
      return [];
  }
}

function mustKnow(file: string, where: string, given: string, names: readonly string[]): void {
  if (names.includes(given)) return;
  const hint = didYouMean(given, names, (known) => `"${known}"`) || ` There are ${names.join(", ") || "none"}.`;
  throw new BadData(`${file}: ${where} names "${given}", which the schedule does not have.${hint}`);
}

/** What a schedule lacks, or has in a place where something else is expected, as a sentence. */
function wrongIn(issue: v.BaseIssue<unknown>): string {
  const where = v.getDotPath(issue);
  if (where === null) return `a schedule is an object of ${Object.keys(schema.entries).join(", ")}.`;
  const expected = (issue.expected ?? "another value").replaceAll('"', "");
  if (issue.received !== "undefined") return `${where}: expected ${expected}, not ${issue.received}.`;
  const parent = issue.path!.at(-1)!.input as object;
  const meant = didYouMean(expected, Object.keys(parent), (near) => `"${near}" to be "${expected}"`);
  const wanted = where.includes(".") ? "" : ` A schedule has ${Object.keys(schema.entries).join(", ")}.`;
  return `${where} is missing.${meant || wanted}`;
}

/**
 * Reads a schedule that was saved as JSON. `file` is for messages.
 * @throws BadData for what is no schedule, or names what it does not have
 */
export function readSchedule(text: string, file: string): Schedule {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new BadData(`${file}: expected a schedule in JSON, as \`troupe fuzz --shrink\` writes it.`);
  }
  const parsed = v.safeParse(schema, json);
  if (!parsed.success) {
    const [issue] = parsed.issues;
    throw new BadData(`${file}: ${wrongIn(issue)}`);
  }
  const schedule = parsed.output;
  const machines = machinesOf(schedule);
  const twice = machines.find((machine, place) => machines.indexOf(machine) < place);
  if (twice !== undefined) throw new BadData(`${file}: two machines have the name "${twice}"; expected one.`);
  const names = schedule.troupes.map((each) => each.name);
  for (const [place, { calls }] of schedule.troupes.entries())
    if (calls !== null) mustKnow(file, `troupes.${place}`, calls, names.slice(0, place));
  for (const [place, { calls }] of schedule.clients.entries()) mustKnow(file, `clients.${place}`, calls, names);
  for (const [place, each] of schedule.faults.entries()) {
    for (const machine of victimsOf(each)) mustKnow(file, `faults.${place}`, machine, machines);
    if (each.kind !== "join") continue;
    mustKnow(file, `faults.${place}`, each.troupe, names);
    if (schedule.ringmasters === 0)
      throw new BadData(`${file}: faults.${place} joins a troupe, but no Ringmaster binds it: ringmasters is 0.`);
  }
  return schedule;
}
