/** What `troupe run` and `troupe sweep` are asked to do. */
import { createHash } from "node:crypto";
import { availableParallelism } from "node:os";
import { BadData } from "../../sim/bad-data.ts";
import type { Experiment, Setting } from "../experiment.ts";
import type { Source } from "../sources.ts";
import type { Parameters } from "../parameters.ts";
import type { Cell } from "../plan/grid.ts";
import type { ChartWords } from "../plan/plan.ts";
import { chartPrefix, readSettings, type Settings } from "../plan/settings.ts";
import type { Request } from "../run/session.ts";
import { parseManifest } from "../store/manifest.ts";
import { formOf, type HistoryForm } from "../report/history.ts";
import { chartIn, settingsIn } from "../store/settings-in.ts";
import { chartText, chartWordsIn, mustBeDrawable, runChartOptions } from "./chart-options.ts";
import { runOptionNames, runOptions } from "./options.ts";
import { readPlan } from "./read-plan.ts";
import { quoted } from "../report/quoted.ts";
import { durationOf, isGiven, numberOf, optionsText, refuseUnknown, textOf, type Words } from "./words.ts";

/** The command that runs one replication of a cell alone. */
export function replayCommand(
  source: Source,
  experiment: Experiment,
  cell: Cell,
  seed: string,
  replication: number,
): string {
  const changed: Record<string, string> = {};
  for (const [name, parameter] of Object.entries(experiment.parameters)) {
    if (cell[name] !== parameter.default) changed[name] = parameter.show(cell[name]!);
  }
  return `troupe run ${quoted(source.name)}${optionsText({ seed, replication: String(replication), ...changed })}`;
}

/**
 * A directory's name that says what is in it. Where it cannot say all, a hash of all is added, so that no two share
 * one.
 */
function directoryName(
  verb: "run" | "sweep",
  experiment: Experiment,
  said: Readonly<Record<string, string | readonly string[]>>,
): string {
  const pairs = Object.entries(said).flatMap(([name, texts]) => [texts].flat().map((text) => [name, text] as const));
  const words = pairs.map(([name, text]) => `-${name}-${text.replace(/[^\w.,]+/g, "_")}`);
  // What is not said is the default in a run, and the experiment's own grid in a sweep.
  const name = verb === "sweep" ? `${experiment.name}-sweep` : experiment.name;
  const whole = name + words.join("");
  const isFaithful = pairs.every(([, text]) => /^[\w.,]+$/.test(text));
  if (isFaithful && whole.length <= 100) return `out/${whole}`;
  const hash = createHash("sha256").update(JSON.stringify(said)).digest("hex").slice(0, 12);
  return `out/${whole.length <= 80 ? whole : name}-${hash}`;
}

/** Where the real machine is measured, replications beside one another would disturb one another. */
export function workersOf(words: Words, experiment: Experiment): number {
  const given = numberOf(words, "workers", 1);
  if (experiment.reproducible !== false) return given ?? availableParallelism();
  if (given === undefined || given === 1) return 1;
  throw new BadData(`--workers ${given}: ${experiment.name} measures the real machine, on one worker.`);
}

export interface RunArguments extends Request {
  /** The one replication to run alone. */
  readonly replication?: number;
  /** The Redis server at which workers are, if they are elsewhere. */
  readonly queue?: string;
  /** Where its trace goes. */
  readonly events?: string;
  /** Where its history goes. */
  readonly history?: { readonly path: string; readonly form: HistoryForm };
  /** Whether only to say what would be run. */
  readonly isDry: boolean;
  readonly json: boolean;
  readonly quiet: boolean;
  /** The command that begins again after an interruption, if the run cannot be resumed. */
  readonly again?: string;
}

