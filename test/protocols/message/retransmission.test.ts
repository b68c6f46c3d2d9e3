/**
 * Dissertation, paired message protocol: the first unacknowledged segment is repeated, with PLEASE ACK, at an interval
 * with back-off; while a procedure executes the client probes; after a number of unanswered tries the peer is crashed.
 */
import assert from "node:assert/strict";
import { headerBytes, pleaseAckBit, writeHeader } from "../../../protocols/wire/segment.ts";
import { defaultMessageOptions, messageOptions, retryInterval } from "../../../protocols/message/options.ts";
import { Client, longBody, lost, ScriptedNet, Server } from "./scripted-net.ts";

const [a, b] = [1, 2];

/** Repetitions at 100 ms and then twice as late each time, at most 800 ms; the tenth at 6300 ms. */
const repetitions = [100, 300, 700, 1500, 2300, 3100, 3900, 4700, 5500, 6300];

describe("retransmission of a CALL", () => {
  it("happens at intervals with back-off, up to the longest interval; after the given tries the peer counts as crashed", async () => {
    const net = new ScriptedNet();
    const client = new Client(net.host(a));
    client.call([b], "x");
    await net.run();
    assert.deepEqual(net.lines(), [
      "0 1>2 CALL 1 1/1",
      ...repetitions.map((time) => `${time} 1>2 CALL 1 1/1 please-ack`),
    ]);
    assert.deepEqual(client.log, ["7100 x: 2 silent"]);
    assert.deepEqual(net.eventsOf("peer-crashed"), [{ time: 7100, type: "peer-crashed", peer: b, reason: "silent" }]);
    assert.deepEqual(
      net.eventsOf("retransmit").map(({ time, attempt }) => [time, attempt]),
      repetitions.map((time, i) => [time, i + 1]),
    );
    assert.equal(client.endpoint.counters.retransmitted, 10);
    assert.deepEqual(client.endpoint.remembered, { calls: 0, peers: 0, incoming: 0 });
  });

  it("follows the options", async () => {
    const net = new ScriptedNet();
    const client = new Client(net.host(a), { retransmitInterval: 10, backoff: 3, longestInterval: 50, tries: 4 });
    client.call([b], "x");
    await net.run();
    assert.deepEqual(
      net.sent.map((s) => s.time),
      [0, 10, 40, 90, 140],
    );
    assert.deepEqual(client.log, ["190 x: 2 silent"]);
  });

  it("reaches the server whichever datagram is lost, and the call is executed once", async () => {
    for (let victim = 1; victim <= 4; victim++) {
      const net = new ScriptedNet();
      const server = new Server(net.host(b));
      const client = new Client(net.host(a));
      net.fate = (s) => (s.number === victim ? lost : [1]);
      client.call([b], "x");
      await net.run();
      assert.equal(server.calls, 1, `datagram ${victim}`);
      assert.equal(client.log.length, 1);
      assert.match(client.log[0]!, victim === 1 ? /^102 / : victim === 2 ? /^10[12] / : /^2 /);
      assert.deepEqual(server.endpoint.remembered.incoming, 0);
    }
  });

  it("survives the loss of nine datagrams in a row each way", async () => {
    const net = new ScriptedNet();
    const server = new Server(net.host(b));
    const client = new Client(net.host(a));
    net.fate = (s) => (s.time < 6000 ? lost : [1]);
    client.call([b], "x");
    await net.run();
    assert.deepEqual(client.log, ["6302 x: 2 returned x"]);
    assert.equal(server.calls, 1);
  });

  it("starts its count of tries again whenever the peer is heard", async () => {
    const net = new ScriptedNet();
    new Server(net.host(b), {}, () => {});
    const client = new Client(net.host(a));
    client.call([b], "x");
    await net.run(5000);
    assert.equal(client.log.length, 0);
    // From now on nothing arrives any more.
    net.fate = () => lost;
    const last = net.eventsOf("acknowledge").at(-1)!.time;
    await net.run(20_000);
    // At most one probe interval until the next probe, then the ten tries.
    const end = Number(client.log[0]!.split(" ")[0]);
    assert.match(client.log[0]!, /silent/);
    assert.ok(end > last + 7000 && end <= last + 1000 + 200 + 7000, `crashed at ${end}, last heard at ${last}`);
  });
});

