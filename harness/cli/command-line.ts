/** The commands of `troupe`, their options, help and examples. */
import yargs from "yargs";
import { BadData } from "../../sim/bad-data.ts";
import type { Experiment } from "../experiment.ts";
import { experimentNames, findExperiment, loadExperiment, type Source } from "../load.ts";
import { didYouMean } from "../../languages/nearest.ts";
import { version } from "../package-root.ts";
import { coverageOptions, declareParameters } from "./options.ts";
import { type Words } from "./words.ts";
import { experimentInSettings } from "./arguments.ts";
import { callCommand, declareCall } from "./call.ts";
import { chartCommand } from "./chart.ts";
import { checkCommand, declareCheck } from "./check.ts";
import { compareCommand, declareCompare } from "./compare.ts";
import { configureCommand, declareConfigure } from "./configure.ts";
import { checkHistoryCommand, declareCheckHistory } from "./check-history.ts";
import { coverageCommand } from "./coverage.ts";
import { declareDemo, demoCommand } from "./demo.ts";
import { coverageExamples, examplesText, runExamples, sweepExamples } from "./examples.ts";
import { declareFuzz, fuzzCommand } from "./fuzz.ts";
import { declareImport, importCommand } from "./import.ts";
import { listCommand } from "./list.ts";
import { mergeCommand, mergeOptions } from "./merge.ts";
import { declareManage, manageCommand } from "./manage.ts";
import { declareRingmaster, ringmasterCommand } from "./ringmaster.ts";
import { declareReplay, declareVerify, replayCommand, verifyCommand } from "./replay.ts";
import { runCommand } from "./run.ts";
import { declareTrace, traceCommand } from "./trace.ts";
import { declareWorker, workerCommand } from "./worker.ts";
import { declareNew, newCommand } from "./new.ts";
import { declareServe, serveCommand } from "./serve.ts";
import { declareStubs, stubsCommand } from "./stubs.ts";
import { greatest } from "../statistics/moments.ts";

const verbs = [
  "list",
  "run",
  "sweep",
  "coverage",
  "merge",
  "worker",
  "chart",
  "replay",
  "verify",
  "compare",
  "trace",
  "demo",
  "import",
  "configure",
  "manage",
  "ringmaster",
  "check",
  "check-history",
  "serve",
  "call",
  "stubs",
  "fuzz",
  "new",
];

/** What an experiment measures, for its help. */
function measuresOf(experiment: Experiment): string {
  const measures = Object.entries(experiment.measures);
  const width = greatest(measures.map(([name]) => name.length));
  const lines = measures.map(
    ([name, { unit = "", help }]) => `  ${name.padEnd(width)}  ${help}${unit === "" ? "" : ` (${unit})`}`,
  );
  return [`${experiment.question}\n\nMeasures:`, ...lines].join("\n");
}

interface Named {
  readonly source: Source;
  readonly experiment: Experiment;
}

/** The value of an option among raw words. */
function valueOf(words: readonly string[], option: string): string | undefined {
  const place = words.findIndex((word) => word === option || word.startsWith(`${option}=`));
  return place < 0 ? undefined : (words[place]!.split("=")[1] ?? words[place + 1]);
}

/**
 * Finds the experiment of `run`, `sweep` or `coverage`, and moves its name to the second place of the words. The
 * experiment must be known before the options are parsed, since its parameters are options too.
 */
async function named(words: readonly string[]): Promise<{ words: readonly string[]; named?: Named }> {
  const [verb, second] = words;
  if (verb === undefined || !["run", "sweep", "coverage"].includes(verb)) return { words };
  const isOption = second === undefined || second.startsWith("-");
  const known = experimentNames();
  let name = isOption ? words.slice(1).find((word) => known.includes(word) || /\.[mc]?[jt]s$/.test(word)) : second;
  let whole = words;
  const config = valueOf(words, "--config");
  if (name === undefined && config !== undefined && verb !== "coverage") {
    name = experimentInSettings(config);
    if (name !== undefined) whole = [verb, name, ...words.slice(1)];
  }
  if (name !== undefined) {
    const source = findExperiment(name);
    return { words: whole, named: { source, experiment: await loadExperiment(source) } };
  }
  if (words.includes("--help")) return { words };
  throw new BadData(`name an experiment: troupe ${verb} NAME. There are ${known.join(", ") || "none"}.`);
}

/** Makes `-1h` in `--lifetime -1h` a value, which the parameter refuses, instead of an option of one letter. */
function withNegativeValues(words: readonly string[]): string[] {
  const joined: string[] = [];
  for (const word of words) {
    const before = joined.at(-1);
    if (/^-[\d.]/.test(word) && before !== undefined && /^--[^=]+$/.test(before))
      joined.splice(-1, 1, `${before}=${word}`);
    else joined.push(word);
  }
  return joined;
}

/**
 * Carries out a command line, and prints the results on standard output.
 *
 * @throws BadData if the words cannot be used; ExperimentFailed if an experiment or a verdict failed.
 */
