/**
 * Reads histories that programs have recorded: operations as Jepsen's libraries write them (EDN), and calls of objects
 * as JSON lines. See docs/exports.md.
 */
import { parseEDNString } from "edn-data";
import { BadData } from "../../sim/bad-data.ts";
import type { Access, Transaction, Value } from "../../sim/checkers/history/history.ts";
import type { Operation, RegisterCall } from "../../sim/checkers/history/models.ts";

/** What a file holds. */
export interface RecordedHistory {
  /** Transactions; or, of JSON lines, the calls of single objects, each as a transaction. */
  readonly transactions: readonly Transaction[];
  /** Of a file of reads, writes and compare-and-sets: the calls of one register. */
  readonly calls: readonly Operation<RegisterCall, Value>[];
  /** Whether real time and single objects alone can be judged, since each transaction was split into its objects. */
  readonly isSplit: boolean;
}

/** `initial`: what registers hold before they are written; null unless said. */
export interface ReadingOptions {
  readonly initial: Value;
}

/**
 * Reads a file.
 *
 * @throws BadData with file and line, for what is cut off, or is no operation.
 */
export function readHistory(text: string, path: string, options: ReadingOptions): RecordedHistory {
  if (text.trim() === "") throw new BadData(`${path}: there are no operations in it.`);
  return /^\s*\{\s*"/.test(text) ? readCalls(text, path) : new Operations(path, options).read(text);
}

const anOperation = "{:process 0, :type :invoke, :f :txn, :value [[:append 5 1]]}";
const aCall = '{"client":0,"object":"x","input":[["read"]],"output":[1],"call":0,"return":1}';

interface Invocation {
  readonly place: number;
  readonly line: number;
  readonly f: unknown;
  readonly value: unknown;
}

const outcomes = { ok: "committed", fail: "failed", info: "unknown" } as const;
const kinds = new Map<unknown, Access["kind"]>([
  ["r", "read"],
  ["read", "read"],
  ["w", "write"],
  ["write", "write"],
  ["append", "append"],
]);

/** The operations of an EDN file. */
class Operations {
  readonly #path: string;
  readonly #initial: Value;
  readonly #open = new Map<number, Invocation>();
  readonly #transactions: Transaction[] = [];
  readonly #calls: Operation<RegisterCall, Value>[] = [];
  #place = 0;

  constructor(path: string, { initial }: ReadingOptions) {
    this.#path = path;
    this.#initial = initial;
  }

  #refuse(line: number, what: string): never {
    throw new BadData(`${this.#path}, line ${line}: ${what}.`);
  }

  read(text: string): RecordedHistory {
    const trimmed = text.trim();
    if (trimmed.startsWith("[") || trimmed.startsWith("(")) {
      const all: unknown = /[\])]$/.test(trimmed) ? parsed(trimmed) : null;
      if (!Array.isArray(all)) this.#refuse(text.trimEnd().split("\n").length, "the list of operations is cut off");
      (all as unknown[]).forEach((operation, i) => this.#note(operation, i + 1));
    } else {
      text.split("\n").forEach((line, i) => {
        const content = line.replace(/^\s*;.*$/, "").trim();
        if (content === "") return;
        const operation: unknown = content.endsWith("}") ? parsed(content) : null;
        if (operation === null) {
          this.#refuse(i + 1, `it is cut off, or no operation; expected a whole one in a line, as ${anOperation}`);
        }
        this.#note(operation, i + 1);
      });
    }
    // In the order of the file, what has no end comes last.
    for (const [process, invocation] of this.#open)
      this.#end(process, invocation, "unknown", undefined, invocation.line);
    if (this.#transactions.length > 0 && this.#calls.length > 0) {
      throw new BadData(`${this.#path}: it has transactions and calls of a register; expected either.`);
    }
    return { transactions: this.#transactions, calls: this.#calls, isSplit: false };
  }

  #note(given: unknown, line: number): void {
    const tagged = given as { readonly tag?: unknown; readonly val?: unknown } | null;
    const operation = (tagged?.tag === undefined ? given : tagged.val) as Readonly<Record<string, unknown>> | null;
    const { type, process, f, value } = operation ?? {};
    if (typeof type !== "string" || (type !== "invoke" && !Object.hasOwn(outcomes, type)) || process === undefined) {
      this.#refuse(
        line,
        `it is no operation; expected :process and :type (:invoke, :ok, :fail or :info), as ${anOperation}`,
      );
    }
    // What disturbs the system, such as :nemesis, is no client.
    if (typeof process !== "number") return;
    const open = this.#open.get(process);
    if (type === "invoke") {
      if (open !== undefined)
        this.#refuse(line, `process ${process} begins an operation while that of line ${open.line} is under way`);
      this.#open.set(process, { place: this.#place++, line, f, value });
      return;
    }
    if (open === undefined) this.#refuse(line, `process ${process} ends an operation that it has not begun`);
    this.#open.delete(process);
    this.#end(process, open, outcomes[type as keyof typeof outcomes], value, line);
  }

  #end(process: number, begun: Invocation, outcome: Transaction["outcome"], value: unknown, line: number): void {
    const { f, line: from } = begun;
    const span = {
      process: `${process}`,
      begun: begun.place,
      ended: outcome === "unknown" ? Infinity : this.#place++,
      time: 0,
    };
    const asked = outcome === "committed" ? (value ?? begun.value) : begun.value;
    if (typeof f === "string" && ["read", "write", "cas"].includes(f) && !isTransaction(asked)) {
      if (outcome !== "failed")
        this.#call(f, { ...span, name: `the ${f} of lines ${from} to ${line}` }, asked, outcome, line);
      return;
    }
    if (!isTransaction(asked)) {
      this.#refuse(
        line,
        `:f ${show(f)} with :value ${show(asked)} is not known; expected :read, :write, :cas, or :txn with a list of accesses`,
      );
    }
    const accesses = asked.map((access) => this.#access(access, outcome, line));
    this.#transactions.push({ ...span, name: `the transaction of lines ${from} to ${line}`, outcome, accesses });
  }

  #access([word, key, value]: readonly unknown[], outcome: Transaction["outcome"], line: number): Access {
    const kind = kinds.get(word);
    if (kind === undefined)
      this.#refuse(line, `access ${show(word)} is not known; expected :r, :read, :w, :write or :append`);
    const object = typeof key === "string" ? key : show(key);
    if (kind === "read" && outcome !== "committed") return { kind, object, value: undefined };
    if (Array.isArray(value)) return { kind, object, value: (value as unknown[]).map(plain) };
    return { kind, object, value: kind === "read" && plain(value) === this.#initial ? null : plain(value) };
  }

  #call(
    f: string,
    span: Omit<Operation<RegisterCall, Value>, "object" | "input" | "output">,
    value: unknown,
    outcome: Transaction["outcome"],
    line: number,
  ): void {
    const call = { ...span, object: "the register", output: undefined };
    if (f === "read") {
      // A read that was not answered tells nothing.
      if (outcome === "committed") this.#calls.push({ ...call, input: { kind: "read" }, output: plain(value) });
    } else if (f === "write") this.#calls.push({ ...call, input: { kind: "write", value: plain(value) } });
    else {
      if (!Array.isArray(value) || value.length !== 2)
        this.#refuse(line, `:cas has :value ${show(value)}; expected [old new]`);
      const [from, to] = (value as unknown[]).map(plain) as [Value, Value];
      const output = outcome === "committed" ? true : undefined;
      this.#calls.push({ ...call, input: { kind: "cas", from, to }, output });
    }
  }
}

