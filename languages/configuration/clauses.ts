/**
 * What is stated of a troupe beside its formula: how it is called, how it is kept up, and which placement is the best.
 */
import type { ReplacementPolicy } from "../../protocols/troupe/replacement-policy.ts";
import { parseDuration } from "../durations.ts";
import type { Milliseconds } from "../../protocols/host.ts";
import type { Parser } from "./parser.ts";
import {
  collatorNames,
  orderings,
  type CollatorChoice,
  type Configuration,
  type Expression,
  type Name,
  type Objective,
} from "./syntax.ts";

type Clauses = Pick<Configuration, "collator" | "ordering" | "replace" | "objectives">;

const words = ["collator", "ordering", "replace", "minimize", "maximize", "spread"] as const;

const policies = ["eager", "delayed", "threshold", "periodic", "none"] as const;

/** Reads all clauses, up to the end of the text. What is not stated has its default: unanimous, none, eager. */
export function readClauses(parser: Parser): Clauses {
  let collator: CollatorChoice | undefined;
  let ordering: Clauses["ordering"] | undefined;
  let replace: ReplacementPolicy | undefined;
  const objectives: Objective[] = [];
  while (parser.next.kind !== "end") {
    const word = words.find((each) => parser.is(each));
    if (word === undefined) throw parser.expected(`and, or, implies or one of ${words.join(", ")}`, words);
    const stated = { collator, ordering, replace, minimize: undefined, maximize: undefined, spread: undefined }[word];
    if (stated !== undefined) throw parser.source.bad(parser.next, `${word} is stated twice`);
    const { from } = parser.take();
    switch (word) {
      case "collator":
        collator = readCollator(parser);
        break;
      case "ordering":
        ordering = oneOf(parser, "an ordering", orderings);
        break;
      case "replace":
        replace = readPolicy(parser);
        break;
      case "minimize":
      case "maximize": {
        const value = parser.term();
        objectives.push({ direction: word, value, from, to: value.to });
        break;
      }
      case "spread": {
        const value = readSpread(parser);
        objectives.push({ direction: "maximize", value, from, to: value.to });
        break;
      }
    }
  }
  return {
    collator: collator ?? { name: "unanimous" },
    ordering: ordering ?? "none",
    replace: replace ?? { kind: "eager", repairers: "many" },
    objectives,
  };
}

/** One of these names; a name may have a hyphen, which is a symbol elsewhere. */
function oneOf<T extends string>(parser: Parser, what: string, names: readonly T[]): T {
  const [first, ...rest] = names.map((name) => name.split("-"));
  const parts = [first!, ...rest].find(([head]) => parser.next.kind === "name" && parser.next.text === head);
  if (parts === undefined) throw parser.expected(`${what} (${names.join(", ")})`, names);
  parser.take();
  for (const part of parts.slice(1)) {
    parser.expect("-", `after ${parts[0]}`);
    if (parser.next.text !== part) throw parser.expected(`${parts.join("-")}`, [part]);
    parser.take();
  }
  return parts.join("-") as T;
}

function readCollator(parser: Parser): CollatorChoice {
  const name = oneOf(parser, "a collator", collatorNames);
  return name === "quorum" ? { name, count: readCount(parser, "how many members must answer alike", 1) } : { name };
}

function readCount(parser: Parser, what: string, least: number): number {
  const value = Number(parser.next.text);
  if (parser.next.kind === "number" && Number.isSafeInteger(value) && value >= least) {
    parser.take();
    return value;
  }
  throw parser.expected(`${what}: a whole number from ${least}`);
}

function readDuration(parser: Parser, what: string): Milliseconds {
  if (parser.next.kind !== "duration") throw parser.expected(`${what}, such as 10m or 6m40s`);
  return parseDuration(parser.take().text)!;
}

function readPolicy(parser: Parser): ReplacementPolicy {
  const kind = oneOf(parser, "a replacement policy", policies);
  switch (kind) {
    case "none":
      return { kind };
    case "threshold":
      return { kind, threshold: readCount(parser, "at how many survivors members are replaced", 0) };
    case "periodic": {
      const at = parser.next;
      const period = readDuration(parser, "the time from one visit to the next");
      if (period > 0) return { kind, period };
      throw parser.source.bad(at, "the time from one visit to the next must be more than 0");
    }
    case "delayed": {
      const delay = readDuration(parser, "how long a machine may come back by itself");
      return { kind, delay, repairers: readRepairers(parser) };
    }
    case "eager":
      return { kind, repairers: readRepairers(parser) };
  }
}

/** `one at a time`, or nothing. */
function readRepairers(parser: Parser): "one" | "many" {
  if (parser.next.kind !== "name" || parser.next.text !== "one") return "many";
  for (const word of ["one", "at", "a", "time"]) {
    if (parser.next.text !== word) throw parser.expected('"one at a time"');
    parser.take();
  }
  return "one";
}

/** `spread building`: as many different values of the attribute among the members as there can be. */
function readSpread(parser: Parser): Expression {
  const { kind, text, from, to } = parser.next;
  if (kind !== "name" && kind !== "string") throw parser.expected("the attribute to spread the members over");
  parser.take();
  const here = { from, to };
  const member: Name = { name: " member", ...here };
  const body: Expression = { kind: "attribute", machine: member, attribute: { name: text, ...here }, ...here };
  const callee: Name = { name: "distinct", ...here };
  return { kind: "aggregate", callee, variables: [member], domain: "members", body, ...here };
}
