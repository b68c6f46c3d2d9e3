/** The commands of `troupe`, their options, help and examples. */
import yargs from "yargs";
import { BadData } from "../../sim/bad-data.ts";
import type { Experiment } from "../experiment.ts";
import { experimentNames, findExperiment, loadExperiment, type Source } from "../load.ts";
import { didYouMean } from "../../languages/nearest.ts";
import { version } from "../package-root.ts";
import { coverageOptions, declareParameters, type Words } from "./arguments.ts";
import { callCommand, declareCall } from "./call.ts";
import { chartCommand } from "./chart.ts";
import { coverageCommand } from "./coverage.ts";
import { declareDemo, demoCommand } from "./demo.ts";
import { declareImport, importCommand } from "./import.ts";
import { listCommand } from "./list.ts";
import { declareRingmaster, ringmasterCommand } from "./ringmaster.ts";
import { runCommand } from "./run.ts";
import { declareServe, serveCommand } from "./serve.ts";
import { declareStubs, stubsCommand } from "./stubs.ts";

const verbs = ["list", "run", "sweep", "coverage", "chart", "demo", "import", "ringmaster", "serve", "call", "stubs"];

/** What an experiment measures, for its help. */
function measuresOf(experiment: Experiment): string {
  const measures = Object.entries(experiment.measures);
  const width = Math.max(...measures.map(([name]) => name.length));
  const lines = measures.map(
    ([name, { unit = "", help }]) => `  ${name.padEnd(width)}  ${help}${unit === "" ? "" : ` (${unit})`}`,
  );
  return [`${experiment.question}\n\nMeasures:`, ...lines].join("\n");
}

/** The experiment that `run`, `sweep` or `coverage` names, known before its options can be: its parameters are options too. */
async function namedExperiment(
  words: readonly string[],
): Promise<{ source: Source; experiment: Experiment } | undefined> {
  const [verb, second] = words;
  if (verb === undefined || !["run", "sweep", "coverage"].includes(verb)) return undefined;
  const isOption = second === undefined || second.startsWith("-");
  const known = experimentNames();
  const name = isOption ? words.slice(1).find((word) => known.includes(word) || /\.[mc]?[jt]s$/.test(word)) : second;
  if (name !== undefined) {
    const source = findExperiment(name);
    return { source, experiment: await loadExperiment(source) };
  }
  if (words.includes("--help")) return undefined;
  throw new BadData(`name an experiment: troupe ${verb} NAME. There are ${known.join(", ") || "none"}.`);
}

/**
 * Does what the words of a command line say, and prints the results on standard output.
 *
 * @throws BadData if the words cannot be used; ExperimentFailed if an experiment or a verdict failed.
 */
export async function commandLine(words: readonly string[]): Promise<void> {
  const [verb] = words;
  if (verb !== undefined && !verb.startsWith("-") && !verbs.includes(verb)) {
    const hint = didYouMean(verb, verbs) || ` There are ${verbs.join(", ")}.`;
    throw new BadData(`there is no command ${verb}.${hint}`);
  }
  const named = await namedExperiment(words);
  const example = named?.source.name ?? experimentNames()[0] ?? "./my-experiment.ts";
  const first = Object.keys(named?.experiment.parameters ?? { members: 0 })[0] ?? "replications";
  const epilogue = named === undefined ? "" : measuresOf(named.experiment);
  const parser = yargs()
    .scriptName("troupe")
    .locale("en")
    .usage("$0 COMMAND\n\nReplicated distributed programs: experiments, simulated; and real ones.")
    .parserConfiguration({ "camel-case-expansion": false, "dot-notation": false, "parse-numbers": false })
    .version(version())
    .wrap(Math.min(110, process.stdout.columns ?? 110))
    .fail((message: string, error: Error | undefined) => {
      throw error ?? new BadData(`${message.replaceAll("\n", " ")}.`);
    })
    .exitProcess(false)
    .command("list", "list the experiments", (y) => y.example("$0 list", "names and questions"), listCommand)
    .command(
      "run <experiment>",
      "run an experiment, by default at one setting of its parameters",
      (y) =>
        declareParameters(y, named?.experiment)
          .epilogue(epilogue)
          .positional("experiment", { describe: "a name from `troupe list`, or the path of a file", type: "string" })
          .example(`$0 run ${example}`, "with its defaults")
          .example(`$0 run ${example} --${first} 3 --seed 7`, "one parameter changed, another seed")
          .example(`$0 run ${example} --${first} 1,3 --compare ${first}`, "differences from pairs of replications")
          .example(
            `$0 run ${example} --precision 0.02 --json`,
            "until the intervals are narrow; for a program to read",
          ),
      (argv: Words) => runCommand("run", argv, named!.source, named!.experiment),
    )
    .command(
      "sweep <experiment>",
      "run an experiment over a grid of its parameters",
      (y) =>
        declareParameters(y, named?.experiment)
          .epilogue(epilogue)
          .positional("experiment", { describe: "a name from `troupe list`, or the path of a file", type: "string" })
          .example(`$0 sweep ${example}`, "over the experiment's own grid")
          .example(`$0 sweep ${example} --${first} 1..5`, "over these values instead")
          .example(`$0 sweep ${example} --out results/x --resume`, "goes on after Ctrl-C"),
      (argv: Words) => runCommand("sweep", argv, named!.source, named!.experiment),
    )
    .command(
      "coverage <experiment>",
      "how often an experiment's intervals contain the model's figure",
      (y) =>
        declareParameters(y, named?.experiment, coverageOptions)
          .epilogue(epilogue)
          .positional("experiment", { describe: "a name from `troupe list`, or the path of a file", type: "string" })
          .example(`$0 coverage ${example}`, "of 200 campaigns, with its defaults")
          .example(
            `$0 coverage ${example} --${first} 3 --campaigns 1000 --replications 10`,
            "one parameter changed, more and smaller campaigns",
          ),
      (argv: Words) => coverageCommand(argv, named!.source, named!.experiment),
    )
    .command(
      "chart [directory]",
      "make summary and charts again from a run's rows",
      (y) =>
        y
          .positional("directory", { describe: "what --out was", type: "string" })
          .example(`$0 chart out/${example}`, "after a change of the charts' style, say"),
      (argv) => chartCommand(argv, argv.directory),
    )
    .command(
      "demo",
      "run all experiments at small settings, and compare with theory and publications",
      (y) => declareDemo(y).example("$0 demo", "a table, charts and a report, in under a minute"),
      demoCommand,
    )
    .command(
      "import <what> <file>",
      "make a table for experiments from measurements of one's own",
      (y) => declareImport(y, words[1]),
      importCommand,
    )
    .command(
      "ringmaster",
      "start the binding agent of real replicated programs",
      (y) => declareRingmaster(y),
      ringmasterCommand,
    )
    .command(
      "serve <module>",
      "make a class a member of a troupe, in a real process",
      (y) => declareServe(y),
      serveCommand,
    )
    .command("call <name> <method> [args..]", "call a troupe of real processes", (y) => declareCall(y), callCommand)
    .command("stubs <files..>", "compile interfaces to stubs", (y) => declareStubs(y), stubsCommand);
  if (verb === undefined) {
    parser.showHelp("log");
    return;
  }
  await parser.parseAsync([...words]);
}
