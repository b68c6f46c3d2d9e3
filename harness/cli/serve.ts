/** `troupe serve`: a class as a member of a troupe, in a real process. */
import { rmSync } from "node:fs";
import { basename, dirname } from "node:path";
import type { Argv } from "yargs";
import { StateWriter } from "../../protocols/call/module-state.ts";
import { proceduresOf, type ModuleClass } from "../../protocols/call/module.ts";
import { CallError, RemoteError } from "../../protocols/errors.ts";
import { MalformedError } from "../../protocols/wire/bytes.ts";
import { BadData } from "../../sim/bad-data.ts";
import { formatAddress } from "../../udp/address.ts";
import { instance, loadClass } from "../load.ts";
import { orderingNames, type OrderingName } from "../../protocols/call/server/ordering.ts";
import { didYouMean } from "../../languages/nearest.ts";
import { orderingName, procedureNames } from "../real/directory.ts";
import { ownIp, showPlaces } from "../real/places.ts";
import { endAsked, openProcess, pause, say, type RealProcess } from "../real/process.ts";
import { makeDirectory, writeWhole } from "../store/directory.ts";
import { jsonOf } from "./values.ts";
import { numberOf, refuseUnknown, textOf, type Words } from "./words.ts";
import { CommandFailed } from "../failure.ts";
import { placesOf, ringmasterOption } from "./ringmaster.ts";

/** The longest wait for the leaving of a member, in ms. */
const farewell = 10_000;

/** How long a process that has left still answers clients that do not know of its leaving, in ms. */
const linger = 300;

/** Which class of a file is meant, and how its instances are made. */
export const classOptions = {
  export: {
    type: "string",
    describe: "the name of the class, if the file exports several",
    defaultDescription: "the default export, or the only one",
  },
  arguments: { type: "string", describe: "the arguments of the class's constructor, a JSON array" },
} as const;

const options = {
  name: { type: "string", describe: "the troupe's name" },
  ...classOptions,
  ...ringmasterOption,
  host: {
    type: "string",
    describe: "this machine's IPv4 address, as others reach it",
    defaultDescription: "127.0.0.1",
  },
  port: { type: "string", describe: "the UDP port", defaultDescription: "any that is free" },
  ordering: {
    type: "string",
    describe: `what makes the order of calls the same at all members: ${orderingNames.join(", ")}`,
    defaultDescription: "none",
  },
  pid: { type: "string", describe: "a file for the process's number, written when it has become a member" },
  anew: {
    type: "boolean",
    describe: "found the troupe anew if all its members have died, with the class's first state",
  },
} as const;

export function declareServe(yargs: Argv): Argv {
  return yargs
    .usage(
      "$0 serve <module> --name NAME\n\nMakes an instance of a class a member of a troupe. The first member founds the troupe, a later one gets the state of the others. Ctrl-C leaves.",
    )
    .positional("module", { describe: "the path of a file that exports a class", type: "string" })
    .options(options)
    .example("$0 serve examples/bank.ts --name bank", "a member; once more: another one")
    .example("$0 serve examples/bank.ts --name bank --ordering commit", "every call is a transaction")
    .example("$0 serve ./shop.ts --name till --export Till --arguments '[\"EUR\", 100]'", 'new Till("EUR", 100)')
    .example("$0 serve ./bank.ts --name bank --ringmaster 10.0.0.1:1985 --host 10.0.0.7", "on a network");
}

/** The arguments of the constructor, as the words give them. */
export function argumentsOf(words: Words): readonly unknown[] {
  const text = textOf(words, "arguments");
  if (text === undefined) return [];
  const given = jsonOf(text);
  if (!Array.isArray(given))
    throw new BadData(`--arguments takes a JSON array, such as '["EUR", 100]', not '${text}'.`);
  return given as unknown[];
}

