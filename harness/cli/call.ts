/** `troupe call`: one replicated call from the command line. */
import type { Argv } from "yargs";
import { collators, unanimous, type Collator } from "../../protocols/call/collator.ts";
import { CallError, RemoteError } from "../../protocols/errors.ts";
import { BadData } from "../../sim/bad-data.ts";
import { parseDuration } from "../../languages/durations.ts";
import { parse } from "../../languages/configuration/parser.ts";
import { Source } from "../../languages/source.ts";
import { collatorOf } from "../configured/on-stage.ts";
import { readText } from "./configure.ts";
import { didYouMean } from "../../languages/nearest.ts";
import { classWith, findTroupe } from "../real/directory.ts";
import { ownIp } from "../real/places.ts";
import { openProcess, say } from "../real/process.ts";
import { show, valueOf } from "./values.ts";
import { numberOf, refuseUnknown, textOf, type Words } from "./words.ts";
import { CommandFailed } from "../failure.ts";
import { placesOf, ringmasterOption } from "./ringmaster.ts";

const options = {
  ...ringmasterOption,
  members: { type: "string", describe: "wait until the troupe has at least so many members", defaultDescription: "1" },
  wait: { type: "string", describe: "longest wait for the troupe and its members", defaultDescription: "10s" },
  timeout: { type: "string", describe: "longest wait for the answer", defaultDescription: "none" },
  collator: {
    type: "string",
    describe: `one of ${Object.keys(collators).join(", ")}`,
    defaultDescription: "unanimous",
  },
  configuration: { type: "string", describe: "the troupe's configuration, which states the collator" },
  host: {
    type: "string",
    describe: "this machine's IPv4 address, as others reach it",
    defaultDescription: "127.0.0.1",
  },
} as const;

export function declareCall(yargs: Argv): Argv {
  return yargs
    .usage(
      "$0 call <name> <method> [args..]\n\nCalls a method of every member of a troupe, and prints the result as JSON; NaN, Infinity and 12n as they are. Exit status 1: the call failed.",
    )
    .positional("name", { describe: "the troupe's name", type: "string" })
    .positional("method", { describe: "a method of its class", type: "string" })
    .positional("args", {
      describe: "JSON values, 12n for a bigint, date:2026-11-29 for a date; any other word is a string",
      type: "string",
      array: true,
    })
    .options(options)
    .example("$0 call bank deposit alice 100", 'deposit("alice", 100)')
    .example("$0 call bank audit '{\"since\": 1985}' --collator majority", "an object; what most members answer");
}

function durationOf(words: Words, name: string): number | undefined {
  const text = textOf(words, name);
  const duration = text === undefined ? undefined : parseDuration(text);
  if (text !== undefined && duration === undefined) {
    throw new BadData(`--${name} takes a duration, such as 10s or 250ms, not "${text}".`);
  }
  return duration;
}

/** The collator that the words give, or that a configuration states. */
function collatorFor(words: Words): Collator {
  const name = textOf(words, "collator");
  const configuration = textOf(words, "configuration");
  if (configuration !== undefined) {
    if (name !== undefined)
      throw new BadData("--collator and --configuration both say which collator; give one of them.");
    const text = readText(configuration, ", which --configuration names");
    return collatorOf(parse(new Source(configuration, text)).collator);
  }
  const collator = name === undefined ? unanimous : Object.hasOwn(collators, name) ? collators[name] : undefined;
  if (collator !== undefined) return collator;
  const hint = didYouMean(name!, Object.keys(collators));
  throw new BadData(`--collator takes one of ${Object.keys(collators).join(", ")}, not "${name}".${hint}`);
}

export async function callCommand(words: Words): Promise<void> {
  // Words after `--` are not options.
  const [verb, ...behind] = (words["_"] as readonly (string | number)[]).map(String);
  refuseUnknown({ ...words, _: [verb] }, undefined, [
    "name",
    "method",
    "args",
    ...Object.keys(options),
    "help",
    "version",
  ]);
  const name = textOf(words, "name")!;
  const method = textOf(words, "method")!;
  const given = [...((words["args"] as readonly string[] | undefined) ?? []), ...behind];
  const args = given.map(valueOf);
  const places = placesOf(words);
  const collator = collatorFor(words);
  const members = numberOf(words, "members", 1) ?? 1;
  const wait = durationOf(words, "wait") ?? 10_000;
  const timeout = durationOf(words, "timeout");
  const real = openProcess({ ip: ownIp(textOf(words, "host"), places), port: 0, places });
  try {
    const { troupe, procedures } = await findTroupe(real.binding, name, { members, wait, told: say });
    if (!procedures.includes(method)) {
      const hint = didYouMean(method, procedures) || ` It has ${procedures.join(", ")}.`;
      throw new BadData(`${name} has no method ${method}.${hint}`);
    }
    const limit = timeout === undefined ? {} : { timeout };
    const stub = real.program.import(classWith(procedures), troupe, { collator, ...limit });
    const call = stub[method] as unknown as (...args: readonly unknown[]) => Promise<unknown>;
    const result = await call(...args);
    process.stdout.write(`${show(result)}\n`);
  } catch (error) {
    if (error instanceof CallError) {
      const outcome = error.definite ? "definite: it was not executed" : "indefinite: it may have been executed";
      throw new CommandFailed(`${error.message} (${error.kind}; ${outcome}).`);
    }
    if (error instanceof RemoteError) {
      const fields = Object.keys(error).length === 0 ? "" : ` ${show(Object.fromEntries(Object.entries(error)))}`;
      throw new CommandFailed(
        `${name}.${method} raised ${error.name}: ${error.message}${fields} (definite: it was executed).`,
      );
    }
    throw error;
  } finally {
    real.host.close();
  }
}
