/** `troupe check`: what would go wrong with a class as a troupe, before it is served. */
import type { Argv } from "yargs";
import { proceduresOf } from "../../protocols/call/module.ts";
import { orderingNames, type OrderingName } from "../../protocols/call/server/ordering.ts";
import { isForNobody } from "../check/generated.ts";
import { checkWatched } from "../check/watched.ts";
import { CommandFailed } from "../failure.ts";
import { instance, loadClass } from "../load.ts";
import { argumentsOf, classOptions, orderingOf } from "./serve.ts";
import { durationOf, numberOf, refuseUnknown, textOf, type Words } from "./words.ts";

/** In ms. A call and the comparison of three states of 100,000 objects take about a second. */
const standardLimit = 30_000;

const options = {
  ...classOptions,
  calls: { type: "string", describe: "calls in each course", defaultDescription: "40" },
  courses: { type: "string", describe: "simulated courses, each with other calls and faults", defaultDescription: "5" },
  ordering: {
    type: "string",
    describe: `the ordering of calls: ${orderingNames.join(", ")}`,
    defaultDescription: "none, and one course with each other",
  },
  seed: { type: "string", describe: "the seed of calls and faults", defaultDescription: "1985" },
  timeout: { type: "string", describe: "how long one call may take in real time", defaultDescription: "30s" },
} as const;

export function declareCheck(yargs: Argv): Argv {
  return yargs
    .usage(
      "$0 check <module>\n\nReplicates a class in simulation: calls each method with generated arguments while datagrams are lost, members crash and newcomers join, compares the states of the members after calls and joins, without an ordering of calls and with each, and prints what would go wrong. Exit status 1: something would.",
    )
    .positional("module", { describe: "the path of a file that exports a class", type: "string" })
    .options(options)
    .example("$0 check examples/bank.ts", "before it is served");
}

export async function checkCommand(words: Words): Promise<void> {
  refuseUnknown(words, undefined, ["module", ...Object.keys(options), "help", "version"]);
  const path = textOf(words, "module")!;
  const [calls, courses] = [numberOf(words, "calls", 1) ?? 40, numberOf(words, "courses", 1) ?? 5];
  const ordering = orderingOf(words);
  const orderings = ordering === undefined ? orderingNames : [ordering];
  const seed = textOf(words, "seed") ?? "1985";
  const given = argumentsOf(words);
  const type = await loadClass(path, textOf(words, "export"));
  const exported = textOf(words, "export");
  const { signaturesOf } = await import("../check/signatures.ts");
  const signatures = signaturesOf(type.name, path);
  const procedures = proceduresOf(type);
  const without = procedures.filter((name) => isForNobody(type, name, signatures));
  const shown = procedures.filter((name) => !without.includes(name));
  // Before the first call, which may never end.
  process.stdout.write(`${path}: ${type.name} with the methods ${shown.join(", ")}\n`);
  instance(type, path, given);
  const request = { path, exported, constructed: given, signatures, seed, courses, calls, orderings, without };
  const done = await checkWatched(request, durationOf(words, "timeout") ?? standardLimit);
  const lines = [
    `3 members, ${done.calls} calls, ${done.joins} joins, ${done.crashes} crashes, ordering ${orderings.join(", ")}, seed ${seed}`,
    ...done.neverAnswered.map(({ method, raised }) => `note: ${method} raised an error in every call: ${raised}`),
    ...done.troubles.map((trouble) => `wrong${ofOrdering(trouble.ordering)}: ${trouble.sentence}`),
  ];
  process.stdout.write(`${lines.join("\n")}\n`);
  const count = done.troubles.length;
  if (count > 0) {
    const under = [...new Set(done.troubles.map((trouble) => ofOrdering(trouble.ordering)))];
    const only = under.includes("") || ordering !== undefined ? "" : under.join(" and");
    throw new CommandFailed(`${type.name} would go wrong as a troupe${only} (${count} found).`);
  }
  const compared = done.every === 1 ? "every call" : `one call in ${done.every}, the state being large,`;
  process.stdout.write(`nothing went wrong: the members had one state after ${compared} and every join\n`);
}

/** What is told of an ordering that a user must ask for. */
function ofOrdering(ordering: OrderingName): string {
  return ordering === "none" ? "" : ` with --ordering ${ordering}`;
}
