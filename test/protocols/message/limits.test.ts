/** What strangers may make a process remember: bounded for each of them, and for all together. */
import assert from "node:assert/strict";
import { StaticBinding } from "../../../protocols/troupe/binding.ts";
import { nextCall } from "../../../protocols/call/client/callee.ts";
import { Program } from "../../../protocols/program/program.ts";
import type { ServerExchange } from "../../../protocols/message/incoming-call.ts";
import type { MessageOptions } from "../../../protocols/message/options.ts";
import { taggedForm } from "../../../protocols/wire/procedure.ts";
import { headerBytes, pleaseAckBit, writeHeader } from "../../../protocols/wire/segment.ts";
import { ScriptedNet, Server } from "./scripted-net.ts";

const b = 2;

/** A data segment of a CALL. */
function segment(call: number, body = 4, total = 1, number = 1, flags = 0): Uint8Array {
  const datagram = new Uint8Array(headerBytes + body);
  writeHeader(datagram, flags, total, number, call, 1, 0, 1);
  return datagram;
}

/** A server whose clients acknowledge nothing. */
function site(
  options: Partial<MessageOptions>,
  serve?: (exchange: ServerExchange) => void,
): { net: ScriptedNet; server: Server } {
  const net = new ScriptedNet();
  const server = new Server(net.host(b), options, serve);
  return { net, server };
}

describe("a process remembers", () => {
  it("at most the allowed number of peers, and new peers when old ones are forgotten", async () => {
    const { net, server } = site({ peers: 3, datagramLifetime: 1000, probeInterval: 500, tries: 1 });
    for (let from = 10; from < 20; from++) net.deliver(from, b, segment(1));
    assert.deepEqual([server.endpoint.remembered.peers, server.calls, server.endpoint.counters.refused], [3, 3, 7]);
    await net.run(5000);
    assert.deepEqual([server.endpoint.remembered.peers, server.endpoint.load], [0, { calls: 0, bytes: 0 }]);
    net.deliver(15, b, segment(2));
    assert.equal(server.calls, 4);
  });

  it("at most the allowed number of calls of all peers together", () => {
    const { net, server } = site({ calls: 5 });
    for (let from = 10; from < 20; from++) net.deliver(from, b, segment(1));
    assert.deepEqual([server.endpoint.load.calls, server.calls, server.endpoint.counters.refused], [5, 5, 5]);
  });

  it("at most the allowed bytes of incomplete CALLs of all peers together", () => {
    const { net, server } = site({ bytes: 10_000 });
    for (let from = 10; from < 100; from++) net.deliver(from, b, segment(1, 1000, 3, 2));
    assert.ok(server.endpoint.load.bytes >= 10_000 && server.endpoint.load.bytes < 12_000);
    assert.equal(server.calls, 0);
    assert.ok(server.endpoint.counters.refused > 80);
  });

  it("at most the allowed bytes of unacknowledged RETURNs of one peer, which may call again after it acknowledges", async () => {
    const { net, server } = site({ returnBytesPerPeer: 10_000, tries: 2 }, (exchange) => {
      exchange.reply(new Uint8Array(headerBytes + 1000));
    });
    for (let call = 1; call <= 50; call++) net.deliver(10, b, segment(call));
    net.deliver(11, b, segment(1));
    assert.deepEqual([server.calls, server.endpoint.counters.refused], [11, 40]);
    await net.run(2000);
    assert.equal(server.endpoint.load.bytes, 0);
    net.deliver(10, b, segment(11));
    assert.equal(server.calls, 12);
  });

  it("no call with a number far ahead, which would wrap around and be executed twice", () => {
    const { net, server } = site({});
    net.deliver(10, b, segment(1));
    for (const call of [2 ** 30 + 1, 2 ** 31, 2 ** 31 + 1, 2 ** 32 - 1]) {
      net.deliver(10, b, segment(call, 4, 1, 1, pleaseAckBit));
    }
    net.deliver(10, b, segment(1));
    assert.equal(server.calls, 1);
  });
});

describe("a CALL that was captured", () => {
  it("is not executed for another process", async () => {
    const net = new ScriptedNet();
    const binding = new StaticBinding();
    const troupe = binding.add({ id: 1, name: "bank", module: 1, members: [{ address: b }] });
    class Bank {
      balance = 0;
      deposit(amount: number): number {
        return (this.balance += amount);
      }
    }
    const bank = new Bank();
    new Program(net.host(b), binding).export(bank, { troupe });
    const teller = new Program(net.host(1), binding);
    const message = nextCall(teller, teller.runtime.context(), troupe, taggedForm("deposit", 0), [5]);
    writeHeader(message, 0, 1, 1, 1, 1, 0, 1);
    net.deliver(1, b, message.slice());
    await net.run(10);
    assert.equal(bank.balance, 5);
    net.deliver(9, b, message.slice());
    const later = message.slice();
    writeHeader(later, 0, 1, 1, 2, 7, 0, 2);
    net.deliver(1, b, later);
    await net.run(20);
    assert.equal(bank.balance, 5);
  });
});
