/**
 * RFC 6298, Jacobson 1988, Karn 1987, and docs/paired-messages.md: the wait before a repetition adapts to the measured
 * round trip; what is ambiguous is no sample; the timeout that was backed off stays until there is one.
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { messageOptions, patienceOf, type MessageOptions } from "../../../protocols/message/options.ts";
import { RoundTrip, RoundTrips, TimeoutBounds } from "../../../protocols/message/round-trip.ts";
import { flagsOf, headerBytes, heldBit } from "../../../protocols/wire/segment.ts";
import { Client, longBody, lost, message, ScriptedNet, Server } from "./scripted-net.ts";

const [a, b, c] = [1, 2, 3];

function begun(options: Partial<MessageOptions> = {}): RoundTrip {
  return new RoundTrip(new TimeoutBounds(messageOptions(options)), 1);
}

/** RFC 6298, 2.2 and 2.3, as it is written there, with the slack for its clock granularity. */
function timeoutByRfc(samples: readonly number[], granularity: number): number {
  const [first, ...rest] = samples as [number, ...number[]];
  let [srtt, rttvar] = [first, first / 2];
  for (const r of rest) {
    rttvar = (1 - 1 / 4) * rttvar + (1 / 4) * Math.abs(srtt - r);
    srtt = (1 - 1 / 8) * srtt + (1 / 8) * r;
  }
  return srtt + Math.max(granularity, 4 * rttvar);
}

describe("the timeout", () => {
  const samples = fc.array(fc.double({ min: 0.01, max: 5000, noNaN: true }), { minLength: 1, maxLength: 40 });

  it("follows RFC 6298, rounded up by less than a fourth, within the given intervals", () => {
    const { longest, shortest } = new TimeoutBounds(messageOptions());
    assert.deepEqual([shortest, longest], [100, 800]);
    fc.assert(
      fc.property(samples, (times) => {
        const roundTrip = begun();
        for (const time of times) roundTrip.sample(time);
        const exact = timeoutByRfc(times, 20);
        const { timeout } = roundTrip;
        if (exact <= shortest) assert.equal(timeout, shortest);
        else if (exact >= longest) assert.equal(timeout, longest);
        else
          assert.ok(
            timeout >= exact * (1 - 1e-12) && timeout <= Math.min(longest, exact * 1.25),
            `${timeout}, ${exact}`,
          );
      }),
    );
  });

  it("has few distinct values, so that many timers have equal lengths", () => {
    const values = new Set<number>();
    for (let time = 1; time < 10_000; time += 0.5) {
      const roundTrip = begun();
      roundTrip.sample(time);
      values.add(roundTrip.timeout);
    }
    // Four for each doubling from 100 ms to 800 ms.
    assert.equal(values.size, 13);
  });

  it("is the given interval before the first sample; a backed-off timeout stays until there is a sample", () => {
    const roundTrip = begun();
    assert.equal(roundTrip.timeout, 100);
    roundTrip.ambiguous(100, 2);
    assert.equal(roundTrip.timeout, 400);
    roundTrip.ambiguous(100, 1);
    assert.equal(roundTrip.timeout, 400, "a message that began with a shorter timeout says nothing new");
    roundTrip.ambiguous(400, 9);
    assert.equal(roundTrip.timeout, 800, "never longer than the longest");
    roundTrip.sample(10);
    assert.equal(roundTrip.timeout, 100);
  });

  it("is constant if retransmission is fixed", () => {
    const roundTrip = begun({ retransmission: "fixed" });
    roundTrip.sample(5000);
    roundTrip.ambiguous(100, 5);
    assert.equal(roundTrip.timeout, 100);
  });

  it("is remembered for a limited number of peers, and for one process of each", () => {
    const roundTrips = new RoundTrips(new TimeoutBounds(messageOptions()), 2);
    for (const peer of [a, b]) roundTrips.toProcess(peer, 7).sample(1000);
    assert.ok(roundTrips.toProcess(a, 6).timeout > 100, "a late word of an earlier process changes nothing");
    assert.equal(roundTrips.toProcess(b, 8).timeout, 100);
    assert.ok(roundTrips.to(a).timeout > 100);
    roundTrips.to(c).sample(1000);
    assert.equal(roundTrips.to(a).timeout, 100, "the first that was met is forgotten");
  });
});

