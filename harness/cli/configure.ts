/**
 * `troupe configure check|solve|explain FILE --machines FILE`: configurations of troupes, and where their members may
 * be.
 */
import { existsSync, readFileSync } from "node:fs";
import type { Argv } from "yargs";
import { standardEffort } from "../../languages/configuration/effort.ts";
import type { Condition } from "../../languages/configuration/expand.ts";
import { explain, type ExplainedCondition } from "../../languages/configuration/explain.ts";
import type { AttributeValue, MachineTable } from "../../languages/configuration/machines.ts";
import {
  conflict,
  NoProof,
  solve,
  specify,
  type Placement,
  type Specification,
} from "../../languages/configuration/solve.ts";
import type { Configuration } from "../../languages/configuration/syntax.ts";
import { readMachines } from "../../languages/configuration/table-files.ts";
import { showDuration } from "../../languages/durations.ts";
import { didYouMean } from "../../languages/nearest.ts";
import { BadData } from "../../sim/bad-data.ts";
import { CommandFailed } from "../failure.ts";
import { table as tableText } from "../report/columns.ts";
import { numberOf, refuseUnknown, textOf, type Words } from "./words.ts";

const actions = ["check", "solve", "explain"] as const;
type Action = (typeof actions)[number];

const options = {
  machines: { type: "string", describe: "the table of machines, CSV or JSON; each machine has a name of its own" },
  present: { type: "string", describe: "machines of present members, a list: as many of them as can be are kept" },
  without: { type: "string", describe: "machines that are not there, a list: those that are down, say" },
  effort: {
    type: "string",
    describe: "the most steps that the search may take",
    defaultDescription: `${standardEffort}, some seconds`,
  },
  json: { type: "boolean", describe: "print one JSON document instead of text" },
} as const;

export function declareConfigure(yargs: Argv): Argv {
  return yargs
    .usage(
      "$0 configure <action> <file> --machines FILE\n\ncheck: names and types. solve: the best placement of the members. explain: what each condition leaves, and what conflicts.\nThe language: docs/configuration.md. Exit status 1: there is no placement, or the search gave up.",
    )
    .positional("action", { describe: actions.join(", "), type: "string" })
    .positional("file", { describe: "a configuration", type: "string" })
    .options(options)
    .example("$0 configure solve bank.troupe --machines machines.csv", "where the members may be")
    .example(
      "$0 configure solve bank.troupe --machines machines.csv --present m1,m2 --without m3",
      "after m3 has failed",
    );
}

/** The text of a file. @throws BadData if the file does not exist. */
export function readText(path: string, what: string): string {
  if (!existsSync(path)) throw new BadData(`there is no file ${path}${what}.`);
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new BadData(`${path} cannot be read: ${(error as Error).message}.`);
  }
}

/** The machines that a list names. @throws BadData with the nearest name if the table lacks a machine. */
function named(words: Words, option: "present" | "without", machines: MachineTable): string[] {
  const names = textOf(words, option)?.split(",") ?? [];
  for (const name of names) {
    if (machines.place(name) !== undefined) continue;
    throw new BadData(`--${option}: ${machines.file} has no machine "${name}".${didYouMean(name, machines.names)}`);
  }
  return names;
}

export function configureCommand(words: Words): void {
  refuseUnknown(words, undefined, ["action", "file", ...Object.keys(options), "help", "version"]);
  const action = actionOf(textOf(words, "action")!);
  const file = textOf(words, "file")!;
  const machinesFile = textOf(words, "machines");
  if (machinesFile === undefined)
    throw new BadData(`configure needs the table of machines: troupe configure ${action} ${file} --machines FILE.`);
  const text = readText(file, "");
  const all = readMachines(machinesFile, readText(machinesFile, ", which --machines names"));
  const [present, without] = [named(words, "present", all), named(words, "without", all)];
  const both = present.find((name) => without.includes(name));
  if (both !== undefined) throw new BadData(`"${both}" is named by --present and by --without.`);
  const effort = numberOf(words, "effort", 1);
  const machines = all.without(new Set(without));
  const specification = specify(file, text, machines);
  const asked: Asked = {
    specification,
    machines,
    present: new Set(present.map((name) => machines.place(name)!)),
    ...(effort === undefined ? {} : { effort }),
    json: words["json"] === true,
  };
  if (action === "check") print(asked, statement(specification.configuration), checked(asked));
  else if (action === "solve") solveAndPrint(asked);
  else explainAndPrint(asked);
}

