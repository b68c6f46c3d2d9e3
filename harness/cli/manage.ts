/** `troupe manage`: the configuration manager of a troupe of real processes. */
import { fileURLToPath } from "node:url";
import type { Argv } from "yargs";
import { Manager } from "../../languages/configuration/manager.ts";
import { specify } from "../../languages/configuration/solve.ts";
import { readMachines } from "../../languages/configuration/table-files.ts";
import { BadData } from "../../sim/bad-data.ts";
import { formatAddress } from "../../udp/address.ts";
import { addressesOf, RealSite } from "../configured/real-site.ts";
import { loadClass } from "../load.ts";
import { ownIp } from "../real/places.ts";
import { endAsked, openProcess, say as print } from "../real/process.ts";
import { readText } from "./configure.ts";
import { placesOf, ringmasterOption } from "./ringmaster.ts";
import { refuseUnknown, textOf, type Words } from "./words.ts";

/** Interval between two inspections of the troupe, in ms. */
const interval = 500;

/** The longest time that a process may take to join, in ms. */
const patience = 20_000;

const options = {
  machines: { type: "string", describe: "the table of machines, CSV or JSON, with the attribute address" },
  ...ringmasterOption,
  host: {
    type: "string",
    describe: "this machine's IPv4 address, as others reach it",
    defaultDescription: "127.0.0.1",
  },
  start: {
    type: "string",
    describe:
      "the command that runs troupe on a machine, {address} and {name} being the machine's: ssh -tt {address} npx troupe",
    defaultDescription: "this program, here",
  },
  anew: {
    type: "boolean",
    describe: "found the troupe anew if all its members have died, with the class's first state",
  },
} as const;

export function declareManage(yargs: Argv): Argv {
  return yargs
    .usage(
      "$0 manage <file> <module> --machines FILE\n\nStarts the members of a troupe as its configuration says, watches them, and replaces those that fail. Ctrl-C ends the manager and the members that it has started. A manager that dies leaves the troupe as it is; another one takes over.",
    )
    .positional("file", { describe: "a configuration that names the troupe", type: "string" })
    .positional("module", { describe: "the path of a file that exports a class", type: "string" })
    .options(options)
    .example("$0 manage examples/bank.troupe examples/bank.ts --machines examples/machines.csv", "on this machine")
    .example("$0 manage bank.troupe /srv/bank.js --machines m.csv --ringmaster 10.0.0.1:1985 --host 10.0.0.1 --start 'ssh -tt {address} npx troupe'", "on a network"); // prettier-ignore
}

export async function manageCommand(words: Words): Promise<void> {
  refuseUnknown(words, undefined, ["file", "module", ...Object.keys(options), "help", "version"]);
  const [file, path] = [textOf(words, "file")!, textOf(words, "module")!];
  const machinesFile = textOf(words, "machines");
  if (machinesFile === undefined)
    throw new BadData(`manage needs the table of machines: troupe manage ${file} ${path} --machines FILE.`);
  const table = readMachines(machinesFile, readText(machinesFile, ", which --machines names"));
  const specification = specify(file, readText(file, ""), table);
  const { name, ordering } = specification.configuration;
  if (name === undefined)
    throw new BadData(`${file}: the troupe has no name, by which it is bound: troupe bank (x, y, z) where ….`);
  const addresses = addressesOf(table);
  const places = placesOf(words);
  await loadClass(path);
  const start = textOf(words, "start")?.split(/\s+/) ?? [
    process.execPath,
    fileURLToPath(new URL("./main.js", import.meta.url)),
  ];
  const serve = ["serve", path, "--name", name, "--ringmaster", places.map(formatAddress).join(",")];
  if (ordering !== "none") serve.push("--ordering", ordering);
  if (words["anew"] === true) serve.push("--anew");
  const real = openProcess({ ip: ownIp(textOf(words, "host"), places), port: 0, places });
  const tell = (line: string): void => print(`manager of ${name}: ${line}`);
  const site = new RealSite(addresses, { serve, start, say: tell });
  let isEnding = false;
  const say = (line: string): void => {
    if (!isEnding) tell(line);
  };
  const manager = new Manager(real.program, real.binding, specification, table, site, { interval, patience, say });
  await Promise.race([manager.run(), endAsked()]);
  isEnding = true;
  await site.close();
  real.host.close();
  process.exit(0);
}