/** The times at which one host has repeated a segment. */
function repetitions(net: ScriptedNet, at: number): number[] {
  return net.events.filter((e) => e.at === at && e.event.type === "retransmit").map(({ time }) => time);
}

/** Servers that do not repeat, so that a client is seen alone; and clients that do not. */
const never = { retransmitInterval: 25_000, longestInterval: 25_000 };

describe("a client", () => {
  it("repeats no segment after it has measured a slow network", async () => {
    const net = new ScriptedNet();
    net.fate = () => [140];
    const server = new Server(net.host(b), never);
    const client = new Client(net.host(a));
    for (let i = 0; i < 20; i++) net.engine.at(1000 * i, () => client.call([b], `${i}`), undefined);
    await net.run(20_000);
    assert.equal(server.calls, 20);
    // The first call is repeated once, the second too, after twice the time; that twice as long is kept for the third.
    assert.deepEqual(repetitions(net, a), [100, 1200]);
    // The timeout is on its way from 280 + 4 * 140 ms to 280 + 20 ms, and then a lost CALL comes again that soon.
    net.fate = (s) => (s.from === a && s.time === 20_000 ? lost : [140]);
    net.engine.at(20_000, () => client.call([b], "lost"), undefined);
    await net.run(20_900);
    assert.deepEqual(repetitions(net, a).slice(2), [20_300]);
  });

  it("repeats segments for ever on a slow network if retransmission is fixed", async () => {
    const net = new ScriptedNet();
    net.fate = () => [140];
    new Server(net.host(b), never);
    const client = new Client(net.host(a), { retransmission: "fixed" });
    for (let i = 0; i < 20; i++) net.engine.at(1000 * i, () => client.call([b], `${i}`), undefined);
    await net.run(20_000);
    assert.deepEqual(
      repetitions(net, a),
      Array.from({ length: 20 }, (_, i) => 1000 * i + 100),
    );
  });

  it("does not count the time of a procedure as a round trip, whether the CALL is repeated or not", async () => {
    for (const busy of [50, 90, 500]) {
      const net = new ScriptedNet();
      new Server(net.host(b), never, (exchange, whole) => {
        net.engine.after(busy, () => exchange.reply(whole.slice()), undefined);
      });
      const client = new Client(net.host(a));
      for (let i = 0; i < 10; i++) net.engine.at(1000 * i, () => client.call([b], `${i}`), undefined);
      await net.run(9_950);
      const due = Array.from({ length: 10 }, (_, i) => 1000 * i + 100);
      assert.deepEqual(repetitions(net, a), busy < 100 ? [] : due, `${busy} ms`);
      net.fate = () => lost;
      net.engine.at(10_000, () => client.call([b], "lost"), undefined);
      await net.run(10_100);
      assert.deepEqual(repetitions(net, a).at(-1), 10_100, `${busy} ms`);
    }
  });

  it("learns from the RETURN whether the server held the CALL for longer than an ACK is delayed", async () => {
    const net = new ScriptedNet();
    let busy = 0;
    new Server(net.host(b), never, (exchange, whole) => {
      net.engine.after(busy, () => exchange.reply(whole.slice()), undefined);
    });
    const client = new Client(net.host(a));
    for (const [i, time] of [0, 20, 21].entries()) {
      net.engine.at(1000 * i, () => ((busy = time), client.call([b], `${i}`)), undefined);
    }
    await net.run(3000);
    const returns = net.sent.filter(({ from }) => from === b).map(({ datagram }) => flagsOf(datagram) & heldBit);
    assert.deepEqual(returns, [0, 0, heldBit]);
  });

  it("takes no sample from a repeated RETURN", async () => {
    const net = new ScriptedNet();
    new Server(net.host(b), { retransmitInterval: 500 });
    const client = new Client(net.host(a), { retransmitInterval: 1000, longestInterval: 4000 });
    net.fate = (s) => (s.time === 1 || s.time >= 5000 ? lost : [1]);
    client.call([b], "x");
    net.engine.at(5000, () => client.call([b], "y"), undefined);
    await net.run(6500);
    assert.deepEqual(client.log, ["502 x: 2 returned x"]);
    assert.deepEqual(repetitions(net, a), [6000]);
  });

  it("begins a new estimate for a later process at the same address", async () => {
    const net = new ScriptedNet();
    net.fate = () => [140];
    new Server(net.host(b), never);
    const client = new Client(net.host(a));
    for (let i = 0; i < 5; i++) net.engine.at(1000 * i, () => client.call([b], `${i}`), undefined);
    await net.run(4900);
    net.fate = () => [1];
    new Server(net.host(b, 2), never);
    net.engine.at(5000, () => client.call([b], "hello"), undefined);
    await net.run(6000);
    net.fate = () => lost;
    client.call([b], "lost");
    await net.run(6100);
    assert.deepEqual(repetitions(net, a).slice(2), [6100]);
  });

  it("gives up a silent peer after the same time, however long its round trip was", async () => {
    // A one-way delay, the longest interval, and how often the CALL is repeated then.
    const cases = [
      [1, 800, 10],
      [300, 800, 8],
      [900, 3000, 7],
    ] as const;
    for (const [oneWay, longestInterval, count] of cases) {
      for (const body of ["x", longBody(800)]) {
        const net = new ScriptedNet();
        net.fate = () => [oneWay];
        const options = { longestInterval, datagramBytes: headerBytes + 100 };
        new Server(net.host(b), { ...options, ...never });
        const client = new Client(net.host(a), options);
        for (let i = 0; i < 10; i++) net.engine.at(6000 * i, () => client.call([b], body), undefined);
        await net.run(60_000);
        assert.equal(client.log.length, 10);
        const before = repetitions(net, a).length;
        net.fate = () => lost;
        client.call([b], "into the void");
        await net.run(100_000);
        const patience = patienceOf(messageOptions(options));
        assert.deepEqual(client.log.slice(10), [`${60_000 + patience} into the void: 2 silent`]);
        assert.equal(repetitions(net, a).length - before, count);
      }
    }
  });

  it("takes a sample from the first window of a long message, unless one of its segments was repeated", async () => {
    // A link that takes 5 ms for each segment: the ACK of 40 of them comes after 200 ms, and of 64 after 320.
    for (const segments of [40, 100]) {
      const net = new ScriptedNet();
      let free = 0;
      net.fate = (s) => {
        if (s.to === a) return [1];
        free = Math.max(free, s.time) + 5;
        return [free - s.time];
      };
      const options = { datagramBytes: headerBytes + 100 };
      const server = new Server(net.host(b), { ...never, ...options }, (exchange) => exchange.reply(message("done")));
      const client = new Client(net.host(a), options);
      for (let i = 0; i < 20; i++) net.engine.at(5000 * i, () => client.call([b], longBody(100 * segments)), undefined);
      await net.run(100_000);
      assert.equal(server.calls, 20);
      const times = repetitions(net, a);
      const early = times.filter((time) => time % 5000 < 5 * Math.min(segments, 64));
      assert.ok(early.length > 0 && early.at(-1)! < 10_000, `${segments} segments: ${times.join(" ")}`);
    }
  });

  it("takes no sample from later windows of a message", async () => {
    const net = new ScriptedNet();
    net.fate = () => [15];
    const options = { datagramBytes: headerBytes + 100, window: 4 };
    new Server(net.host(b), { ...never, ...options }, (exchange) => exchange.reply(message("done")));
    const client = new Client(net.host(a), options);
    client.call([b], longBody(1200));
    await net.run(1000);
    assert.deepEqual(client.log, ["90 1200 bytes: 2 returned done"]);
    net.fate = () => lost;
    client.call([b], "lost");
    await net.run(1150);
    assert.deepEqual(repetitions(net, a), [1100]);
  });
});

describe("a server", () => {
  it("takes a sample from the ACK of a RETURN that it repeated once, and none from a later CALL", async () => {
    const net = new ScriptedNet();
    net.fate = () => [140];
    new Server(net.host(b));
    const client = new Client(net.host(a), never);
    // The RETURN of each call is acknowledged by the next: 2 s later, if not asked for.
    for (let i = 0; i < 10; i++) net.engine.at(2000 * i, () => client.call([b], `${i}`), undefined);
    await net.run(20_000);
    const after = repetitions(net, b).map((time) => (time - 140) % 2000);
    // At first the ACK comes after the second repetition, and four times the interval is kept; from then on it answers
    // the only one, after 280 ms.
    assert.deepEqual(after, [100, 300, 400, 800, 700, 600, 600, 500, 500, 400, 400]);
  });
});