describe("probes", () => {
  it("are sent at intervals for as long as the procedure executes", async () => {
    const net = new ScriptedNet();
    const minute = 60_000;
    const server = new Server(net.host(b), {}, (exchange) => {
      net.engine.after(minute, () => exchange.reply(new Uint8Array(headerBytes)), undefined);
    });
    const client = new Client(net.host(a));
    client.call([b], "x");
    await net.run(minute);
    assert.deepEqual(net.lines().slice(0, 9), [
      "0 1>2 CALL 1 1/1",
      "100 1>2 CALL 1 1/1 please-ack",
      "101 2>1 ACK of CALL 1 1/1",
      "1300 1>2 probe 1",
      "1301 2>1 ACK of CALL 1 1/1",
      "2500 1>2 probe 1",
      "2501 2>1 ACK of CALL 1 1/1",
      "3700 1>2 probe 1",
      "3701 2>1 ACK of CALL 1 1/1",
    ]);
    assert.equal(net.count, 3 + 2 * Math.floor((minute - 100) / 1200));
    assert.equal(client.endpoint.counters.probes, net.eventsOf("probe").length);
    await net.run();
    assert.deepEqual(client.log, [`${minute + 2} x: 2 returned `]);
    assert.equal(server.calls, 1);
  });

  it("detect a crash of the server during the execution", async () => {
    const net = new ScriptedNet();
    const host = net.host(b);
    new Server(host, {}, () => {});
    const client = new Client(net.host(a));
    client.call([b], "x");
    net.engine.at(2600, () => (host.alive = false), undefined);
    await net.run(20_000);
    // The probe at 3700 is the first without an answer; nine more follow.
    const probes = [0, 200, 600, 1400, 2200, 3000, 3800, 4600, 5400, 6200].map((after) => 3700 + after);
    assert.deepEqual(
      net
        .eventsOf("probe")
        .map((e) => e.time)
        .slice(-10),
      probes,
    );
    assert.deepEqual(client.log, ["10700 x: 2 silent"]);
  });

  it("make the server repeat a lost RETURN", async () => {
    const net = new ScriptedNet();
    new Server(net.host(b), { retransmitInterval: 20_000, longestInterval: 20_000 }, (exchange) => {
      net.engine.after(500, () => exchange.reply(new Uint8Array(headerBytes)), undefined);
    });
    const client = new Client(net.host(a));
    net.fate = (s) => (s.time === 501 ? lost : [1]);
    client.call([b], "x");
    await net.run(2000);
    assert.deepEqual(client.log, ["1302 x: 2 returned "]);
  });

  it("for an unknown call are answered with an ACK of segment 0", async () => {
    const net = new ScriptedNet();
    const server = new Server(net.host(b));
    const probe = new Uint8Array(headerBytes);
    writeHeader(probe, pleaseAckBit, 1, 0, 7, 1, 0, 7);
    net.deliver(a, b, probe);
    assert.deepEqual(net.lines(), ["0 2>1 ACK of CALL 7 0/1"]);
    assert.deepEqual(server.endpoint.remembered, { calls: 0, peers: 0, incoming: 0 });
  });
});

describe("a RETURN", () => {
  it("is repeated until it is acknowledged", async () => {
    const net = new ScriptedNet();
    new Server(net.host(b));
    new Client(net.host(a)).call([b], "x");
    // The client hears the RETURN, but its ACKs are lost three times.
    let acks = 0;
    net.fate = (s) => (s.from === a && s.number > 1 && ++acks <= 3 ? lost : [1]);
    await net.run();
    assert.deepEqual(
      net.lines().filter((line) => line.includes("2>1")),
      [
        "1 2>1 RETURN 1 1/1",
        "101 2>1 RETURN 1 1/1 please-ack",
        "301 2>1 RETURN 1 1/1 please-ack",
        "701 2>1 RETURN 1 1/1 please-ack",
        "1501 2>1 RETURN 1 1/1 please-ack",
      ],
    );
  });

  it("is given up after the given tries if the client is dead", async () => {
    const net = new ScriptedNet();
    const server = new Server(net.host(b));
    const host = net.host(a);
    new Client(host).call([b], "x");
    net.engine.at(0.5, () => (host.alive = false), undefined);
    await net.run(60_000);
    assert.deepEqual(
      net.sent.slice(1).map((s) => s.time),
      [1, ...repetitions.map((time) => time + 1)],
    );
    await net.run();
    assert.deepEqual(server.endpoint.remembered, { calls: 0, peers: 0, incoming: 0 });
  });

  it("is not given up while the client asks for it, however many of its datagrams are lost", async () => {
    const net = new ScriptedNet();
    const server = new Server(net.host(b), { tries: 3 });
    const client = new Client(net.host(a), { tries: 20 });
    net.fate = (s) => (s.from === b && s.time < 12_000 ? lost : [1]);
    client.call([b], "x");
    await net.run();
    assert.equal(server.calls, 1);
    assert.equal(client.log.length, 1);
    assert.match(client.log[0]!, /^12\d\d\d x: 2 returned x/);
  });
});

