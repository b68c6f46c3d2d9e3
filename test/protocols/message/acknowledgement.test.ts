/**
 * Dissertation, paired message protocol: an ACK is cumulative; a RETURN acknowledges its CALL and a later CALL the
 * earlier RETURN; a complete message delays its ACK, hoping for the RETURN; a segment out of order is acknowledged at
 * once.
 */
import assert from "node:assert/strict";
import { writeHeader, ackBit, headerBytes } from "../../../protocols/wire/segment.ts";
import { Client, longBody, lost, ScriptedNet, Server } from "./scripted-net.ts";

const [a, b] = [1, 2];
/** Segments of 100 bytes of data. */
const small = { datagramBytes: headerBytes + 100 };

describe("implicit acknowledgement", () => {
  for (const degree of [1, 3]) {
    it(`needs no ACK at all without loss: ${degree} CALLs and ${degree} RETURNs a call`, async () => {
      const net = new ScriptedNet();
      const servers = Array.from({ length: degree }, (_, i) => 10 + i);
      for (const address of servers) new Server(net.host(address));
      const client = new Client(net.host(a));
      let left = 50 * degree;
      let calls = 0;
      const next = (): void => {
        if (left > 0 && left-- % degree === 0) client.call(servers, `call ${++calls}`, next);
      };
      next();
      await net.run(150);
      assert.equal(calls, 50);
      assert.equal(client.log.length, 50 * degree);
      assert.equal(net.count, 2 * degree * 50);
      assert.deepEqual(
        net.lines().filter((line) => !/ (CALL|RETURN) \d+ 1\/1$/.test(line)),
        [],
      );
    });
  }

  it("of a CALL is its RETURN, and of a RETURN a later CALL: neither is repeated", async () => {
    const net = new ScriptedNet();
    new Server(net.host(b));
    const client = new Client(net.host(a));
    client.call([b], "first");
    // Before 100 ms have passed, when the RETURN of the first would be repeated.
    net.engine.at(99, () => client.call([b], "second"), undefined);
    await net.run(199);
    assert.deepEqual(net.lines(), [
      "0 1>2 CALL 1 1/1",
      "1 2>1 RETURN 1 1/1",
      "99 1>2 CALL 2 1/1",
      "100 2>1 RETURN 2 1/1",
    ]);
    // The last RETURN of all has no later CALL to acknowledge it.
    await net.run(1000);
    assert.deepEqual(net.lines(4), ["200 2>1 RETURN 2 1/1 please-ack", "201 1>2 ACK of RETURN 2 1/1"]);
  });

  it("of a RETURN is not a later CALL while the earlier call is open", async () => {
    const net = new ScriptedNet();
    const late: (() => void)[] = [];
    new Server(net.host(b), {}, (exchange, whole) => {
      const answer = whole.slice();
      if (late.push(() => exchange.reply(answer)) > 1) late.at(-1)!();
    });
    const client = new Client(net.host(a));
    client.call([b], "slow");
    client.call([b], "quick");
    net.engine.at(50, () => client.call([b], "quick too"), undefined);
    // "slow" is answered when two later calls were finished.
    net.engine.at(60, () => late[0]!(), undefined);
    await net.run(90);
    assert.deepEqual(client.log, [
      "2 quick: 2 returned quick",
      "52 quick too: 2 returned quick too",
      "61 slow: 2 returned slow",
    ]);
  });
});

