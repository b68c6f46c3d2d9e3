/** IPv4 socket addresses as the numbers that the protocols use: `IPv4 * 65536 + port`. */
import type { Address } from "../protocols/host.ts";

/** Addresses of groups: 224.0.0.0 to 239.255.255.255 (RFC 5771). */
const firstGroup = 224 * 2 ** 24;
const afterGroups = 240 * 2 ** 24;

/**
 * The number of a socket address.
 *
 * @throws RangeError if `ip` is not a dotted IPv4 address or `port` is not a port.
 */
export function addressOf(ip: string, port: number): Address {
  const number = ipNumber(ip);
  if (number < 0) throw new RangeError(`"${ip}" is not an IPv4 address; expected four numbers like 127.0.0.1`);
  if (!Number.isInteger(port) || port < 0 || port > 65535) {
    throw new RangeError(`port ${port} of ${ip}; expected a whole number up to 65535`);
  }
  return number * 65536 + port;
}

/**
 * Reads `127.0.0.1:4000`.
 *
 * @throws RangeError if the text is not an address.
 */
export function parseAddress(text: string): Address {
  const colon = text.lastIndexOf(":");
  if (colon < 0) throw new RangeError(`address "${text}" has no port; expected one like 127.0.0.1:4000`);
  const port = text.slice(colon + 1);
  return addressOf(text.slice(0, colon), /^\d{1,5}$/.test(port) ? Number(port) : NaN);
}

export function formatAddress(address: Address): string {
  return `${ipOf(address)}:${portOf(address)}`;
}

export function ipOf(address: Address): string {
  const ip = Math.floor(address / 65536);
  return `${ip >>> 24}.${(ip >>> 16) & 255}.${(ip >>> 8) & 255}.${ip & 255}`;
}

export function portOf(address: Address): number {
  return address % 65536;
}

export function isGroup(address: Address): boolean {
  const ip = Math.floor(address / 65536);
  return ip >= firstGroup && ip < afterGroups;
}

/** The number of a dotted IPv4 address; -1 if the text is not an address. */
export function ipNumber(ip: string): number {
  let number = 0;
  let part = -1;
  let parts = 0;
  for (let i = 0; i <= ip.length; i++) {
    const digit = i < ip.length ? ip.charCodeAt(i) - 48 : -2;
    if (digit >= 0 && digit <= 9) {
      part = (part < 0 ? 0 : part * 10) + digit;
      if (part > 255) return -1;
    } else if (part < 0 || (digit !== -2 && i < ip.length && ip[i] !== ".")) return -1;
    else {
      number = number * 256 + part;
      part = -1;
      parts++;
    }
  }
  return parts === 4 ? number : -1;
}
