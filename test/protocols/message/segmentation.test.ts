/**
 * Dissertation, paired message protocol: a message of any length is cut into segments, and comes whole over a network
 * that loses, repeats and reorders them.
 */
import assert from "node:assert/strict";
import { headerBytes, maximumSegments } from "../../../protocols/wire/segment.ts";
import { Stream } from "../../../sim/chance/random.ts";
import { bodyOf, Client, longBody, lost, message, ScriptedNet, Server } from "./scripted-net.ts";

const [a, b] = [1, 2];

const same = (x: Uint8Array, y: Uint8Array): boolean => Buffer.compare(x, y) === 0;

describe("segmentation", () => {
  it("cuts messages exactly at the size of a datagram", async () => {
    const data = 100;
    for (const [length, segments] of [
      [0, 1],
      [1, 1],
      [99, 1],
      [100, 1],
      [101, 2],
      [200, 2],
      [201, 3],
    ] as const) {
      const net = new ScriptedNet();
      const options = { datagramBytes: headerBytes + data };
      const server = new Server(net.host(b), options);
      const client = new Client(net.host(a), options);
      client.call([b], longBody(length));
      await net.run(50);
      const calls = net.sent.filter((s) => s.from === a && s.time === 0);
      assert.equal(calls.length, segments);
      assert.ok(calls.every((s) => s.datagram.length <= headerBytes + data));
      assert.equal(
        calls.reduce((sum, s) => sum + s.datagram.length - headerBytes, 0),
        length,
      );
      assert.ok(same(client.bodies[0]!, longBody(length)));
      assert.equal(server.calls, 1);
    }
  });

  it("takes messages up to 4095 segments, and refuses longer ones in a sentence", async () => {
    const net = new ScriptedNet();
    const options = { datagramBytes: headerBytes + 2 };
    new Server(net.host(b), options);
    const client = new Client(net.host(a), options);
    const most = 2 * maximumSegments;
    client.call([b], longBody(most));
    await net.run(10_000);
    assert.ok(same(client.bodies[0]!, longBody(most)));
    assert.throws(
      () => client.endpoint.call([b], undefined, message(longBody(most + 1)), { returned() {}, crashed() {} }),
      (error: Error) =>
        error instanceof RangeError && /4096 segments is too long; expected at most 8190/.test(error.message),
    );
  });

  it("has at most a window of unacknowledged segments under way", async () => {
    const net = new ScriptedNet();
    const options = { datagramBytes: headerBytes + 10, window: 8 };
    const server = new Server(net.host(b), options, (exchange) => exchange.reply(message("done")));
    const client = new Client(net.host(a), options);
    client.call([b], longBody(1000));
    await net.run(99);
    assert.deepEqual(net.lines().slice(0, 10), [
      ...[1, 2, 3, 4, 5, 6, 7].map((n) => `0 1>2 CALL 1 ${n}/100`),
      "0 1>2 CALL 1 8/100 please-ack",
      "1 2>1 ACK of CALL 1 8/100",
      "2 1>2 CALL 1 9/100",
    ]);
    // 100 segments, an ACK for each full window, the RETURN.
    assert.equal(net.count, 100 + 12 + 1);
    assert.equal(server.calls, 1);
    assert.deepEqual(client.log, ["26 1000 bytes: 2 returned done"]);
  });

  for (const [name, megabytes, loss] of [
    ["1 MB", 1, 0.2],
    ["5 MB", 5, 0.02],
  ] as const) {
    it(`carries ${name} there and back through loss of ${loss}, reordering and duplication`, async () => {
      const net = new ScriptedNet();
      net.keep = false;
      const random = new Stream(`${name}`);
      let dropped = 0;
      let doubled = 0;
      net.fate = () => {
        if (random.next() < loss) return (dropped++, lost);
        const delay = 1 + 4 * random.next();
        return random.next() < 0.1 ? (doubled++, [delay, delay + 3 * random.next()]) : [delay];
      };
      const server = new Server(net.host(b));
      const client = new Client(net.host(a));
      const body = longBody(megabytes * 1e6);
      client.call([b], body);
      await net.run();
      assert.ok(dropped > 50 && doubled > 50);
      assert.equal(server.calls, 1);
      assert.equal(client.bodies.length, 1);
      assert.ok(same(client.bodies[0]!, body));
      assert.deepEqual(server.endpoint.remembered, { calls: 0, peers: 0, incoming: 0 });
    });
  }

  it("carries several long messages at once, to several servers, by unicast and by multicast", async () => {
    for (const group of [undefined, 99]) {
      const net = new ScriptedNet();
      net.keep = false;
      const random = new Stream("several");
      net.fate = () => (random.next() < 0.1 ? lost : [1 + random.next()]);
      const servers = [10, 11, 12];
      const running = servers.map((address) => {
        const host = net.host(address);
        if (group !== undefined) host.join(group);
        return new Server(host);
      });
      const client = new Client(net.host(a));
      const bodies = [3, 4, 5].map((n) => longBody(n * 30_000 + n));
      for (const body of bodies) client.call(servers, body, undefined, group);
      await net.run();
      assert.deepEqual(
        running.map((server) => server.calls),
        [3, 3, 3],
      );
      assert.equal(client.bodies.length, 9);
      const lengths = client.bodies.map((body) => body.length).toSorted((x, y) => x - y);
      assert.deepEqual(lengths, [90_003, 90_003, 90_003, 120_004, 120_004, 120_004, 150_005, 150_005, 150_005]);
      for (const body of client.bodies) assert.ok(same(body, longBody(body.length)));
    }
  });

  it("by multicast sends each segment once, and repeats a segment only to peers that miss it", async () => {
    const net = new ScriptedNet();
    const group = 99;
    const servers = [10, 11, 12];
    const options = { datagramBytes: headerBytes + 100 };
    let sends = 0;
    const hosts = servers.map((address) => net.host(address));
    for (const host of hosts) {
      host.join(group);
      new Server(host, options, (exchange, whole) => exchange.reply(message(String(bodyOf(whole).length))));
    }
    const host = net.host(a);
    const send = host.send.bind(host);
    host.send = (to, datagram) => (sends++, send(to, datagram));
    // The second segment's copy for the third server is lost: datagrams 1-3 carry the first segment, 4-6 the second.
    net.fate = (s) => (s.number === 6 ? lost : [1]);
    const client = new Client(host, options);
    client.call(servers, longBody(400), undefined, group);
    await net.run(99);
    assert.equal(sends, 4 + 1);
    assert.deepEqual(client.log, [
      "2 400 bytes: 10 returned 400",
      "2 400 bytes: 11 returned 400",
      "4 400 bytes: 12 returned 400",
    ]);
    assert.deepEqual(
      net.lines().filter((line) => /CALL .*please-ack/.test(line)),
      ["2 1>12 CALL 1 2/4 please-ack"],
    );
  });
});
