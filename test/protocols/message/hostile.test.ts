/** A malformed datagram is counted and dropped, never thrown on; nothing that was not a CALL is executed. */
import assert from "node:assert/strict";
import { StaticBinding } from "../../../protocols/troupe/binding.ts";
import { Program } from "../../../protocols/program/program.ts";
import { headerBytes, writeHeader } from "../../../protocols/wire/segment.ts";
import { Stream } from "../../../sim/chance/random.ts";
import { lost, ScriptedNet } from "./scripted-net.ts";

class Account {
  balance = 0;
  deposits = 0;
  deposit(amount: number): number {
    this.deposits++;
    return (this.balance += amount);
  }
}

/** An account at address 2 and its client at address 1, with what they say to each other. */
function bank(): { net: ScriptedNet; server: Program; account: Account; deposit: (n: number) => Promise<number> } {
  const net = new ScriptedNet();
  const binding = new StaticBinding();
  const troupe = binding.add({ id: 5, name: "account", module: 3, members: [{ address: 2 }] });
  const server = new Program(net.host(2), binding);
  const account = new Account();
  server.export(account, { troupe });
  const client = new Program(net.host(1), binding);
  const stub = client.import(Account, troupe);
  return { net, server, account, deposit: (n) => client.thread(() => stub.deposit(n)) };
}

describe("hostile datagrams", () => {
  it("of random bytes, from noise to segments with a random body, are dropped (100,000 of them)", async () => {
    const { net, server, account, deposit } = bank();
    const random = new Stream("noise");
    const byte = (): number => Math.floor(random.next() * 256);
    net.keep = false;
    net.fate = () => lost;
    for (let n = 0; n < 100_000; n++) {
      const datagram = new Uint8Array(Math.floor(random.next() * 60));
      for (let i = 0; i < datagram.length; i++) datagram[i] = byte();
      // Two of three look like segments, so that every path behind the first check is met.
      if (n % 3 > 0 && datagram.length >= headerBytes) {
        const total = 1 + (byte() & 3);
        writeHeader(datagram, byte() & 7, total, byte() % (total + 1), byte(), 1 + (n % 2), byte() % 3, byte());
      }
      net.deliver(10 + (n % 7), 2, datagram);
      if (n % 1000 === 0) await net.run(net.now + 10);
    }
    assert.equal(account.deposits, 0);
    assert.ok(server.endpoint.counters.malformed > 30_000);
    assert.ok(server.endpoint.remembered.incoming < 7 * 256);
    net.fate = () => [1];
    const answer = deposit(5);
    await net.run();
    assert.equal(await answer, 5);
    assert.deepEqual(server.endpoint.remembered, { calls: 0, peers: 0, incoming: 0 });
  });

  it("that are replayed or changed in a few bits cause no exception, and no call is executed twice", async () => {
    const { net, account, deposit, server } = bank();
    for (let n = 1; n <= 20; n++) void deposit(n);
    await net.run(50);
    assert.equal(account.balance, 210);
    const captured = net.sent.filter((s) => s.to === 2).map((s) => s.datagram);
    const random = new Stream("replay");
    net.keep = false;
    net.fate = () => lost;
    for (let n = 0; n < 30_000; n++) {
      const datagram = captured[n % captured.length]!.slice();
      // The first 20 bytes are the header: a change of its call number or sender would make it another call.
      const flips = n % 4;
      for (let i = 0; i < flips; i++) datagram[Math.floor(random.next() * 4)]! ^= 1 << Math.floor(random.next() * 8);
      const cut = n % 5 === 0 ? Math.floor(random.next() * datagram.length) : datagram.length;
      net.deliver(1, 2, datagram.subarray(0, cut));
      if (n % 1000 === 0) await net.run(net.now + 10);
    }
    assert.equal(account.deposits, 20);
    assert.equal(account.balance, 210);
    net.fate = () => [1];
    await net.run();
    assert.deepEqual(server.endpoint.remembered, { calls: 0, peers: 0, incoming: 0 });
  });

  it("sent to a client in the name of its server can only end its calls with an error", async () => {
    const { net, deposit } = bank();
    const random = new Stream("answers");
    let unexpected = 0;
    let ends = 0;
    for (let round = 0; round < 500; round++) {
      const call = deposit(1).then(
        () => ends++,
        (error: Error) => (error.name === "CallError" || error.name === "" || ends++ >= 0 ? ends++ : unexpected++),
      );
      await net.run(net.now + 0.5);
      for (let n = 0; n < 5; n++) {
        const datagram = new Uint8Array(headerBytes + Math.floor(random.next() * 12));
        for (let i = headerBytes; i < datagram.length; i++) datagram[i] = Math.floor(random.next() * 16);
        const total = 1 + Math.floor(random.next() * 3);
        const flags = Math.floor(random.next() * 8);
        writeHeader(datagram, flags, total, Math.floor(random.next() * (total + 1)), round + 1, 1, 1, 1);
        net.deliver(2, 1, datagram);
      }
      await net.run(net.now + 20_000);
      await call;
    }
    assert.equal(unexpected, 0);
  });

  it("that claim to be segment 0 of a RETURN do not end a call", async () => {
    const { net, deposit } = bank();
    const answer = deposit(7);
    await net.run(0.5);
    const datagram = new Uint8Array(headerBytes);
    writeHeader(datagram, 1 | 2, 1, 0, 1, 1, 1, 1);
    net.deliver(2, 1, datagram);
    await net.run();
    assert.equal(await answer, 7);
  });

  it("with an unreadable CALL are answered, and leave nothing in memory", async () => {
    const { net, server } = bank();
    const datagram = new Uint8Array(headerBytes + 3).fill(255);
    writeHeader(datagram, 0, 1, 1, 1, 1, 0, 1);
    net.deliver(9, 2, datagram);
    await net.run();
    assert.equal(server.endpoint.counters.malformed, 1);
    assert.match(net.lines()[0]!, /2>9 RETURN 1 1\/1/);
    assert.deepEqual(server.endpoint.remembered, { calls: 0, peers: 0, incoming: 0 });
  });
});
