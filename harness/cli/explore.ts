/** `troupe explore`: all runs of a small world. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Argv } from "yargs";
import { didYouMean } from "../../languages/nearest.ts";
import { explore, type Level } from "../../search/explore/explore.ts";
import { readRun, recorded, retell } from "../../search/explore/recorded-run.ts";
import { defaultWorld, explored, type SmallWorld } from "../../search/explore/small-world.ts";
import { BadData } from "../../sim/bad-data.ts";
import { CommandFailed } from "../failure.ts";
import { mutantNamed, ownMutant, runMutant } from "../fuzz/mutation.ts";
import { table } from "../report/columns.ts";
import { readNamed, writeWhole } from "../store/directory.ts";
import { isGiven, numberOf, optionsText, refuseUnknown, textOf, type Words } from "./words.ts";

const defaultStates = 400_000;
/** The most lines of a run that are printed: the first, and the last. */
const shown = { first: 60, last: 10 } as const;

const number = (describe: string, value: number) => {
  return { type: "string", describe, defaultDescription: String(value) } as const;
};

const options = {
  protocol: { type: "string", describe: explored.join(" or "), defaultDescription: defaultWorld.protocol },
  members: number("members of the troupe, 1 to 5", defaultWorld.members),
  clients: number("clients, 1 to 5", defaultWorld.clients),
  copies: number("members of each client, 1 to 3", defaultWorld.copies),
  transactions: number(
    "transactions of all clients, 1 to 9; each conflicts with all others",
    defaultWorld.transactions,
  ),
  crashes: number("the most processes that crash in a run, 0 to 9", defaultWorld.crashes),
  losses: number("the most datagrams that are lost in a run, 0 to 9", defaultWorld.losses),
  timeouts: number(
    "the most timers of a run that fire before datagrams under way arrive, 0 to 9",
    defaultWorld.timeouts,
  ),
  depth: number("the most rounds of a run: a timer fires, and all datagrams arrive", defaultWorld.depth),
  states: number("the most states that are visited for each number of faults", defaultStates),
  "no-reduction": { type: "boolean", describe: "visit every state, without partial-order reduction" },
  mutant: { type: "string", describe: "with a rule broken, by its name in the catalogue of troupe fuzz" },
  out: { type: "string", describe: "directory for the run that is found", defaultDescription: "out/explore" },
  replay: { type: "string", describe: "run the run of this file again" },
  json: { type: "boolean", describe: "print one JSON document" },
} as const;

export function declareExplore(yargs: Argv): Argv {
  return yargs
    .usage(
      "$0 explore\n\nRuns a small world in all orders of deliveries and timeouts, with all faults within the bounds.",
    )
    .options(options)
    .example("$0 explore --crashes 1 --losses 0", "all runs of two conflicting transactions with a crash")
    .example("$0 explore --protocol broadcast --members 3 --crashes 0 --losses 1", "ordered broadcast")
    .example("$0 explore --replay out/explore/run.json", "tells a run that was found, step by step");
}

function within(words: Words, name: keyof SmallWorld & keyof typeof options, least: number, most: number): number {
  const value = numberOf(words, name, least);
  if (value === undefined) return defaultWorld[name] as number;
  if (value <= most) return value;
  throw new BadData(`--${name} takes a whole number from ${least} to ${most}, not "${value}".`);
}

function readWorld(words: Words): SmallWorld {
  const name = textOf(words, "protocol") ?? defaultWorld.protocol;
  const protocol = explored.find((each) => each === name);
  if (protocol === undefined)
    throw new BadData(`--protocol takes ${explored.join(" or ")}, not "${name}".${didYouMean(name, explored)}`);
  return {
    protocol,
    members: within(words, "members", 1, 5),
    clients: within(words, "clients", 1, 5),
    copies: within(words, "copies", 1, 3),
    transactions: within(words, "transactions", 1, 9),
    crashes: within(words, "crashes", 0, 9),
    losses: within(words, "losses", 0, 9),
    timeouts: within(words, "timeouts", 0, 9),
    depth: within(words, "depth", 1, 1000),
  };
}

const say = (text: string): void => void process.stdout.write(`${text}\n`);

function counted(count: number, what: string): string {
  const ending = count === 1 ? "" : /s[sh]?$/.test(what) ? "es" : "s";
  return `${count} ${what}${ending}`;
}

