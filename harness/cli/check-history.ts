/** `troupe check-history`: judges a history that some program has recorded. */
import type { Argv } from "yargs";
import { BadData } from "../../sim/bad-data.ts";
import { checkLinearizability, checkObjects } from "../../sim/checkers/history/linearizability.ts";
import type { Value } from "../../sim/checkers/history/history.ts";
import { register } from "../../sim/checkers/history/models.ts";
import { Undecided } from "../../sim/checkers/history/search.ts";
import { checkSerializability } from "../../sim/checkers/history/serializability.ts";
import type { Violation } from "../../sim/checkers/violation.ts";
import { CommandFailed } from "../failure.ts";
import { readHistory, type RecordedHistory } from "../import/history.ts";
import { readInput } from "./read-input.ts";
import { refuseUnknown, textOf, type Words } from "./words.ts";

const options = {
  initial: {
    type: "string",
    describe: "what registers hold before they are written: a number, or a text",
    defaultDescription: "nil",
  },
  "real-time": {
    type: "boolean",
    describe: "what began after another had ended comes later; --no-real-time judges serializability alone",
    defaultDescription: "true",
  },
} as const;

export function declareCheckHistory(yargs: Argv): Argv {
  return yargs
    .positional("file", {
      describe: "operations as EDN (Elle, Knossos, Jepsen), or calls as JSON lines",
      type: "string",
    })
    .options(options)
    .example("$0 check-history history.edn", "transactions: serializable, in an order that respects real time?")
    .example("$0 check-history calls.jsonl", "calls of single objects: linearizable?");
}

/** @throws Undecided; BadData for a history that cannot be judged. */
function judge({ transactions, calls }: RecordedHistory, initial: Value, strict: boolean): Violation[] {
  const violations = [
    ...checkSerializability(transactions, { strict }),
    ...checkLinearizability(calls, register(initial), {}),
  ];
  // An object that is not linearizable mostly shows in the order of transactions already.
  return strict && violations.length === 0 ? checkObjects(transactions, {}) : violations;
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}

/**
 * @throws BadData with one sentence; CommandFailed if the history has violations, which are printed.
 */
export function checkHistoryCommand(words: Words): void {
  refuseUnknown(words, undefined, ["file", ...Object.keys(options), "help", "version"]);
  const path = textOf(words, "file");
  if (path === undefined) throw new BadData("name a file: troupe check-history FILE.");
  const text = textOf(words, "initial");
  const initial: Value = text === undefined ? null : Number.isNaN(Number(text)) ? text : Number(text);
  const strict = words["real-time"] !== false;
  const history = readHistory(readInput(path), path, { initial });
  if (!strict && (history.isSplit || history.calls.length > 0)) {
    throw new BadData(
      `${path}: calls of single objects are judged in real time; --no-real-time goes with transactions.`,
    );
  }
  let violations: readonly Violation[];
  try {
    violations = judge(history, initial, strict);
  } catch (error) {
    if (error instanceof BadData) throw new BadData(`${path}: ${error.message}`);
    if (error instanceof Undecided) throw new CommandFailed(`${path}: ${error.message}.`);
    throw error;
  }
  const { transactions, calls } = history;
  const objects = new Set([...transactions.flatMap(({ accesses }) => accesses), ...calls].map(({ object }) => object));
  const single = history.isSplit || calls.length > 0;
  const read = `${counted(transactions.length + calls.length, single ? "call" : "transaction")} of ${counted(objects.size, "object")}`;
  for (const { sentence } of violations) process.stdout.write(`${sentence}\n`);
  if (violations.length > 0) throw new CommandFailed(`${path}: ${read}: ${counted(violations.length, "violation")}.`);
  const praise = single
    ? "linearizable"
    : strict
      ? "serializable, in an order that respects real time"
      : "serializable";
  process.stdout.write(`${path}: ${read}: ${praise}.\n`);
}