export async function commandLine(words: readonly string[]): Promise<void> {
  const [verb] = words;
  if (verb !== undefined && !verb.startsWith("-") && !verbs.includes(verb)) {
    const hint = didYouMean(verb, verbs) || ` There are ${verbs.join(", ")}.`;
    throw new BadData(`there is no command ${verb}.${hint}`);
  }
  const { words: whole, named: found } = await named(withNegativeValues(words));
  const example = found?.source.name ?? experimentNames()[0] ?? "./my-experiment.ts";
  const experiment = found?.experiment;
  const help = (examples: Parameters<typeof examplesText>[0]): string =>
    [examplesText(examples), ...(experiment === undefined ? [] : [measuresOf(experiment)])].join("\n\n");
  const parser = yargs()
    .scriptName("troupe")
    .locale("en")
    .usage("$0 COMMAND\n\nReplicated distributed programs: experiments, simulated; and real ones.")
    .parserConfiguration({ "camel-case-expansion": false, "dot-notation": false, "parse-numbers": false })
    .version(version())
    .wrap(Math.min(110, process.stdout.columns ?? 110))
    .fail((message: string, error: Error | undefined) => {
      if (error === undefined && message.startsWith("Not enough non-option arguments"))
        throw new BadData(`an argument is missing: troupe ${verb} --help tells which there are.`);
      throw error ?? new BadData(`${message.replaceAll("\n", " ")}.`);
    })
    .exitProcess(false)
    .command("list", "list the experiments", (y) => y.example("$0 list", "names and questions"), listCommand)
    .command(
      "run <experiment>",
      "run an experiment, by default at one setting of its parameters",
      (y) =>
        declareParameters(y, experiment)
          .epilogue(help(runExamples(example, experiment)))
          .positional("experiment", { describe: "a name from `troupe list`, or the path of a file", type: "string" }),
      (argv: Words) => runCommand("run", argv, found!.source, found!.experiment),
    )
    .command(
      "sweep <experiment>",
      "run an experiment over a grid of its parameters",
      (y) =>
        declareParameters(y, experiment)
          .epilogue(help(sweepExamples(example, experiment)))
          .positional("experiment", { describe: "a name from `troupe list`, or the path of a file", type: "string" }),
      (argv: Words) => runCommand("sweep", argv, found!.source, found!.experiment),
    )
    .command(
      "coverage <experiment>",
      "how often an experiment's intervals contain the model's figure",
      (y) =>
        declareParameters(y, experiment, coverageOptions)
          .epilogue(help(coverageExamples(example, experiment)))
          .positional("experiment", { describe: "a name from `troupe list`, or the path of a file", type: "string" }),
      (argv: Words) => coverageCommand(argv, found!.source, found!.experiment),
    )
    .command(
      "merge [out] [directories..]",
      "put the shards of a sweep together",
      (y) =>
        y
          .positional("out", { describe: "directory to write into", type: "string" })
          .positional("directories", { describe: "the shards' directories", type: "string", array: true })
          .options(mergeOptions)
          .example("$0 merge out/whole out/0 out/1 out/2 out/3", "of all four shards"),
      (argv) => mergeCommand(argv, argv.out, argv.directories ?? []),
    )
    .command(
      "worker",
      "run replications of sweeps that are fed through a queue",
      (y) => declareWorker(y),
      workerCommand,
    )
    .command(
      "chart [directory]",
      "make summary and charts again from a run's rows",
      (y) =>
        y
          .positional("directory", { describe: "what --out was", type: "string" })
          .example(`$0 chart out/${experiment?.name ?? example}`, "after a change of the charts' style, say"),
      (argv) => chartCommand(argv, argv.directory),
    )
    .command(
      "replay [directory]",
      "run one replication of a finished run again",
      (y) => declareReplay(y),
      (argv: Words) => replayCommand(argv, argv["directory"] as string | undefined),
    )
    .command(
      "verify [directory]",
      "run a sample of a finished run again, and compare the rows",
      (y) => declareVerify(y),
      (argv: Words) => verifyCommand(argv, argv["directory"] as string | undefined),
    )
    .command(
      "compare [first] [second]",
      "what changed from one finished run to another",
      (y) => declareCompare(y),
      compareCommand,
    )
    .command(
      "trace [trace]",
      "make views of a trace: space-time diagram, Perfetto, ShiViz, Wireshark",
      (y) => declareTrace(y),
      traceCommand,
    )
    .command(
      "demo",
      "run all experiments at small settings, and compare with theory and publications",
      (y) => declareDemo(y).example("$0 demo", "a table, charts and a report, in under a minute"),
      demoCommand,
    )
    .command(
      "import [what] [file]",
      "make a table for experiments from measurements of one's own",
      (y) => declareImport(y, words[1]),
      importCommand,
    )
    .command(
      "configure <action> <file>",
      "check, solve or explain the configuration of a troupe",
      (y) => declareConfigure(y),
      configureCommand,
    )
    .command(
      "manage <file> <module>",
      "start the members of a troupe as its configuration says, and replace those that fail",
      (y) => declareManage(y),
      manageCommand,
    )
    .command(
      "ringmaster",
      "start the binding agent of real replicated programs",
      (y) => declareRingmaster(y),
      ringmasterCommand,
    )
    .command(
      "check <module>",
      "find what would go wrong with a class as a troupe",
      (y) => declareCheck(y),
      checkCommand,
    )
    .command(
      "check-history [file]",
      "judge a recorded history: serializable, linearizable?",
      (y) => declareCheckHistory(y),
      checkHistoryCommand,
    )
    .command(
      "serve <module>",
      "make a class a member of a troupe, in a real process",
      (y) => declareServe(y),
      serveCommand,
    )
    .command("call <name> <method> [args..]", "call a troupe of real processes", (y) => declareCall(y), callCommand)
    .command("stubs <files..>", "compile interfaces to stubs", (y) => declareStubs(y), stubsCommand)
    .command(
      "fuzz",
      "search random schedules for what the protocols do not survive",
      (y) => declareFuzz(y),
      fuzzCommand,
    )
    .command(
      "new <kind> <dir>",
      "write a folder with a module or an experiment of one's own, and a test",
      (y) => declareNew(y),
      newCommand,
    );
  if (verb === undefined) {
    parser.showHelp("log");
    return;
  }
  await parser.parseAsync([...whole]);
}