/** The settings that stand behind the words: of a file, or of the directory whose failures are run again. */
function settingsBehind(words: Words): Settings {
  const rerun = textOf(words, "rerun");
  const config = textOf(words, "config");
  if (rerun === undefined) return config === undefined ? { words: {} } : readSettings(config, parseManifest);
  if (rerun !== "failed") throw new BadData(`--rerun takes "failed", not "${rerun}".`);
  if (config !== undefined) throw new BadData("--rerun has the settings of the run in --out, and takes no --config.");
  const directory = textOf(words, "out");
  if (directory === undefined)
    throw new BadData("--rerun failed needs the directory whose failures are run again: --out DIR.");
  return settingsIn(directory);
}

function historyOf(words: Words): RunArguments["history"] {
  const path = textOf(words, "history");
  const form = textOf(words, "history-form");
  if (path !== undefined) return { path, form: formOf(path, form) };
  if (form !== undefined) throw new BadData("--history-form goes with --history FILE.");
  return undefined;
}

function mustAgree(words: Words, a: string, b: string): void {
  if (words[a] !== undefined && words[b] !== undefined && words[a] !== false && words[b] !== false) {
    throw new BadData(`--${a} and --${b} contradict each other.`);
  }
}

function modeOf(words: Words): Request["mode"] {
  mustAgree(words, "resume", "overwrite");
  mustAgree(words, "rerun", "overwrite");
  const resumes = isGiven(words, "resume") || words["rerun"] !== undefined;
  if (isGiven(words, "accept-changes") && !resumes) throw new BadData("--accept-changes goes with --resume.");
  return resumes ? "resume" : isGiven(words, "overwrite") ? "overwrite" : undefined;
}

/** Words that change no row: with these alone a manifest's own command makes the same files. */
const changingNothing = new Set(
  (
    "_ $0 experiment config out workers quiet json resume overwrite fresh check keep-going fail-fast timeout rerun " +
    "accept-changes dry-run queue"
  ).split(" "),
);

/** How the charts are drawn: as told, or as those of the run that is resumed. */
function chartOf(words: Words, directory: string): ChartWords | undefined {
  const told = chartWordsIn(words, chartPrefix);
  if (Object.keys(told).length > 0) return told;
  return isGiven(words, "resume") ? chartIn(directory) : undefined;
}

/** Which file an error is about, if the words of the command line are not to blame. */
function placed<T>(given: Words, settings: Settings, read: () => T): T {
  try {
    return read();
  } catch (error) {
    const [, name] = error instanceof BadData ? (/^--([\w-]+)/.exec(error.message) ?? []) : [];
    if (name === undefined || given[name] !== undefined || settings.words[name] === undefined) throw error;
    throw new BadData(`${String(given["config"] ?? given["out"])}: ${(error as Error).message}`);
  }
}

/**
 * Reads the words of `troupe run` or `troupe sweep`. A sweep takes the experiment's own grid for what is not given.
 *
 * @throws BadData with one sentence.
 */
export function readRun(verb: "run" | "sweep", given: Words, source: Source, experiment: Experiment): RunArguments {
  refuseUnknown(given, experiment, runOptionNames);
  const settings = settingsBehind(given);
  return placed(given, settings, () => readWords(verb, given, settings, source, experiment));
}