describe("an ACK", () => {
  it("is cumulative: it names the last segment up to which all segments have arrived", async () => {
    const net = new ScriptedNet();
    const server = new Server(net.host(b), small, () => {});
    const client = new Client(net.host(a), small);
    // Segment 3 of 6 is lost, and what repeats it too.
    net.fate = (s) => (s.from === a && /CALL 1 3\/6/.test(net.lines(s.number - 1)[0]!) ? lost : [1]);
    client.call([b], longBody(600));
    await net.run(50);
    const acks = net.lines().filter((line) => line.includes("ACK of"));
    assert.deepEqual(acks, ["1 2>1 ACK of CALL 1 2/6", "1 2>1 ACK of CALL 1 2/6", "1 2>1 ACK of CALL 1 2/6"]);
    assert.equal(server.calls, 0);
    net.fate = () => [1];
    await net.run(300);
    assert.equal(server.calls, 1);
    // Each repetition is the first unacknowledged segment; those that had come are not sent again.
    assert.deepEqual(
      new Set(net.lines(6).filter((line) => line.includes("1>2"))).size,
      net.lines(6).filter((line) => /1>2 CALL 1 3\/6 please-ack/.test(line)).length,
    );
  });

  it("is sent at once when a segment shows a gap, and makes the sender repeat the missing segment at once", async () => {
    const net = new ScriptedNet();
    const server = new Server(net.host(b), small);
    const client = new Client(net.host(a), small);
    let dropped = 0;
    net.fate = (s) => (s.number === 2 ? (dropped++, lost) : [1]);
    client.call([b], longBody(400));
    await net.run(99);
    assert.equal(dropped, 1);
    assert.equal(server.calls, 1);
    assert.deepEqual(net.lines().slice(0, 8), [
      "0 1>2 CALL 1 1/4",
      "0 1>2 CALL 1 2/4",
      "0 1>2 CALL 1 3/4",
      "0 1>2 CALL 1 4/4",
      "1 2>1 ACK of CALL 1 1/4",
      "1 2>1 ACK of CALL 1 1/4",
      "2 1>2 CALL 1 2/4 please-ack",
      "3 2>1 RETURN 1 1/4",
    ]);
    assert.equal(client.log[0], "4 400 bytes: 2 returned 400 bytes");
  });

  it("of a complete CALL is delayed, since the RETURN may make it superfluous", async () => {
    for (const [work, acks] of [
      [19, []],
      [21, ["21 2>1 ACK of CALL 1 3/3"]],
    ] as const) {
      const net = new ScriptedNet();
      new Server(net.host(b), { ...small, ackDelay: 20 }, (exchange) => {
        net.engine.after(work, () => exchange.reply(new Uint8Array(headerBytes)), undefined);
      });
      new Client(net.host(a), small).call([b], longBody(300));
      await net.run(99);
      assert.deepEqual(
        net.lines().filter((line) => line.includes("ACK of")),
        acks,
      );
    }
  });

  it("of a repeated single segment is delayed too, but not while the procedure executes", async () => {
    const net = new ScriptedNet();
    new Server(net.host(b), {}, () => {});
    net.fate = (s) => (s.number === 1 ? lost : [1]);
    new Client(net.host(a)).call([b], "x");
    await net.run(450);
    assert.deepEqual(net.lines(), ["0 1>2 CALL 1 1/1", "100 1>2 CALL 1 1/1 please-ack", "121 2>1 ACK of CALL 1 1/1"]);
    assert.equal(net.eventsOf("acknowledge").length, 1);
  });

  it("of a RETURN of several segments is sent when the RETURN is complete, and causes no other segment", async () => {
    const net = new ScriptedNet();
    new Server(net.host(b), small, (exchange) => exchange.reply(new Uint8Array(headerBytes + 300)));
    new Client(net.host(a), small).call([b], "x");
    await net.run(1000);
    assert.deepEqual(net.lines(), [
      "0 1>2 CALL 1 1/1",
      "1 2>1 RETURN 1 1/3",
      "1 2>1 RETURN 1 2/3",
      "1 2>1 RETURN 1 3/3",
      "2 1>2 ACK of RETURN 1 3/3",
    ]);
  });

  it("that is late, duplicated or impossible has no effect", async () => {
    const net = new ScriptedNet();
    const server = new Server(net.host(b), small);
    const host = net.host(a);
    const client = new Client(host, small);
    const ack = (segment: number, call = 1): void => {
      const datagram = new Uint8Array(headerBytes);
      writeHeader(datagram, ackBit, 4095, segment, call, 1, 1, 1);
      net.deliver(b, a, datagram);
    };
    client.call([b], longBody(500));
    for (const segment of [0, 0, 4095, 6]) ack(segment);
    ack(1, 77);
    await net.run(1000);
    assert.equal(server.calls, 1);
    assert.deepEqual(client.log, ["2 500 bytes: 2 returned 500 bytes"]);
  });
});
