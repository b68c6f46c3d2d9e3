/** The addresses of the Ringmaster, and which of them belong to this machine. */
import { networkInterfaces } from "node:os";
import type { Address } from "../../protocols/host.ts";
import { BadData } from "../../sim/bad-data.ts";
import { formatAddress, ipNumber, ipOf, parseAddress } from "../../udp/address.ts";

/** Three ports of this machine. The first is the year of the dissertation. */
export const standardPlaces = "127.0.0.1:1985,127.0.0.1:1986,127.0.0.1:1987";

/**
 * Reads `127.0.0.1:1985,127.0.0.1:1986`.
 * @throws BadData for a text that is no address
 */
export function readPlaces(text: string): Address[] {
  const places = text.split(",").map((part) => {
    try {
      return parseAddress(part.trim());
    } catch (error) {
      throw new BadData(`--ringmaster: ${(error as Error).message}.`);
    }
  });
  const twice = places.find((place, index) => places.indexOf(place) < index);
  if (twice !== undefined) throw new BadData(`--ringmaster names ${formatAddress(twice)} twice.`);
  return places;
}

export function showPlaces(places: readonly Address[]): string {
  return places.map(formatAddress).join(", ");
}

export function isLoopback(ip: string): boolean {
  return ip.startsWith("127.");
}

/** The IPv4 addresses of this machine's network cards. */
function ownIps(): string[] {
  const cards = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  return cards.filter(({ family }) => family === "IPv4").map(({ address }) => address);
}

/** Whether the address belongs to this machine. */
export function isHere(address: Address): boolean {
  const ip = ipOf(address);
  return isLoopback(ip) || ownIps().includes(ip);
}

/**
 * The IPv4 address at which other processes reach a process of this machine: the given address; or 127.0.0.1 if the
 * Ringmaster is there too.
 * @throws BadData if neither is possible
 */
export function ownIp(given: string | undefined, places: readonly Address[]): string {
  const isOnLoopback = places.every((place) => isLoopback(ipOf(place)));
  if (given === undefined) {
    if (isOnLoopback) return "127.0.0.1";
    throw new BadData(
      `the Ringmaster at ${showPlaces(places)} is on a network: --host gives this machine's address there.`,
    );
  }
  const isIp = ipNumber(given) >= 0;
  if (!isIp || !(isLoopback(given) || ownIps().includes(given))) {
    const what = isIp ? "which it does not have" : "which is no IPv4 address";
    throw new BadData(
      `--host takes this machine's IPv4 address, as others reach it, not "${given}", ${what}. It has ${ownIps().join(", ")}.`,
    );
  }
  if (!isOnLoopback && isLoopback(given)) {
    throw new BadData(
      `--host ${given} is reached from this machine alone, and the Ringmaster at ${showPlaces(places)} is on a network. This machine has ${ownIps().join(", ")}.`,
    );
  }
  return given;
}
