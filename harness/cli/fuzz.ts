/** `troupe fuzz`: searches random schedules for one that the protocols do not survive. */
import { availableParallelism } from "node:os";
import type { Argv } from "yargs";
import { draw, features, type Feature } from "../../search/draw.ts";
import { mutants } from "../../search/mutants/all.ts";
import { run, type Outcome } from "../../search/run.ts";
import { readNamed } from "../store/directory.ts";
import { readSchedule, type Schedule } from "../../search/schedule.ts";
import { sizeOf } from "../../search/shrink.ts";
import { didYouMean } from "../../languages/nearest.ts";
import { BadData } from "../../sim/bad-data.ts";
import { TraceFile } from "../../sim/trace-file.ts";
import { CommandFailed } from "../failure.ts";
import { checkerOf, save, shrinkageText, shrunk, sizeText, witness } from "../fuzz/failure.ts";
import { mutantNamed, ownMutant, runMutant } from "../fuzz/mutation.ts";
import { marksTable, mutantRow, mutantsList, mutantsTable, type MutantRow } from "../fuzz/tables.ts";
import { search } from "../fuzz/search.ts";
import { durationOf, isGiven, numberOf, optionsText, refuseUnknown, textOf, type Words } from "./words.ts";

const options = {
  seeds: { type: "string", describe: "how many seeds are tried", defaultDescription: "1000" },
  from: { type: "string", describe: "the first seed", defaultDescription: "1" },
  time: { type: "string", describe: "begin no seed later: 60s, 10m" },
  workers: {
    type: "string",
    describe: "threads to run on; the result does not depend on it",
    defaultDescription: "all cores",
  },
  use: { type: "string", describe: `what every schedule uses, of ${features.join(", ")}` },
  "keep-going": { type: "boolean", describe: "go on after a failure" },
  shrink: { type: "boolean", describe: "make the first failing schedule as small as can be, and save it" },
  out: { type: "string", describe: "directory for what is saved", defaultDescription: "out/fuzz" },
  replay: { type: "string", describe: "run the schedule of this file" },
  events: { type: "string", describe: "write all events of the one schedule that is run, as JSON lines" },
  marks: { type: "boolean", describe: "count how often each rule of the protocols was reached" },
  mutant: {
    type: "string",
    describe: 'with a rule broken, by its name in the catalogue; or "all", one after the other',
  },
  "list-mutants": { type: "boolean", describe: "list the catalogue of mutants" },
  json: { type: "boolean", describe: "print one JSON document" },
} as const;

export function declareFuzz(yargs: Argv): Argv {
  return yargs
    .usage("$0 fuzz\n\nRuns random programs under random faults, and judges each run by all checkers.")
    .options(options)
    .example("$0 fuzz --seeds 10000", "over all protocols")
    .example("$0 fuzz --from 17 --seeds 1 --shrink", "makes the failing schedule of seed 17 small, and draws it")
    .example("$0 fuzz --replay out/fuzz/seed-17.json", "runs it again");
}

interface Request {
  readonly from: number;
  readonly seeds: number;
  readonly time: number;
  readonly workers: number;
  readonly use: readonly Feature[];
  readonly keepsGoing: boolean;
  readonly shrinks: boolean;
  readonly out: string;
  readonly events: string | undefined;
  readonly marks: boolean;
  readonly json: boolean;
}

function readUse(words: Words): Feature[] {
  return (textOf(words, "use") ?? "").split(",").flatMap((name) => {
    if (name === "") return [];
    const feature = features.find((each) => each === name);
    if (feature !== undefined) return [feature];
    throw new BadData(`--use takes some of ${features.join(", ")}, not "${name}".${didYouMean(name, features)}`);
  });
}

function readRequest(words: Words): Request {
  // A mutant is searched for until it is found.
  const seeds = numberOf(words, "seeds", 1) ?? (words["mutant"] === "all" ? 100_000 : 1000);
  const events = textOf(words, "events");
  if (events !== undefined && seeds !== 1 && words["replay"] === undefined)
    throw new BadData("--events goes with one schedule: --seeds 1, or --replay FILE.");
  return {
    from: numberOf(words, "from", 0) ?? 1,
    seeds,
    time: durationOf(words, "time") ?? Infinity,
    workers: numberOf(words, "workers", 1) ?? availableParallelism(),
    use: readUse(words),
    keepsGoing: isGiven(words, "keep-going"),
    shrinks: isGiven(words, "shrink"),
    out: textOf(words, "out") ?? "out/fuzz",
    events,
    marks: isGiven(words, "marks"),
    json: isGiven(words, "json"),
  };
}

const say = (text: string): void => void process.stdout.write(`${text}\n`);

/** The command that runs one schedule again. */
function again(pairs: Readonly<Record<string, string>>): string {
  const mutant = ownMutant();
  return `troupe fuzz${optionsText({ ...pairs, ...(mutant === undefined ? {} : { mutant }) })}`;
}

