/** Where the Ringmaster is found, and which of its addresses are of this machine. */
import { networkInterfaces } from "node:os";
import type { Address } from "../../protocols/host.ts";
import { BadData } from "../../sim/bad-data.ts";
import { formatAddress, ipOf, parseAddress } from "../../udp/address.ts";

/** Three ports of this machine, from the year of the dissertation. */
export const standardPlaces = "127.0.0.1:1985,127.0.0.1:1986,127.0.0.1:1987";

/** Reads `127.0.0.1:1985,127.0.0.1:1986`. Throws BadData. */
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

/** Whether the address is one of this machine's. */
export function isHere(address: Address): boolean {
  const ip = ipOf(address);
  const own = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  return isLoopback(ip) || own.some((card) => card.address === ip);
}

/**
 * The IPv4 address under which a process of this machine is known to the others: the one given, or 127.0.0.1 where the
 * Ringmaster is there too. Throws BadData if neither will do.
 */
export function ownIp(given: string | undefined, places: readonly Address[]): string {
  if (given !== undefined) return given;
  if (places.every((place) => isLoopback(ipOf(place)))) return "127.0.0.1";
  throw new BadData(
    `the Ringmaster at ${showPlaces(places)} is on a network: --host gives this machine's address there.`,
  );
}
