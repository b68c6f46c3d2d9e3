/** `troupe ringmaster`: the binding agent as real processes. */
import { fork } from "node:child_process";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Argv } from "yargs";
import { ringmasterName } from "../../protocols/binding/register/configuration.ts";
import { RingmasterMember } from "../../protocols/binding/ringmaster/formation.ts";
import { CallError } from "../../protocols/errors.ts";
import type { Address } from "../../protocols/host.ts";
import { BadData } from "../../sim/bad-data.ts";
import { formatAddress, ipOf, portOf } from "../../udp/address.ts";
import { isHere, readPlaces, showPlaces, standardPlaces } from "../real/places.ts";
import { endAsked, openProcess, pause, say, type RealProcess } from "../real/process.ts";
import { numberOf, refuseUnknown, textOf, type Words } from "./words.ts";
import { CommandFailed } from "../failure.ts";

/** The longest wait for the leaving of a member, in ms. */
const farewell = 5000;

export const ringmasterOption = {
  ringmaster: {
    type: "string",
    describe: "the Ringmaster's well-known addresses, the same for all processes",
    defaultDescription: standardPlaces,
  },
} as const;

const options = {
  ...ringmasterOption,
  host: { type: "string", describe: "start only the member at this IPv4 address" },
  port: { type: "string", describe: "start only the member at this port, in the place of one that has died, say" },
} as const;

export function declareRingmaster(yargs: Argv): Argv {
  return yargs
    .usage(
      "$0 ringmaster\n\nStarts the binding agent: a process for each of its well-known addresses that is this machine's.",
    )
    .options(options)
    .example("$0 ringmaster", "three members on this machine")
    .example("$0 ringmaster --port 1986", "one of them again, after it has died")
    .example("$0 ringmaster --ringmaster 10.0.0.1:1985,10.0.0.2:1985,10.0.0.3:1985", "on each of three machines");
}

export function placesOf(words: Words): Address[] {
  return readPlaces(textOf(words, "ringmaster") ?? standardPlaces);
}

export async function ringmasterCommand(words: Words): Promise<void> {
  refuseUnknown(words, undefined, [...Object.keys(options), "help", "version"]);
  const places = placesOf(words);
  const ip = textOf(words, "host");
  const port = numberOf(words, "port", 1);
  const chosen = places.filter(
    (place) => isHere(place) && (ip === undefined || ipOf(place) === ip) && (port ?? portOf(place)) === portOf(place),
  );
  if (chosen.length === 0) {
    const which = `${ip === undefined ? "of this machine" : ip}${port === undefined ? "" : `, at port ${port}`}`;
    throw new BadData(`none of the Ringmaster's addresses is ${which}: they are ${showPlaces(places)}.`);
  }
  if (chosen.length === 1) await beMember(chosen[0]!, places);
  else await startMembers(chosen, places);
}

/** Whether another process has the port. */
async function isTaken(place: Address): Promise<boolean> {
  const socket = createSocket("udp4").bind({ port: portOf(place), address: ipOf(place), exclusive: true });
  try {
    await once(socket, "listening");
    return false;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EADDRINUSE") return true;
    throw error;
  } finally {
    socket.close();
  }
}

/**
 * Starts a process for each chosen address. Each process ends when this process ends.
 *
 * @throws CommandFailed if another process has every port
 */
async function startMembers(chosen: readonly Address[], places: readonly Address[]): Promise<void> {
  const taken = await Promise.all(chosen.map(isTaken));
  if (taken.every(Boolean)) {
    throw new CommandFailed(
      `other processes have the ports of ${showPlaces(chosen)}: the Ringmaster is running already.`,
    );
  }
  const main = fileURLToPath(new URL("./main.js", import.meta.url));
  const ends = chosen.map((place) => {
    const words = ["--ringmaster", places.map(formatAddress).join(","), "--host", ipOf(place), "--port"];
    const child = fork(main, ["ringmaster", ...words, String(portOf(place))]);
    return new Promise<void>((resolve) => {
      child.on("exit", (status, signal) => {
        say(`ringmaster at ${formatAddress(place)} has ended (${signal ?? `status ${status}`})`);
        resolve();
      });
    });
  });
  const asked = endAsked().then(() => process.exit(0));
  await Promise.race([asked, Promise.all(ends)]);
  throw new CommandFailed("every member of the Ringmaster that was started here has ended.");
}

async function beMember(place: Address, places: readonly Address[]): Promise<void> {
  const where = `ringmaster at ${formatAddress(place)}, process ${process.pid}`;
  const changed = (name: string, state: string): void => {
    const members = member.configuration?.members ?? [];
    if (name === ringmasterName) say(`${where}: ${state}, of ${showPlaces(members.map(({ address }) => address))}`);
  };
  const real = openProcess({ ip: ipOf(place), port: portOf(place), places, changed });
  const member = new RingmasterMember(real.binding);
  member.start();
  process.once("disconnect", () => process.exit(0));
  process.channel?.unref();
  const asked = endAsked();
  const served = await Promise.race([asked.then(() => true), serves(member)]);
  if (!served) say(`${where}: waits for ${showPlaces(places.filter((other) => other !== place))}`);
  await asked;
  if (member.serves && member.configuration!.members.length > 1) await leave(real, member);
  real.host.close();
  say(`${where}: ended`);
}

/** Whether the member serves within the time in which it should have found the other members. */
async function serves(member: RingmasterMember): Promise<boolean> {
  for (let i = 0; i < 50 && !member.serves; i++) await pause(100);
  return member.serves;
}

async function leave({ host, binding }: RealProcess, member: RingmasterMember): Promise<void> {
  member.leave();
  const { address, incarnation } = host;
  const gone = async (): Promise<void> => {
    try {
      for (let belongs = true; belongs;) {
        await pause(50);
        const members = (await binding.lookupByName(ringmasterName))?.members ?? [];
        belongs = members.some((other) => other.address === address && other.incarnation === incarnation);
      }
    } catch (error) {
      // Too few other members live for a change: the member ends without leaving.
      if (!(error instanceof CallError)) throw error;
    }
  };
  await Promise.race([gone(), pause(farewell)]);
}