async function runTraced(schedule: Schedule, events: string | undefined): Promise<Outcome> {
  if (events === undefined) return run(schedule);
  const file = new TraceFile(events);
  const outcome = await run(schedule, file.listener);
  file.close();
  return outcome;
}

async function replay(path: string, { events, shrinks, out }: Request): Promise<void> {
  const schedule = readSchedule(readNamed(path), path);
  const outcome = await runTraced(schedule, events);
  const checker = checkerOf(outcome);
  if (checker === undefined) {
    say(`${path}: no checker complains (${sizeText(sizeOf(schedule))}).`);
    return;
  }
  say(witness(outcome));
  if (shrinks) await shrinkAndSave(schedule, checker, out);
  throw new CommandFailed(`${path} fails: ${checker}. Again: ${again({ replay: path })}`);
}

async function shrinkAndSave(schedule: Schedule, checker: string, out: string): Promise<void> {
  const small = await shrunk(schedule, checker);
  const { json, svg } = await save(small, checker, out);
  say(`Shrunk ${shrinkageText(schedule, small)}:`);
  say(witness(await run(small)));
  say(`  drawn: ${svg}`);
  say(`  again: ${again({ replay: json })}`);
}

async function searchSeeds(request: Request): Promise<void> {
  const { from, seeds, time, workers, use, keepsGoing, shrinks, json } = request;
  const failures: { readonly seed: number; readonly outcome: Outcome }[] = [];
  const counts: Record<string, number> = {};
  const began = performance.now();
  const { seeds: tried, marks } = await search({
    from,
    seeds,
    time,
    workers: Math.min(workers, Math.ceil(seeds / 8)),
    always: use,
    marks: request.marks,
    onResult(seed, outcome) {
      for (const [what, count] of Object.entries(outcome.counts)) counts[what] = (counts[what] ?? 0) + count;
      if (outcome.violations.length === 0) return true;
      failures.push({ seed, outcome });
      return keepsGoing;
    },
  });
  const seconds = (performance.now() - began) / 1000;
  const [first] = failures;
  const schedule = first === undefined ? undefined : draw(String(first.seed), { always: use });
  const checker = first === undefined ? undefined : checkerOf(first.outcome);
  if (json) {
    const small = shrinks && schedule !== undefined ? await shrunk(schedule, checker!) : undefined;
    const size = small === undefined ? {} : { size: sizeOf(small) };
    const failed = failures.map(({ seed, outcome }) => ({ seed, violations: outcome.violations }));
    say(JSON.stringify({ seeds: tried, seconds, failed, ...size, counts }));
    if (failures.length > 0) process.exitCode = 1;
    return;
  }
  const used: Record<string, string> = use.length === 0 ? {} : { use: use.join() };
  for (const { seed, outcome } of failures.slice(0, 20)) {
    say(`Seed ${seed} fails: ${checkerOf(outcome)!}.`);
    say(witness(outcome));
    say(`  again: ${again({ from: String(seed), seeds: "1", ...used })}`);
  }
  if (shrinks && schedule !== undefined) await shrinkAndSave(schedule, checker!, request.out);
  const lines = Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1));
  for (const [what, count] of lines) say(`${String(count).padStart(10)} ${what}`);
  if (request.marks) say(marksTable(marks));
  const rate = (tried / seconds).toFixed(0);
  process.stderr.write(`${tried} schedules in ${seconds.toFixed(1)} s, ${rate} a second on ${workers} workers\n`);
  say(`${tried} schedules, ${failures.length} failed.`);
  if (failures.length > 0) throw new CommandFailed(`seed ${first!.seed} fails: ${checker!}.`);
}

/** Each mutant of the catalogue, one after the other. */
async function searchMutants({ seeds, time, json }: Request): Promise<void> {
  const rows: MutantRow[] = [];
  for (const mutant of mutants) {
    const row = await mutantRow(mutant, { seeds, time: Math.min(time, 120_000) });
    rows.push(row);
    if (!json) process.stderr.write(`${row.verdict.padEnd(10)} ${mutant.name}\n`);
  }
  say(json ? JSON.stringify(rows) : mutantsTable(rows));
  const missed = rows.filter(({ verdict }) => verdict === "NOT FOUND");
  if (missed.length > 0) throw new CommandFailed(`${missed.length} mutants were not found.`);
}

export async function fuzzCommand(words: Words): Promise<void> {
  refuseUnknown(words, undefined, [...Object.keys(options), "help", "version"]);
  const request = readRequest(words);
  if (isGiven(words, "list-mutants")) {
    say(mutantsList());
    return;
  }
  const mutant = textOf(words, "mutant");
  if (mutant === "all") return searchMutants(request);
  if (mutant !== undefined && ownMutant() !== mutantNamed(mutant).name) {
    const { status } = await runMutant(mutant, process.argv.slice(2), { shows: true });
    process.exitCode = status ?? 1;
    return;
  }
  const file = textOf(words, "replay");
  if (file !== undefined) return replay(file, request);
  if (request.events !== undefined)
    await runTraced(draw(String(request.from), { always: request.use }), request.events);
  return searchSeeds(request);
}