/** Null: it is cut off. */
function parsed(text: string): unknown {
  try {
    return parseEDNString(text, { mapAs: "object", keywordAs: "string", listAs: "array", setAs: "array" });
  } catch {
    return null;
  }
}

function isTransaction(value: unknown): value is readonly (readonly unknown[])[] {
  return Array.isArray(value) && value.length > 0 && value.every((access) => Array.isArray(access));
}

function plain(value: unknown): Value {
  if (value === undefined || value === null) return null;
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value;
  return show(value);
}

function show(value: unknown): string {
  return JSON.stringify(value, (_, each: unknown) => (typeof each === "bigint" ? `${each}` : each)) ?? "nil";
}

/** Calls of objects, as JSON lines. */
function readCalls(text: string, path: string): RecordedHistory {
  const transactions: Transaction[] = [];
  text.split("\n").forEach((line, i) => {
    if (line.trim() === "") return;
    let call: unknown;
    try {
      call = JSON.parse(line);
    } catch {
      throw new BadData(
        `${path}, line ${i + 1}: it is cut off, or no JSON; expected a whole call in a line, as ${aCall}.`,
      );
    }
    const transaction = transactionOf(call, i + 1);
    if (transaction === undefined) {
      throw new BadData(`${path}, line ${i + 1}: it is no call of an object; expected ${aCall}.`);
    }
    transactions.push(transaction);
  });
  return { transactions, calls: [], isSplit: true };
}

function transactionOf(given: unknown, line: number): Transaction | undefined {
  const {
    client,
    name,
    object,
    input,
    output,
    call,
    return: ended,
  } = (given ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof call !== "number" || typeof ended !== "number" || typeof object !== "string") return undefined;
  if (!isTransaction(input) || (output !== null && !Array.isArray(output))) return undefined;
  const accesses: Access[] = [];
  for (const [i, [kind, argument]] of input.entries()) {
    const answer: unknown = (output as readonly unknown[] | null)?.[i];
    if (kind === "write" || kind === "append") accesses.push({ kind, object, value: plain(argument) });
    else if (kind === "read" || kind === "increment") {
      const value =
        output === null ? undefined : Array.isArray(answer) ? (answer as unknown[]).map(plain) : plain(answer);
      accesses.push({ kind, object, value });
    } else return undefined;
  }
  return {
    process: String(plain(client ?? line)),
    name: typeof name === "string" ? `${name} (line ${line})` : `the call of line ${line}`,
    outcome: output === null ? "unknown" : "committed",
    accesses,
    begun: call,
    ended: output === null || ended >= 2 ** 53 ? Infinity : ended,
    time: 0,
  };
}