function worldText({
  protocol,
  members,
  clients,
  copies,
  transactions,
  crashes,
  losses,
  timeouts,
  depth,
}: SmallWorld): string {
  const name = protocol === "commit" ? "troupe commit" : "ordered broadcast";
  return `${counted(members, "member")}, ${counted(clients, "client")}${copies > 1 ? ` of ${copies} members each` : ""}, ${counted(transactions, "transaction")} by ${name}.
At most ${counted(crashes, "crash")}, ${counted(losses, "loss")}, ${counted(timeouts, "early timer")}, ${counted(depth, "round")}.`;
}

function levelsTable(levels: readonly Level[]): string {
  const rows = levels.map(({ faults, reduced, states, transitions, ends, cut, outcomes, complete, broken }) => [
    `at most ${faults}`,
    reduced ? "with" : "without",
    String(states),
    String(transitions),
    String(ends),
    String(cut),
    String(outcomes.length),
    broken.length > 0 ? broken.join(", ") : complete ? "all runs, none fails" : "stopped at --states",
  ]);
  return table(["faults", "reduction", "states", "transitions", "ends", "cut off", "outcomes", ""], rows);
}

/** Explores, and prints the speed. */
async function timed(world: SmallWorld, states: number, reduced: boolean): Promise<Level[]> {
  const before = process.cpuUsage();
  const levels = await explore(world, { states, reduced });
  const { user, system } = process.cpuUsage(before);
  const seconds = (user + system) / 1e6;
  const visited = levels.reduce((sum, level) => sum + level.states, 0);
  const how = reduced ? "with" : "without";
  process.stderr.write(
    `${how} reduction: ${visited} states in ${seconds.toFixed(1)} CPU seconds, ${(visited / seconds).toFixed(0)} a second\n`,
  );
  return levels;
}

async function replay(path: string): Promise<void> {
  const { lines, complaint } = await retell(readRun(readNamed(path), path), path);
  for (const line of lines) say(line);
  if (complaint === undefined) say(`${path}: all properties hold.`);
  else throw new CommandFailed(`${path} fails: ${complaint.property}: ${complaint.sentence}`);
}

async function exploreWorld(words: Words): Promise<void> {
  const world = readWorld(words);
  const states = numberOf(words, "states", 1) ?? defaultStates;
  const out = textOf(words, "out") ?? "out/explore";
  const isJson = isGiven(words, "json");
  const reduced = words["reduction"] === false ? [] : await timed(world, states, true);
  // With a rule broken, the reduced search suffices.
  const whole = reduced.length > 0 && ownMutant() !== undefined ? [] : await timed(world, states, false);
  const levels = [...reduced, ...whole];
  const found = levels.find((level) => level.found !== undefined)?.found;
  if (isJson)
    say(JSON.stringify({ world, levels: levels.map((level) => ({ ...level, found: level.found?.complaint })) }));
  else {
    say(worldText(world));
    say(levelsTable(levels));
  }
  if (found === undefined) {
    if (!isJson) say(verdict(world, levels));
    return;
  }
  const run = recorded(world, found.steps);
  mkdirSync(out, { recursive: true });
  writeWhole(out, "run.json", `${JSON.stringify(run, undefined, 1)}\n`);
  const file = join(out, "run.json");
  const mutant = ownMutant();
  if (!isJson) {
    const { lines } = await retell(run, file);
    const left = lines.length - shown.first - shown.last;
    for (const line of left > 0 ? lines.slice(0, shown.first) : lines) say(line);
    if (left > 0) say(`     ... (${left} more)\n${lines.slice(-shown.last).join("\n")}`);
    say(`  again: troupe explore${optionsText({ replay: file, ...(mutant === undefined ? {} : { mutant }) })}`);
  }
  throw new CommandFailed(`${found.complaint.property}: ${found.complaint.sentence}`);
}

function verdict({ crashes, losses, timeouts }: SmallWorld, levels: readonly Level[]): string {
  const complete = Math.max(-1, ...levels.filter((level) => level.complete).map(({ faults }) => faults));
  if (complete === crashes + losses + timeouts) return "All properties hold in all runs.";
  return complete < 0
    ? "All properties hold in the states that were visited."
    : `All properties hold in all runs with at most ${counted(complete, "fault")}, and in the states that were visited with more.`;
}

export async function exploreCommand(words: Words): Promise<void> {
  refuseUnknown(words, undefined, [...Object.keys(options), "reduction", "help", "version"]);
  const mutant = textOf(words, "mutant");
  if (mutant !== undefined && ownMutant() !== mutantNamed(mutant).name) {
    readWorld(words);
    const { status } = await runMutant(mutant, process.argv.slice(2), { shows: true });
    process.exitCode = status ?? 1;
    return;
  }
  const file = textOf(words, "replay");
  if (file !== undefined) return replay(file);
  return exploreWorld(words);
}
