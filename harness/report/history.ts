/** Histories as files for other checkers: Elle and Knossos (EDN), Porcupine (JSON lines). See docs/exports.md. */
import { extname } from "node:path";
import { didYouMean } from "../../languages/nearest.ts";
import { BadData } from "../../sim/bad-data.ts";
import type { Access, Transaction, Value } from "../../sim/checkers/history/history.ts";
import { callsOf } from "../../sim/checkers/history/models.ts";

export const historyForms = ["elle", "knossos", "porcupine"] as const;
export type HistoryForm = (typeof historyForms)[number];

/**
 * The form of a file: what the option says, or what the file's extension says.
 *
 * @throws BadData for an unknown form, or if neither says any.
 */
export function formOf(path: string, option: string | undefined): HistoryForm {
  if (option !== undefined) {
    const form = historyForms.find((each) => each === option);
    if (form !== undefined) return form;
    throw new BadData(
      `--history-form takes one of ${historyForms.join(", ")}, not "${option}".${didYouMean(option, historyForms)}`,
    );
  }
  const extension = extname(path);
  if (extension === ".edn") return "elle";
  if (extension === ".jsonl") return "porcupine";
  throw new BadData(
    `--history ${path}: the extension says no form; expected .edn (Elle), .jsonl (Porcupine), or --history-form.`,
  );
}

/** Elements of lists that a file for Elle may have. */
const most = 20_000_000;

/**
 * The text of a file.
 *
 * @throws BadData for a history that the form has no words for.
 */
export function historyText(transactions: readonly Transaction[], form: HistoryForm): string {
  if (form === "porcupine") return porcupine(transactions);
  const counters = countersOf(transactions);
  return operations(
    [...transactions, ...unseen(counters)],
    form === "elle" ? elle(transactions) : knossos(transactions),
  );
}

function refuse(what: string): never {
  throw new BadData(`--history-form ${what}.`);
}

/** Of each counter, the values that were read or come to, and those whose increments are known. */
function countersOf(transactions: readonly Transaction[]): Map<string, { most: number; readonly known: Set<number> }> {
  const counters = new Map<string, { most: number; readonly known: Set<number> }>();
  for (const { accesses } of transactions) {
    for (const { kind, object } of accesses) {
      if (kind === "increment" && !counters.has(object)) counters.set(object, { most: 0, known: new Set() });
    }
  }
  for (const { accesses } of transactions) {
    for (const { kind, object, value } of accesses) {
      const counter = counters.get(object);
      if (counter === undefined || typeof value !== "number") continue;
      counter.most = Math.max(counter.most, value);
      if (kind === "increment") counter.known.add(value);
    }
  }
  return counters;
}

/**
 * Increments that show, and whose transaction is not known: each becomes a transaction of its own, whose outcome is not
 * known. That weakens the history, and makes nothing wrong of what is right.
 */
function unseen(counters: ReturnType<typeof countersOf>): Transaction[] {
  const transactions: Transaction[] = [];
  for (const [object, { most, known }] of counters) {
    for (let value = 1; value <= most; value++) {
      if (known.has(value)) continue;
      const name = `increment of ${object} to ${value}`;
      const accesses = [{ kind: "increment", object, value } as const];
      transactions.push({ process: name, name, outcome: "unknown", accesses, begun: -1, ended: Infinity, time: 0 });
    }
  }
  return transactions;
}

/** Writes one transaction: as it was asked for, or with its answers. */
type Writer = (accesses: readonly Access[], answered: boolean) => string;

const types = { committed: "ok", failed: "fail", unknown: "info" } as const;

/** One line for each beginning and end, in their order. What has no known end ends last. */
function operations(transactions: readonly Transaction[], write: Writer): string {
  const known = transactions
    .map((transaction) => ({ ...transaction, accesses: transaction.accesses.filter(isKnown) }))
    .filter(({ accesses }) => accesses.length > 0);
  const events = known.flatMap((transaction) => [
    { transaction, at: transaction.begun, isEnd: false },
    { transaction, at: transaction.ended, isEnd: true },
  ]);
  // Of equal positions, beginnings come first. What has no end is infinitely late.
  events.sort((a, b) => (a.at === b.at ? Number(a.isEnd) - Number(b.isEnd) : a.at - b.at));
  const processes = new Map<string, number>();
  let next = 0;
  const numbers = new Map<Transaction, number>();
  const lines = events.map(({ transaction, isEnd }, index) => {
    const { process: name, outcome, accesses } = transaction;
    let process = numbers.get(transaction) ?? processes.get(name);
    if (process === undefined) processes.set(name, (process = next++));
    numbers.set(transaction, process);
    // A process whose operation has no known end can make no other one: its client goes on as another process.
    if (outcome === "unknown") processes.delete(name);
    const answered = isEnd && outcome === "committed";
    const type = isEnd ? types[outcome] : "invoke";
    return `{:index ${index}, :type :${type}, :process ${process}, :f :txn, :value [${write(accesses, answered)}]}`;
  });
  return lines.length === 0 ? "" : `${lines.join("\n")}\n`;
}

