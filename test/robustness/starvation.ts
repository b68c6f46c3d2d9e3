/**
 * Whether peers that are silent or slow leave others their share: a good client's calls, alone and among such peers.
 */
import { StaticBinding } from "../../protocols/troupe/binding.ts";
import { firstCome } from "../../protocols/call/collator.ts";
import { Program } from "../../protocols/program/program.ts";
import { headerBytes, writeHeader } from "../../protocols/wire/segment.ts";
import { Writer } from "../../protocols/wire/bytes.ts";
import { externalizeList } from "../../protocols/wire/value.ts";
import { addressOf } from "../../udp/address.ts";
import { UdpHost } from "../../udp/host.ts";
import { Socket } from "../../udp/socket.ts";
import { Ledger, options } from "./site.ts";

export interface Share {
  /** Calls of the good client in equal times: alone, and among silent and slow peers. */
  readonly alone: number;
  readonly among: number;
  /** The longest of its calls among them, in ms. */
  readonly slowest: number;
  /** Calls that silent clients made the server execute, and RETURNs that it repeated to them. */
  readonly executed: number;
  readonly repeated: number;
}

const writer = new Writer();
const silentClients = 40;
const callsOfEach = 5;

/** A CALL of `report`, whose RETURN takes several segments, as a client of its own would make it. */
function callFrom(from: number, number: number): Uint8Array {
  writer.begin(headerBytes);
  for (const part of [from, 1, number, 1, 0, 0, 1, 1, 2]) writer.integer(part);
  writer.float(0);
  externalizeList(writer, [1], "report");
  const call = writer.finish();
  writeHeader(call, 0, 1, 1, number, 1, 0, 1);
  return call;
}

export async function measureShare(milliseconds: number): Promise<Share> {
  const hosts = ["server", "good client", "client of a silent member"].map((name) => new UdpHost({ seed: name, name }));
  const [server, good, other] = hosts as [UdpHost, UdpHost, UdpHost];
  const silent = Array.from({ length: silentClients }, () => new Socket(addressOf("127.0.0.1", 0), false, () => {}));
  const binding = new StaticBinding();
  const members = [{ address: server.address }];
  const troupe = binding.add({ id: 1, name: "ledger", module: 1, members });
  // The second member of this one listens, and never answers.
  const halfSilent = { ...troupe, members: [...members, { address: silent[0]!.address }] };
  const ledger = new Ledger();
  const serving = new Program(server, binding, options);
  serving.export(ledger, { troupe });
  const client = new Program(good, binding, options);
  const stub = client.import(Ledger, troupe);
  let slowest = 0;

  const measure = (): Promise<number> =>
    client.thread(async () => {
      const end = client.host.now() + milliseconds;
      let calls = 0;
      slowest = 0;
      for (let began = client.host.now(); began < end; calls++) {
        await stub.echo(calls);
        const now = client.host.now();
        slowest = Math.max(slowest, now - began);
        began = now;
      }
      return calls;
    });

  await measure();
  const alone = await measure();

  let going = true;
  const clientOfSilent = new Program(other, binding, options);
  const waiting = clientOfSilent.import(Ledger, halfSilent, { collator: firstCome });
  void clientOfSilent.thread(async () => {
    while (going) {
      await waiting.echo(1);
      await clientOfSilent.sleep(5);
    }
  });
  for (const socket of silent) {
    for (let number = 1; number <= callsOfEach; number++) {
      socket.send(server.address, callFrom(socket.address, number));
    }
  }
  // A slow one: a segment now and then of a message that is never whole.
  const slow = setInterval(() => {
    const segment = new Uint8Array(1400);
    writeHeader(segment, 2, 1000, 1 + Math.floor(slowSegment++ % 999), callsOfEach + 1, 1, 0, 1);
    silent[1]!.send(server.address, segment);
  }, 5);
  let slowSegment = 0;
  const before = serving.endpoint.counters.retransmitted;
  const among = await measure();
  going = false;
  clearInterval(slow);
  const repeated = serving.endpoint.counters.retransmitted - before;
  const executed = serving.endpoint.load.calls;
  for (const host of hosts) host.close();
  for (const socket of silent) socket.close();
  return { alone, among, slowest, executed, repeated };
}