function actionOf(word: string): Action {
  const action = actions.find((each) => each === word);
  if (action !== undefined) return action;
  throw new BadData(`configure has no action ${word}.${didYouMean(word, actions) || ` It has ${actions.join(", ")}.`}`);
}

interface Asked {
  readonly specification: Specification;
  readonly machines: MachineTable;
  readonly present: ReadonlySet<number>;
  readonly effort?: number;
  readonly json: boolean;
}

function print({ json }: Asked, document: object, text: string): void {
  process.stdout.write(`${json ? JSON.stringify(document) : text}\n`);
}

/** The fields of a configuration other than its formula, for JSON output. */
function statement({ name, collator, ordering, replace, members }: Configuration): object {
  return { name: name ?? null, members: members.map((member) => member.name), collator, ordering, replace };
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}

function checked({ specification, machines }: Asked): string {
  const { configuration, source, members, conditions } = specification;
  const { collator, ordering, replace } = configuration;
  const agreeing = collator.count === undefined ? collator.name : `${collator.name} ${collator.count}`;
  const policy = Object.entries(replace)
    .filter(([key, value]) => key !== "kind" && value !== "many")
    .map(([key, value]) =>
      key === "repairers" ? " one at a time" : ` ${key === "threshold" ? value : showDuration(value as number)}`,
    );
  return (
    `${source.file}: ${counted(members.length, "member")} (${members.join(", ")}), ${counted(conditions.length, "condition")}, ` +
    `on ${counted(machines.size, "machine")} of ${machines.file}; collator ${agreeing}, ordering ${ordering}, replace ${replace.kind}${policy.join("")}.`
  );
}

function solveAndPrint(asked: Asked): void {
  const { specification, machines, present, effort, json } = asked;
  const { members, objectives } = specification;
  const placement = best(asked);
  if (placement === undefined) {
    const conditions = conflict(specification, machines, effort === undefined ? {} : { effort });
    if (json) print(asked, { placement: null, conflict: conditions.map((each) => conditionDocument(asked, each)) }, "");
    throw new CommandFailed(conflictText(asked, conditions));
  }
  const names = placement.machines.map((machine) => machines.names[machine]!);
  const gone = [...present]
    .filter((machine) => !placement.machines.includes(machine))
    .map((machine) => machines.names[machine]!);
  const values = objectives.map(({ text }, i) => ({ objective: text, value: placement.values[i]! }));
  const document = {
    placement: Object.fromEntries(members.map((member, i) => [member, names[i]])) as object,
    kept: names.filter((_, i) => present.has(placement.machines[i]!)),
    dropped: gone,
    objectives: values,
  };
  print(asked, document, placementText(asked, placement, gone, values));
}

/** @throws CommandFailed if the search gives up. */
function best({ specification, machines, present, effort }: Asked): Placement | undefined {
  try {
    return solve(specification, machines, { present, ...(effort === undefined ? {} : { effort }) });
  } catch (error) {
    if (!(error instanceof NoProof)) throw error;
    const names = error.best?.machines.map((machine, i) => `${specification.members[i]!} ${machines.names[machine]!}`);
    const found =
      names === undefined
        ? "no placement was found"
        : `the best placement found is ${names.join(", ")}, and there may be a better one`;
    throw new CommandFailed(
      `${specification.source.file}: the search gave up after ${error.steps} steps; ${found}. --effort allows more; conditions on single members make the search shorter.`,
    );
  }
}

