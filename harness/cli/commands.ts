/**
 * The commands of `troupe`. Each loads its code when it is asked for: what all need together takes a third of a second.
 */
import type { Asked, Command, Loaded } from "./command.ts";

async function ofExperiment(verb: "run" | "sweep" | "coverage", asked: Asked): Promise<Loaded> {
  return (await import("./experiment-command.ts")).experimentCommand(verb, asked);
}

export const commands: Readonly<Record<string, Command>> = {
  list: {
    form: "list",
    help: "list the experiments",
    async load() {
      const { declareList, listCommand } = await import("./list.ts");
      return { declare: declareList, run: listCommand };
    },
  },
  run: {
    form: "run <experiment>",
    help: "run an experiment, by default at one setting of its parameters",
    load: (asked) => ofExperiment("run", asked),
  },
  sweep: {
    form: "sweep <experiment>",
    help: "run an experiment over a grid of its parameters",
    load: (asked) => ofExperiment("sweep", asked),
  },
  coverage: {
    form: "coverage <experiment>",
    help: "how often an experiment's intervals contain the model's figure",
    load: (asked) => ofExperiment("coverage", asked),
  },
  merge: {
    form: "merge [out] [directories..]",
    help: "put the shards of a sweep together",
    async load() {
      const { declareMerge, mergeCommand } = await import("./merge.ts");
      return { declare: declareMerge, run: mergeCommand };
    },
  },
  worker: {
    form: "worker",
    help: "run replications of sweeps that are fed through a queue",
    async load() {
      const { declareWorker, workerCommand } = await import("./worker.ts");
      return { declare: declareWorker, run: workerCommand };
    },
  },
  chart: {
    form: "chart [directory]",
    help: "make a run's charts again, or others of its rows",
    async load() {
      const { declareChart, chartCommand } = await import("./chart.ts");
      return { declare: declareChart, run: chartCommand };
    },
  },
  table: {
    form: "table [directory]",
    help: "a run's figures as Markdown, LaTeX or CSV, or its rows as Parquet",
    async load() {
      const { declareTable, tableCommand } = await import("./table.ts");
      return { declare: declareTable, run: tableCommand };
    },
  },
  replay: {
    form: "replay [directory]",
    help: "run one replication of a finished run again",
    async load() {
      const { declareReplay, replayCommand } = await import("./replay.ts");
      return { declare: declareReplay, run: replayCommand };
    },
  },
  verify: {
    form: "verify [directory]",
    help: "run a sample of a finished run again, and compare the rows",
    async load() {
      const { declareVerify, verifyCommand } = await import("./replay.ts");
      return { declare: declareVerify, run: verifyCommand };
    },
  },
  compare: {
    form: "compare [first] [second]",
    help: "what changed from one finished run to another",
    async load() {
      const { declareCompare, compareCommand } = await import("./compare.ts");
      return { declare: declareCompare, run: compareCommand };
    },
  },
  report: {
    form: "report [directories..]",
    help: "write one HTML file about finished runs, with charts, tables and verdicts",
    async load() {
      const { declareReport, reportCommand } = await import("./report.ts");
      return { declare: declareReport, run: reportCommand };
    },
  },
  trace: {
    form: "trace [trace]",
    help: "make views of a trace: space-time diagram, Perfetto, ShiViz, Wireshark",
    async load() {
      const { declareTrace, traceCommand } = await import("./trace.ts");
      return { declare: declareTrace, run: traceCommand };
    },
  },
  demo: {
    form: "demo",
    help: "run all experiments at small settings, and compare with theory and publications",
    async load() {
      const { declareDemo, demoCommand } = await import("./demo.ts");
      return { declare: declareDemo, run: demoCommand };
    },
  },
  import: {
    form: "import [what] [file]",
    help: "make a table for experiments from measurements of one's own",
    async load({ words }) {
      const { declareImport, importCommand } = await import("./import.ts");
      return { declare: (yargs) => declareImport(yargs, words[1]), run: importCommand };
    },
  },
  configure: {
    form: "configure <action> <file>",
    help: "check, solve or explain the configuration of a troupe",
    async load() {
      const { declareConfigure, configureCommand } = await import("./configure.ts");
      return { declare: declareConfigure, run: configureCommand };
    },
  },
  manage: {
    form: "manage <file> <module>",
    help: "start the members of a troupe as its configuration says, and replace those that fail",
    async load() {
      const { declareManage, manageCommand } = await import("./manage.ts");
      return { declare: declareManage, run: manageCommand };
    },
  },
  ringmaster: {
    form: "ringmaster",
    help: "start the binding agent of real replicated programs",
    async load() {
      const { declareRingmaster, ringmasterCommand } = await import("./ringmaster.ts");
      return { declare: declareRingmaster, run: ringmasterCommand };
    },
  },
  check: {
    form: "check <module>",
    help: "find what would go wrong with a class as a troupe",
    async load() {
      const { declareCheck, checkCommand } = await import("./check.ts");
      return { declare: declareCheck, run: checkCommand };
    },
  },
  "check-history": {
    form: "check-history [file]",
    help: "judge a recorded history: serializable, linearizable?",
    async load() {
      const { declareCheckHistory, checkHistoryCommand } = await import("./check-history.ts");
      return { declare: declareCheckHistory, run: checkHistoryCommand };
    },
  },
  serve: {
    form: "serve <module>",
    help: "make a class a member of a troupe, in a real process",
    async load() {
      const { declareServe, serveCommand } = await import("./serve.ts");
      return { declare: declareServe, run: serveCommand };
    },
  },
  call: {
    form: "call <name> <method> [args..]",
    help: "call a troupe of real processes",
    async load() {
      const { declareCall, callCommand } = await import("./call.ts");
      return { declare: declareCall, run: callCommand };
    },
  },
  stubs: {
    form: "stubs <files..>",
    help: "compile interfaces to stubs",
    async load() {
      const { declareStubs, stubsCommand } = await import("./stubs.ts");
      return { declare: declareStubs, run: stubsCommand };
    },
  },
  fuzz: {
    form: "fuzz",
    help: "search random schedules for what the protocols do not survive",
    async load() {
      const { declareFuzz, fuzzCommand } = await import("./fuzz.ts");
      return { declare: declareFuzz, run: fuzzCommand };
    },
  },
  explore: {
    form: "explore",
    help: "run a small world in all orders, with all faults",
    async load() {
      const { declareExplore, exploreCommand } = await import("./explore.ts");
      return { declare: declareExplore, run: exploreCommand };
    },
  },
  new: {
    form: "new <kind> <dir>",
    help: "write a folder with a module or an experiment of one's own, and a test",
    async load() {
      const { declareNew, newCommand } = await import("./new.ts");
      return { declare: declareNew, run: newCommand };
    },
  },
};