/** A write or an increment that is not known cannot be written down; a read can. */
function isKnown({ kind, value }: Access): boolean {
  return kind === "read" || value !== undefined;
}

function edn(value: Value): string {
  return value === null ? "nil" : JSON.stringify(value);
}

function kindsOf(transactions: readonly Transaction[]): { readonly has: (kind: Access["kind"]) => boolean } {
  const kinds = new Set(transactions.flatMap(({ accesses }) => accesses.map(({ kind }) => kind)));
  return { has: (kind) => kinds.has(kind) };
}

/** Transactions on lists (list-append), where a counter at n is the list of 1 to n; or on registers (rw-register). */
function elle(transactions: readonly Transaction[]): Writer {
  const kinds = kindsOf(transactions);
  const lists = kinds.has("append") || kinds.has("increment");
  if (lists && kinds.has("write")) {
    refuse("elle: the history has registers besides lists or counters, and Elle takes either; expected one of them");
  }
  if (!lists) return registers("w", "r");
  let elements = 0;
  const counted = (value: number): string => Array.from({ length: value }, (_, i) => i + 1).join(" ");
  const list = (value: Access["value"]): string => {
    if (value === undefined) return "nil";
    if (Array.isArray(value)) return `[${value.map(edn).join(" ")}]`;
    return `[${counted(value as number)}]`;
  };
  for (const { accesses } of transactions) {
    for (const { kind, value } of accesses) {
      if (typeof value === "number" && kind !== "append") elements += value;
      else if (Array.isArray(value)) elements += value.length;
    }
  }
  if (elements > most) {
    refuse(
      `elle: the lists that were read have ${elements} elements in all, more than ${most}; expected a shorter run`,
    );
  }
  return (accesses, answered) =>
    accesses
      .flatMap(({ kind, object, value }) => {
        const key = edn(object);
        if (kind === "read") return [`[:r ${key} ${list(answered ? value : undefined)}]`];
        if (kind === "append") return [`[:append ${key} ${edn(value as Value)}]`];
        const before = answered ? list((value as number) - 1) : "nil";
        return [`[:r ${key} ${before}]`, `[:append ${key} ${value as number}]`];
      })
      .join(" ");
}

/** Transactions on registers; a counter is a register that holds its number. */
function registers(write: string, read: string): Writer {
  return (accesses, answered) =>
    accesses
      .flatMap(({ kind, object, value }) => {
        const key = edn(object);
        if (kind === "write") return [`[:${write} ${key} ${edn(value as Value)}]`];
        if (kind === "read")
          return [`[:${read} ${key} ${answered && value !== undefined ? edn(value as Value) : "nil"}]`];
        const number = value as number;
        return [`[:${read} ${key} ${answered ? number - 1 : "nil"}]`, `[:${write} ${key} ${number}]`];
      })
      .join(" ");
}

function knossos(transactions: readonly Transaction[]): Writer {
  if (kindsOf(transactions).has("append")) {
    refuse("knossos: the history has lists, and Knossos has no model of them; expected registers or counters");
  }
  return registers("write", "read");
}

/** The largest number of 64 bits with a sign, which is how Porcupine's programs say that a call has no end. */
const never = "9223372036854775807";

/** One line for each call of an object. */
function porcupine(transactions: readonly Transaction[]): string {
  const clients = new Map<string, number>();
  const lines = callsOf(transactions)
    .toSorted((a, b) => a.begun - b.begun)
    .map(({ process, name, object, input, begun, ended }) => {
      let client = clients.get(process);
      if (client === undefined) clients.set(process, (client = clients.size));
      const isArgument = (kind: Access["kind"]): boolean => kind === "write" || kind === "append";
      const asked = input.map(({ kind, value }) => (isArgument(kind) ? [kind, value] : [kind]));
      const answers = input.map(({ kind, value }) => (isArgument(kind) ? null : value));
      const output = ended === Infinity ? null : answers;
      const head = JSON.stringify({ client, name, object, input: asked, output }).slice(0, -1);
      return `${head},"call":${begun},"return":${ended === Infinity ? never : ended}}`;
    });
  return lines.length === 0 ? "" : `${lines.join("\n")}\n`;
}