/** The placement as a table, with the attributes that the conditions and objectives read. */
function placementText(
  { specification, machines, present }: Asked,
  placement: Placement,
  gone: readonly string[],
  values: readonly { readonly objective: string; readonly value: number }[],
): string {
  const attributes = attributesRead(specification, machines);
  const rows = specification.members.map((member, i) => {
    const machine = machines.machine(placement.machines[i]!);
    const kept = present.size === 0 ? [] : [present.has(placement.machines[i]!) ? "kept" : "new"];
    return [member, machine.name, ...kept, ...attributes.map((name) => shown(machine.attributes[name]))];
  });
  const lines = [tableText(["member", "machine", ...(present.size === 0 ? [] : [""]), ...attributes], rows)];
  if (present.size > 0) {
    const leave = gone.length === 0 ? "" : `; ${gone.join(", ")} ${gone.length === 1 ? "leaves" : "leave"}`;
    lines.push(`${placement.kept} of ${present.size} present members kept${leave}.`);
  }
  lines.push(...values.map(({ objective, value }) => `${objective}: ${value}`));
  return lines.join("\n");
}

function shown(value: AttributeValue | undefined): string {
  return value === undefined ? "-" : String(value);
}

function attributesRead({ source }: Specification, machines: MachineTable): string[] {
  return [...machines.attributes.keys()].filter(
    (name) =>
      name !== "name" &&
      (source.text.includes(`.${name}`) ||
        source.text.includes(`"${name}"`) ||
        new RegExp(`spread\\s+${name}\\b`).test(source.text)),
  );
}

function conditionDocument({ specification }: Asked, { text, span }: Condition): object {
  const { source } = specification;
  return { text, file: source.file, ...source.position(span.from) };
}

function conflictText({ specification, machines }: Asked, conditions: readonly Condition[]): string {
  const { source, members } = specification;
  const there = `${source.file}: there is no placement on the ${counted(machines.size, "machine")} of ${machines.file}`;
  if (conditions.length === 0) return `${there}: there are ${members.length} members, each on a machine of its own.`;
  const lines = conditions.map(({ text, span }) => `  ${source.place(span)}  ${text}`);
  const problem =
    conditions.length === 1
      ? "This condition cannot hold"
      : "These conditions cannot hold together, though any of them can be left out and the others hold";
  return `${there}. ${problem}:\n${lines.join("\n")}`;
}

function explainAndPrint(asked: Asked): void {
  const { specification, machines, effort } = asked;
  const { members, source } = specification;
  const { candidates, conditions, interchangeable, classes } = explain(specification, machines, effort);
  const placement = best(asked);
  const conflicting =
    placement === undefined ? conflict(specification, machines, effort === undefined ? {} : { effort }) : [];
  const document = {
    members: Object.fromEntries(members.map((member, i) => [member, { candidates: candidates[i] }])) as object,
    conditions: conditions.map((each) => ({
      ...conditionDocument(asked, each.condition),
      leaves: Object.fromEntries(each.leaves.map(({ member, machines: count }) => [member, count])) as object,
      binds: each.binds,
    })),
    interchangeable,
    classes,
    placement:
      placement === undefined
        ? null
        : (Object.fromEntries(members.map((member, i) => [member, machines.names[placement.machines[i]!]])) as object),
    conflict: placement === undefined ? conflicting.map((each) => conditionDocument(asked, each)) : null,
  };
  const lines = [
    checked(asked),
    `Members that can change places: ${interchangeable.map((names) => names.join(" ")).join("; ") || "none"}. Kinds of machines that the conditions tell apart: ${classes}.`,
    "",
    tableText(["condition", "what it leaves"], conditions.map((each) => [`${source.place(each.condition.span)}  ${each.condition.text}`, effect(each, machines.size)])), // prettier-ignore
    "",
    tableText(["member", "machines that satisfy what is asked of it alone"], members.map((member, i) => [member, `${candidates[i]} of ${machines.size}`])), // prettier-ignore
    "",
    placement === undefined ? conflictText(asked, conflicting) : placementText(asked, placement, [], []),
  ];
  print(asked, document, lines.join("\n"));
}

function effect({ leaves, binds }: ExplainedCondition, size: number): string {
  const counts = new Map<number, string[]>();
  for (const { member, machines } of leaves) counts.set(machines, [...(counts.get(machines) ?? []), member]);
  const alone = [...counts].map(([count, members]) => `${members.join(", ")}: ${count} of ${size} machines`);
  return [...alone, ...(binds ? ["members together"] : [])].join("; ") || "everything";
}