function readWords(
  verb: "run" | "sweep",
  given: Words,
  settings: Settings,
  source: Source,
  experiment: Experiment,
): RunArguments {
  const words: Words = { ...settings.words, ...given };
  refuseUnknown(words, experiment, runOptionNames);
  for (const [name, word] of Object.entries(settings.words)) {
    const option = ({ ...runOptions, ...runChartOptions } as Readonly<Record<string, { readonly type: string }>>)[name];
    if (option?.type !== "boolean" || typeof word === "boolean") continue;
    throw new BadData(`--${name} takes true or false, not "${String(word)}".`);
  }
  const sweep = verb === "sweep" ? [experiment.sweep ?? {}].flat() : [{}];
  const { plan: bare, texts } = readPlan(words, experiment, sweep as readonly Setting<Parameters>[], {
    ...(settings.cells === undefined ? {} : { cells: settings.cells }),
    // What is asked for now holds for all cells alike.
    ...(settings.sizes === undefined || given["replications"] !== undefined ? {} : { sizes: settings.sizes }),
  });
  const { seed, cells, replications, precision, precisionOf, maxReplications, compare, shard } = bare;
  const replication = numberOf(words, "replication", 0);
  if (replication !== undefined && cells.length > 1) {
    throw new BadData(`--replication runs one cell, and these parameters make ${cells.length}.`);
  }
  const events = textOf(words, "events");
  if (events !== undefined && replication === undefined) throw new BadData("--events goes with --replication.");
  const history = historyOf(words);
  if (history !== undefined && replication === undefined) throw new BadData("--history goes with --replication.");
  const queue = textOf(words, "queue");
  mustAgree(words, "queue", "workers");
  mustAgree(words, "queue", "replication");
  if (queue !== undefined && experiment.reproducible === false)
    throw new BadData(`--queue: ${experiment.name} measures the real machine, on this one.`);
  mustAgree(words, "keep-going", "fail-fast");
  const keeps = words["keep-going"] as boolean | undefined;
  const keepsGoing = !isGiven(words, "fail-fast") && (keeps ?? verb === "sweep");

  // What a manifest tells cell by cell has no words; its file stands for it.
  const config = settings.cells === undefined ? {} : { config: textOf(given, "config") ?? "manifest.json" };
  const said: Record<string, string | readonly string[]> = { ...texts };
  if (settings.cells !== undefined) said["config"] = JSON.stringify(settings.cells);
  if (textOf(words, "seed") !== undefined) said["seed"] = seed;
  const precise: Record<string, string> =
    precision === null
      ? {}
      : {
          precision: String(precision),
          ...(precisionOf === undefined ? {} : { "precision-of": precisionOf }),
          "max-replications": String(maxReplications),
        };
  const comparing: Record<string, string> = compare === undefined ? {} : { compare };
  const counted = textOf(words, "replications") === undefined ? {} : { replications: String(replications) };
  const sharded: Record<string, string> = shard === undefined ? {} : { shard: `${shard.index}_${shard.of}` };
  const pairs = { ...config, ...texts, seed, replications: String(replications), ...precise, ...comparing };
  const timeout = durationOf(words, "timeout");
  const directory =
    textOf(words, "out") ?? directoryName(verb, experiment, { ...said, ...counted, ...precise, ...sharded });
  const charts = words["charts"] !== false;
  const chart = charts ? chartOf(words, directory) : undefined;
  for (const name of Object.keys(charts ? {} : runChartOptions)) {
    if (given[name] !== undefined) throw new BadData(`--${name} and --no-charts contradict each other.`);
  }
  const plan = chart === undefined ? bare : { ...bare, chart };
  mustBeDrawable(plan);
  const isOfManifest =
    settings.command !== undefined &&
    (words["rerun"] !== undefined ||
      Object.keys(given).every((name) => changingNothing.has(name) || given[name] === undefined));
  const begin = `troupe ${verb} ${quoted(source.name)}`;
  const ending = charts ? chartText(chart ?? {}, quoted) : " --no-charts";
  return {
    plan,
    source,
    command: isOfManifest ? settings.command! : `${begin}${optionsText(pairs)}${ending}`,
    commandOfAll: `${begin}${optionsText({ config: "manifest.json", ...comparing })}${ending}`,
    charts,
    directory,
    workers: workersOf(words, experiment),
    mode: modeOf(words),
    accepts: isGiven(words, "accept-changes"),
    keepsGoing,
    ...(timeout === undefined ? {} : { timeout }),
    checks: words["check"] !== false && experiment.reproducible !== false && shard === undefined,
    ...(words["rerun"] === undefined ? {} : { only: "failed" }),
    ...(replication === undefined ? {} : { replication }),
    ...(events === undefined ? {} : { events }),
    ...(history === undefined ? {} : { history }),
    ...(queue === undefined ? {} : { queue }),
    isDry: isGiven(words, "dry-run"),
    json: isGiven(words, "json"),
    quiet: isGiven(words, "quiet"),
  };
}

/** The name of an experiment that a settings file tells, for a command that names none. */
export function experimentInSettings(file: string): string | undefined {
  return readSettings(file, parseManifest).experiment;
}