describe("a client that was suspended", () => {
  // A server remembers a finished call for a datagram's lifetime. One that wakes up later must not send its CALL again.
  it("does not repeat its CALL, since the server may have forgotten the execution", async () => {
    const net = new ScriptedNet();
    const server = new Server(net.host(b));
    const host = net.host(a);
    // Asleep: what would fire meanwhile fires when it wakes up, and what arrived is lost.
    const wake = 120_000;
    const after = host.after.bind(host);
    host.after = (delay, fire, subject) => after(net.now === 0 ? wake : delay, fire, subject);
    net.fate = (s) => (s.to === a && s.time < wake ? lost : [1]);
    const client = new Client(host);
    client.call([b], "x");
    await net.run();
    assert.equal(server.calls, 1);
    assert.deepEqual(client.log, [`${wake} x: 2 silent`]);
  });
});

describe("options", () => {
  it("outside their ranges are refused", () => {
    const wrong: [Partial<typeof defaultMessageOptions>, RegExp][] = [
      [{ datagramBytes: 20 }, /datagramBytes is 20/],
      [{ window: 0 }, /window is 0/],
      [{ tries: 0 }, /tries is 0/],
      [{ longestInterval: 0 }, /longestInterval is 0/],
      [{ retransmitInterval: NaN }, /retransmitInterval is NaN/],
      [{ backoff: 0.9 }, /backoff is 0.9/],
      [{ ackDelay: -1 }, /ackDelay is -1/],
      [{ probeInterval: 31_000 }, /probeInterval is 31000; expected at most the datagramLifetime of 30000/],
    ];
    for (const [options, sentence] of wrong) assert.throws(() => messageOptions(options), sentence);
    assert.deepEqual(messageOptions(), defaultMessageOptions);
  });

  it("give intervals that grow by the back-off up to the longest interval", () => {
    const options = messageOptions({ retransmitInterval: 7, backoff: 1.5, longestInterval: 20 });
    assert.deepEqual(
      [0, 1, 2, 3, 100].map((attempt) => retryInterval(options, attempt)),
      [7, 10.5, 15.75, 20, 20],
    );
    // Equal intervals, and a longest one below the first, which the first wait does not obey.
    assert.equal(retryInterval(messageOptions({ backoff: 1, longestInterval: 50 }), 0), 100);
    assert.equal(retryInterval(messageOptions({ backoff: 1 }), 1e6), 100);
  });
});

describe("several segments", () => {
  it("are repeated one by one, always the first missing segment", async () => {
    const net = new ScriptedNet();
    const options = { datagramBytes: headerBytes + 100 };
    const server = new Server(net.host(b), options);
    const client = new Client(net.host(a), options);
    // Segments 2, 5 and the last of 8 are lost at first.
    net.fate = (s) => ([2, 5, 8].includes(s.number) ? lost : [1]);
    client.call([b], longBody(800));
    await net.run();
    const repeated = net.lines().filter((line) => /1>2 CALL .*please-ack/.test(line));
    assert.deepEqual(repeated, [
      "2 1>2 CALL 1 2/8 please-ack",
      "4 1>2 CALL 1 5/8 please-ack",
      "6 1>2 CALL 1 8/8 please-ack",
    ]);
    assert.equal(server.calls, 1);
  });
});
