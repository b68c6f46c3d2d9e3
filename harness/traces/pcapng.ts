/**
 * The datagrams of a trace as a capture that Wireshark opens (pcapng, IETF draft-ietf-opsawg-pcapng): one packet for
 * each datagram when it is sent, on an interface for each machine, with a comment that says when it arrived, or why
 * not.
 *
 * The capture is of IPv4 and UDP. The machine of a simulated address gets an address in 10.0.0.0/8, and its name stands
 * in the capture; the ports begin at 30000, which no protocol of Wireshark claims. Simulated time 0 is 1970-01-01.
 */
import type { Address } from "../../protocols/host.ts";
import { BadData } from "../../sim/bad-data.ts";
import type { StampedEvent } from "../../sim/trace.ts";
import { lostText } from "./texts.ts";

const rawIp = 101;
const blocks = { section: 0x0a0d0d0a, interface: 1, names: 4, packet: 6 } as const;
const options = { comment: 1, application: 4, interfaceName: 2, resolution: 9, flags: 2 } as const;
const outbound = 2;
const firstPort = 30_000;
const portsPerMachine = 256;

function padded(bytes: Uint8Array): Buffer {
  return Buffer.concat([bytes, Buffer.alloc(-bytes.length & 3)]);
}

function words(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length);
  for (const [i, value] of values.entries()) bytes.writeUInt32LE(value, 4 * i);
  return bytes;
}

function shorts(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(2 * values.length);
  for (const [i, value] of values.entries()) bytes.writeUInt16LE(value, 2 * i);
  return bytes;
}

function option(code: number, value: Uint8Array | string): Buffer {
  const bytes = Buffer.from(value as string);
  return Buffer.concat([shorts(code, bytes.length), padded(bytes)]);
}

const endOfOptions = shorts(0, 0);

function block(type: number, ...parts: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(parts);
  const length = body.length + 12;
  return Buffer.concat([words(type, length), body, words(length)]);
}

function ipOf(address: Address): Buffer {
  const host = Math.floor(address / portsPerMachine) + 1;
  return Buffer.from([10, host >>> 16, host >>> 8, host]);
}

function checksum(bytes: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < bytes.length; i += 2) sum += (bytes[i]! << 8) + (bytes[i + 1] ?? 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}

/** An IPv4 packet of UDP. A UDP checksum of 0 says that there is none (RFC 768). */
function packetOf(from: Address, to: Address, datagram: Uint8Array, number: number): Buffer {
  const header = Buffer.alloc(20);
  header[0] = 0x45;
  header.writeUInt16BE(28 + datagram.length, 2);
  header.writeUInt16BE(number & 0xffff, 4);
  header[8] = 64;
  header[9] = 17;
  ipOf(from).copy(header, 12);
  ipOf(to).copy(header, 16);
  header.writeUInt16BE(checksum(header), 10);
  const udp = Buffer.alloc(8);
  udp.writeUInt16BE(firstPort + (from % portsPerMachine), 0);
  udp.writeUInt16BE(firstPort + (to % portsPerMachine), 2);
  udp.writeUInt16BE(8 + datagram.length, 4);
  return Buffer.concat([header, udp, datagram]);
}

/** What became of each datagram, by its number. */
function fates(trace: readonly StampedEvent[]): Map<number, string[]> {
  const all = new Map<number, string[]>();
  for (const { time, event } of trace) {
    if (event.type !== "datagram-delivered" && event.type !== "datagram-dropped") continue;
    const what = event.type === "datagram-delivered" ? "arrives" : lostText(event.reason);
    const before = all.get(event.packet) ?? [];
    all.set(event.packet, [...before, `${what} at ${time} ms`]);
  }
  return all;
}

/** @throws BadData if the trace has no datagrams, as those of real sockets. `file` is for the message. */
export function pcapngOf(trace: readonly StampedEvent[], file: string): Uint8Array {
  const machines = new Map<string, { readonly place: number; readonly address: Address }>();
  for (const { machine, address } of trace) {
    if (machine !== "" && !machines.has(machine)) machines.set(machine, { place: machines.size, address });
  }
  const what = fates(trace);
  const packets: Buffer[] = [];
  for (const { time, machine, address, event } of trace) {
    if (event.type !== "datagram-sent") continue;
    const bytes = packetOf(address, event.to, event.datagram, event.packet);
    const nanoseconds = BigInt(Math.round(time * 1e6));
    const stamp = words(Number(nanoseconds >> 32n), Number(nanoseconds & 0xffffffffn));
    packets.push(
      block(
        blocks.packet,
        words(machines.get(machine)!.place),
        stamp,
        words(bytes.length, bytes.length),
        padded(bytes),
        option(options.comment, what.get(event.packet)?.join("; ") ?? "still on its way at the end of the trace"),
        option(options.flags, words(outbound)),
        endOfOptions,
      ),
    );
  }
  if (packets.length === 0) {
    throw new BadData(
      `${file} has no datagrams: a capture can be made of simulated runs; tcpdump captures those of real sockets.`,
    );
  }
  const section = block(
    blocks.section,
    words(0x1a2b3c4d),
    shorts(1, 0),
    Buffer.alloc(8, 0xff),
    option(options.application, "troupe"),
    endOfOptions,
  );
  const interfaces = [...machines.keys()].map((name) =>
    block(
      blocks.interface,
      shorts(rawIp, 0),
      words(0),
      option(options.interfaceName, name),
      option(options.resolution, Uint8Array.of(9)),
      endOfOptions,
    ),
  );
  const records = [...machines].map(([name, { address }]) => {
    const value = Buffer.concat([ipOf(address), Buffer.from(`${name}\0`)]);
    return Buffer.concat([shorts(1, value.length), padded(value)]);
  });
  const names = block(blocks.names, ...records, endOfOptions);
  return new Uint8Array(Buffer.concat([section, ...interfaces, names, ...packets]));
}