export async function serveCommand(words: Words): Promise<void> {
  refuseUnknown(words, undefined, ["module", ...Object.keys(options), "help", "version"]);
  const path = textOf(words, "module")!;
  const ordering = orderingOf(words) ?? "none";
  const name = textOf(words, "name");
  if (name === undefined) throw new BadData(`serve needs the troupe's name: troupe serve ${path} --name NAME.`);
  const places = placesOf(words);
  const ip = ownIp(textOf(words, "host"), places);
  const args = argumentsOf(words);
  const type = await loadClass(path, textOf(words, "export"));
  const module = instance(type, path, args);
  // A state that cannot be transferred to a newcomer is refused at the start, before the Ringmaster is looked for.
  await refuseState(module, path);
  const pid = textOf(words, "pid");
  if (pid !== undefined) makeDirectory(dirname(pid), `--pid ${pid}`);
  let last = "";
  const changed = (troupe: string, state: string): void => {
    if (troupe !== name || state === "frozen") return;
    const members = real.binding.membership(name)?.registration?.members ?? [];
    const line = `${where}: ${state}, of ${showPlaces(members.map(({ address }) => address)) || "none"}`;
    if (line !== last) say(line);
    last = line;
  };
  const real = openProcess({ ip, port: numberOf(words, "port", 1) ?? 0, places, changed, parted: say });
  const where = `${name} at ${formatAddress(real.host.address)}, process ${process.pid}`;
  const asked = endAsked();
  const joined = join(real, name, { path, type, module, ordering }, words["anew"] === true).then(() => {
    if (pid !== undefined) writeWhole(dirname(pid), basename(pid), `${process.pid}\n`);
  });
  try {
    await Promise.race([joined, asked]);
  } catch (error) {
    real.host.close();
    throw error;
  }
  await asked;
  const membership = real.binding.membership(name);
  if (membership !== undefined && membership.state !== "joining") {
    const left = real.binding.leaveTroupe(membership).then(
      () => pause(linger),
      () => undefined,
    );
    await Promise.race([left, pause(farewell)]);
  }
  real.host.close();
  if (pid !== undefined) rmSync(pid, { force: true });
  say(`${where}: ended`);
  // A leaving that has exceeded its limit must not keep Node alive.
  process.exit(0);
}

async function refuseState(module: object, path: string): Promise<void> {
  try {
    const state = new StateWriter(module);
    for (; !state.step(); state.drain()) await pause(0);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new BadData(`${path}: ${module.constructor.name} cannot be a module: ${error.message}.`);
  }
}

interface Served {
  readonly path: string;
  readonly type: ModuleClass<object>;
  readonly module: object;
  readonly ordering: OrderingName;
}

/** The ordering that the words name; undefined if they name none. */
export function orderingOf(words: Words): OrderingName | undefined {
  const name = textOf(words, "ordering");
  if (name === undefined) return undefined;
  const known = orderingNames.find((each) => each === name);
  if (known !== undefined) return known;
  throw new BadData(
    `--ordering takes one of ${orderingNames.join(", ")}, not "${name}".${didYouMean(name, orderingNames)}`,
  );
}

/** Refuses an ordering that differs from the troupe's: members with different orderings do not agree on an order. */
function mustOrderAlike(name: string, theirs: OrderingName, { path, type, ordering }: Served): void {
  if (ordering === theirs) return;
  throw new BadData(
    `${path}: ${type.name} cannot be a member of ${name} with --ordering ${ordering}: the members have --ordering ${theirs}.`,
  );
}

/** Refuses procedures that differ from the troupe's: such members would give different answers to the same call. */
function mustBeAlike(name: string, theirs: readonly string[], { path, type }: Served): void {
  const own = proceduresOf(type).join(", ");
  if (own === theirs.join(", ")) return;
  throw new BadData(
    `${path}: ${type.name} cannot be a member of ${name}: it has the methods ${own}, and the members have ${theirs.join(", ")}.`,
  );
}

async function join({ binding }: RealProcess, name: string, served: Served, anew: boolean): Promise<void> {
  for (let found = false; !found;) {
    const note = setTimeout(() => say(`${name} waits for the Ringmaster at ${showPlaces(binding.places)}`), 3000);
    try {
      const troupe = await binding.lookupByName(name);
      found = true;
      const theirs = troupe === undefined ? undefined : await procedureNames(binding, troupe);
      if (theirs !== undefined) mustBeAlike(name, theirs, served);
      const order = troupe === undefined ? undefined : await orderingName(binding, troupe);
      if (order !== undefined) mustOrderAlike(name, order, served);
    } catch (error) {
      if (error instanceof RangeError) throw new BadData(`${error.message}.`);
      if (!(error instanceof CallError)) throw error;
    } finally {
      clearTimeout(note);
    }
  }
  try {
    await binding.joinTroupe(name, served.module, { anew, ordering: served.ordering });
  } catch (error) {
    // A TypeError concerns wrong marks on procedures, or a state that cannot be undone.
    if (error instanceof TypeError) throw new BadData(`${served.path}: ${error.message}.`);
    // The state of the members is one that they cannot give, or that this process cannot take.
    if (error instanceof RemoteError || error instanceof MalformedError)
      throw new CommandFailed(`${served.type.name} cannot join ${name}: ${error.message}.`);
    if (!(error instanceof CallError)) throw error;
    const remedy = error.kind === "troupe-lost" ? "; --anew founds it again, with the class's first state" : "";
    throw new CommandFailed(`${error.message}${remedy}.`);
  }
}
