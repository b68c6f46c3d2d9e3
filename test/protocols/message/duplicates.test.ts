/**
 * Dissertation, paired message protocol: duplicates are recognised by call number; finished calls are remembered until
 * a later CALL, then for the longest time a datagram can live; a restarted process is told from the one that ran
 * before.
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { Client, describe as inWords, lost, message, ScriptedNet, Server, textOf } from "./scripted-net.ts";

const [a, b] = [1, 2];
const ignore = (): void => {};

describe("duplicate suppression", () => {
  it("executes a CALL once, whenever its copies arrive within a datagram's lifetime", async () => {
    const lag = fc.oneof(fc.double({ min: 0, max: 29_000, noNaN: true }), fc.double({ min: 0, max: 300, noNaN: true }));
    const copies = fc.array(fc.array(lag, { minLength: 1, maxLength: 4 }), { minLength: 30, maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(copies, fc.integer({ min: 0, max: 3000 }), async (lags, pause) => {
        const net = new ScriptedNet();
        const server = new Server(net.host(b));
        const client = new Client(net.host(a));
        // Retransmissions are delayed and doubled as well.
        net.fate = (s) => lags[s.number % lags.length]!;
        let number = 0;
        const next = (): void => {
          if (++number <= 4) net.engine.after(pause, () => client.call([b], `call ${number}`, next), undefined);
        };
        next();
        await net.run();
        assert.equal(new Set(server.executed).size, server.executed.length, server.executed.join());
      }),
      { numRuns: 150, seed: 1 },
    );
  });

  it("drops segments of a finished call after a later call has acknowledged it", async () => {
    const net = new ScriptedNet();
    const server = new Server(net.host(b));
    const client = new Client(net.host(a));
    client.call([b], "one", () => client.call([b], "two", ignore));
    await net.run(50);
    net.deliver(a, b, net.sent[0]!.datagram);
    assert.deepEqual(server.executed, ["one", "two"]);
    assert.equal(server.endpoint.counters.duplicates, 1);
    assert.equal(net.eventsOf("duplicate").length, 1);
    // Of a finished call that nothing is remembered but its number.
    assert.equal(server.endpoint.remembered.incoming, 1);
  });

  it("remembers the number of a finished call for a datagram's lifetime and no longer", async () => {
    for (const [after, executions] of [
      [29_000, 1],
      [95_000, 2],
    ] as const) {
      const net = new ScriptedNet();
      const server = new Server(net.host(b));
      new Client(net.host(a)).call([b], "x");
      await net.run(after);
      net.deliver(a, b, net.sent[0]!.datagram);
      // No datagram lives so long as in the second case: it shows that memory was given back.
      assert.equal(server.calls, executions, `after ${after} ms`);
    }
  });

  it("remembers an incomplete CALL for a datagram's lifetime, even if a sweep follows its first segment at once", async () => {
    const net = new ScriptedNet();
    const options = { datagramBytes: 120 };
    const server = new Server(net.host(b), options, (exchange) => exchange.reply(message("y")));
    const client = new Client(net.host(a), options);
    client.call([b], "one");
    net.engine.at(29_500, () => client.call([b], new Uint8Array(300)), undefined);
    // What is old is looked for every 30 s. The last segment does not come through before that.
    net.fate = (s) =>
      s.time >= 29_500 && s.time < 31_000 && inWords(s.datagram).startsWith("CALL 2 3/3") ? lost : [1];
    await net.run(60_000);
    assert.equal(server.calls, 2);
    assert.match(client.log[1]!, /^3\d+ 300 bytes: 2 returned y/);
  });

  it("ignores a second copy of a RETURN, and acknowledges it if asked", async () => {
    const net = new ScriptedNet();
    new Server(net.host(b));
    const client = new Client(net.host(a));
    net.fate = (s) => (s.from === b && net.lines(s.number - 1)[0]!.includes("RETURN") ? [1, 5, 9] : [1]);
    client.call([b], "x");
    await net.run();
    assert.deepEqual(client.log, ["2 x: 2 returned x"]);
    assert.equal(client.endpoint.counters.duplicates, 5);
    assert.equal(net.lines().filter((line) => line.includes("ACK of RETURN")).length, 3);
  });

  it("works across the wrap-around of call numbers at 2^32", async () => {
    const net = new ScriptedNet();
    const random = [0.3, 0.9, 0.1, 0.7, 0.5, 0.2, 0.8];
    net.fate = (s) => (s.number % 5 === 0 ? lost : [1 + random[s.number % 7]!, 4 * random[s.number % 6]!]);
    const server = new Server(net.host(b));
    const client = new Client(net.host(a), { firstCall: 0xffffffff - 3 });
    let number = 0;
    const next = (): void => {
      if (++number <= 10) client.call([b], `call ${number}`, next);
    };
    next();
    await net.run(5000);
    assert.deepEqual(
      server.executed,
      Array.from({ length: 10 }, (_, i) => `call ${i + 1}`),
    );
    assert.equal(client.log.length, 10);
    const numbers = net.lines().map((line) => Number(/(?:CALL|RETURN) (\d+)/.exec(line)![1]));
    assert.ok(numbers.includes(0xffffffff) && numbers.includes(1) && !numbers.includes(0));
    // Old segments from before the wrap are duplicates still.
    net.deliver(a, b, net.sent[0]!.datagram);
    assert.equal(server.calls, 10);
    await net.run();
    assert.deepEqual(server.endpoint.remembered, { calls: 0, peers: 0, incoming: 0 });
  });
});

describe("incarnations", () => {
  it("keep a RETURN to a dead process from answering a call of the next process at its address", async () => {
    const net = new ScriptedNet();
    const server = new Server(net.host(b), {}, (exchange, whole) => {
      const answer = message(`answer to ${textOf(whole)}`);
      net.engine.after(10, () => exchange.reply(answer), undefined);
    });
    new Client(net.host(a, 1)).call([b], "old");
    let reborn: Client | undefined;
    net.engine.at(
      5,
      () => {
        reborn = new Client(net.host(a, 2));
        // The same call number as the first life's call. It comes after the old RETURN was sent.
        net.engine.at(11.5, () => reborn!.call([b], "new"), undefined);
      },
      undefined,
    );
    await net.run();
    assert.deepEqual(server.executed, ["old", "new"]);
    assert.deepEqual(reborn!.log, ["23.5 new: 2 returned answer to new"]);
  });

  it("make the server drop the calls of the dead process", async () => {
    const net = new ScriptedNet();
    const held: (() => void)[] = [];
    const server = new Server(net.host(b), {}, (exchange) => held.push(() => exchange.reply(message("late"))));
    const first = new Client(net.host(a, 1));
    for (let i = 0; i < 5; i++) first.call([b], `old ${i}`);
    await net.run(10);
    assert.equal(server.endpoint.remembered.incoming, 5);
    const second = new Client(net.host(a, 2));
    second.call([b], "new");
    await net.run(20);
    assert.equal(server.endpoint.remembered.incoming, 1);
    const before = net.count;
    for (const answer of held) answer();
    assert.equal(net.count, before + 1, "only the new call is answered");
    // A late segment of the old life is nothing.
    net.deliver(a, b, net.sent[0]!.datagram);
    assert.equal(server.calls, 6);
    assert.equal(net.count, before + 1);
  });

  it("keep a CALL to a dead server from being executed by the next process, which shows as a restart", async () => {
    const net = new ScriptedNet();
    const options = { datagramBytes: 120 };
    const dead = new Server(net.host(b, 1), options, ignore);
    const client = new Client(net.host(a), options);
    client.call([b], "x");
    await net.run(150);
    assert.equal(dead.calls, 1);
    // The client has heard the first life, which is gone.
    const reborn = new Server(net.host(b, 2), options);
    await net.run(10_000);
    assert.equal(reborn.calls, 0);
    assert.deepEqual(client.log, ["1302 x: 2 restarted"]);
    assert.deepEqual(
      net.eventsOf("peer-crashed").map((e) => [e.time, e.reason]),
      [[1302, "restarted"]],
    );
    client.call([b], "y");
    await net.run(20_000);
    assert.deepEqual(reborn.executed, ["y"]);
  });

  it("do so if the dead server had refused the CALL and the client repeats it", async () => {
    const net = new ScriptedNet();
    const busy = new Server(net.host(b, 1), { callsPerPeer: 1 }, ignore);
    const client = new Client(net.host(a));
    client.call([b], "x");
    client.call([b], "y");
    await net.run(150);
    assert.deepEqual(busy.executed, ["x"]);
    const reborn = new Server(net.host(b, 2));
    await net.run(10_000);
    assert.ok(net.lines().some((line) => line === "300 1>2 CALL 2 1/1 please-ack"));
    assert.deepEqual(reborn.executed, []);
    assert.deepEqual(client.log.map((line) => line.slice(line.indexOf(" ") + 1)).toSorted(), [
      "x: 2 restarted",
      "y: 2 restarted",
    ]);
  });

  it("do so between two segments of a CALL", async () => {
    const net = new ScriptedNet();
    const options = { datagramBytes: 120, window: 2 };
    const dead = new Server(net.host(b, 1), options);
    const client = new Client(net.host(a), options);
    client.call([b], new Uint8Array(1000));
    await net.run(2.5);
    const reborn = new Server(net.host(b, 2), options);
    await net.run(10_000);
    assert.deepEqual([dead.calls, reborn.calls], [0, 0]);
    assert.deepEqual(client.log, ["4 1000 bytes: 2 restarted"]);
  });

  it("of a replaced client are remembered, whichever segment showed the replacement", async () => {
    const net = new ScriptedNet();
    const server = new Server(net.host(b));
    const first = new Client(net.host(a, 1));
    net.fate = (s) => (inWords(s.datagram).startsWith("RETURN") && s.time < 50 ? lost : [1]);
    first.call([b], "x");
    await net.run(50);
    // The second life makes no call. It only acknowledges the RETURN that is repeated for the first.
    new Client(net.host(a, 2));
    await net.run(200);
    assert.ok(net.lines().includes("102 1>2 ACK of RETURN 1 0/1"));
    net.deliver(a, b, net.sent[0]!.datagram);
    assert.equal(server.calls, 1);
  });

  it("of earlier processes are ignored: a delayed answer of a dead server has no effect", async () => {
    const net = new ScriptedNet();
    new Server(net.host(b, 1), {}, ignore);
    const client = new Client(net.host(a));
    // The ACK of the first life takes long.
    net.fate = (s) => (s.from === b && s.time < 110 ? [400] : [1]);
    client.call([b], "x");
    await net.run(120);
    const reborn = new Server(net.host(b, 2));
    await net.run();
    // The second life never heard of the dead one; it executes, and answers before the old ACK comes.
    assert.equal(reborn.calls, 1);
    assert.deepEqual(client.log, ["302 x: 2 returned x"]);
  });
});

describe("several calls under way", () => {
  it("are distinguished, may finish in any order, and are executed once each", async () => {
    const orders = fc.array(fc.nat(200), { minLength: 12, maxLength: 12 });
    const faults = fc.array(fc.constantFrom<readonly number[]>([1], [1], [1], [5], [2, 30], []), {
      minLength: 1,
      maxLength: 40,
    });
    await fc.assert(
      fc.asyncProperty(orders, faults, async (works, fates) => {
        const net = new ScriptedNet();
        net.fate = (s) => (s.number < 60 ? fates[s.number % fates.length]! : [1]);
        const server = new Server(net.host(b), {}, (exchange, whole) => {
          const answer = whole.slice();
          net.engine.after(works[Number(textOf(whole))]!, () => exchange.reply(answer), undefined);
        });
        const client = new Client(net.host(a));
        for (let i = 0; i < works.length; i++) net.engine.at(i * 7, () => client.call([b], `${i}`), undefined);
        await net.run();
        assert.deepEqual(
          server.executed.map(Number).toSorted((x, y) => x - y),
          [...works.keys()],
        );
        assert.equal(client.log.length, works.length);
        for (const line of client.log) assert.match(line, /^\S+ (\d+): 2 returned \1$/);
        assert.deepEqual(client.endpoint.remembered, { calls: 0, peers: 0, incoming: 0 });
        assert.deepEqual(server.endpoint.remembered, { calls: 0, peers: 0, incoming: 0 });
      }),
      { numRuns: 150, seed: 1 },
    );
  });

  it("may go both ways between two processes, with equal numbers", async () => {
    const net = new ScriptedNet();
    const ends = [a, b].map((address) => {
      const host = net.host(address);
      const log: string[] = [];
      const server = new Server(host, {}, (exchange, whole) => {
        const answer = message(`${address} answers ${textOf(whole)}`);
        net.engine.after(5, () => exchange.reply(answer), undefined);
      });
      return { server, log, address };
    });
    ends.forEach((end, i) => {
      const peer = ends[1 - i]!.address;
      for (let n = 1; n <= 3; n++) {
        end.server.endpoint.call([peer], undefined, message(`${end.address}.${n}`), {
          returned: (_index, whole) => end.log.push(textOf(whole)),
          crashed: () => end.log.push("crashed"),
        });
      }
    });
    await net.run();
    assert.deepEqual(ends[0]!.log, ["2 answers 1.1", "2 answers 1.2", "2 answers 1.3"]);
    assert.deepEqual(ends[1]!.log, ["1 answers 2.1", "1 answers 2.2", "1 answers 2.3"]);
  });

  it("are delayed, and not declared crashed, when the server has reached its limit of calls", async () => {
    const net = new ScriptedNet();
    const server = new Server(net.host(b), { callsPerPeer: 10 }, (exchange, whole) => {
      const answer = whole.slice();
      net.engine.after(20_000, () => exchange.reply(answer), undefined);
    });
    const client = new Client(net.host(a));
    for (let i = 0; i < 30; i++) client.call([b], `${i}`);
    await net.run();
    assert.ok(server.endpoint.counters.refused > 0);
    assert.equal(client.log.length, 30);
    for (const line of client.log) assert.match(line, /returned/);
    assert.equal(server.calls, 30);
    assert.equal(inWords(net.sent[0]!.datagram), "CALL 1 1/1");
  });
});
