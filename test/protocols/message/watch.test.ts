/** Watching a process: an empty PLEASE ACK now and then, until it does not answer. */
import assert from "node:assert/strict";
import { Client, lost, ScriptedNet, Server } from "./scripted-net.ts";

const [a, b] = [1, 2];

interface Watched {
  net: ScriptedNet;
  client: Client;
  ends: string[];
}

function watching(incarnation = 0, options = {}): Watched {
  const net = new ScriptedNet();
  const client = new Client(net.host(a), options);
  const ends: string[] = [];
  client.endpoint.watch(b, incarnation, {
    heard: () => undefined,
    crashed: (reason) => ends.push(`${net.now} ${reason}`),
  });
  return { net, client, ends };
}

describe("a watch", () => {
  it("probes at the probe interval while the process answers", async () => {
    const { net, ends } = watching();
    new Server(net.host(b));
    await net.run(10_000);
    assert.deepEqual(net.lines().slice(0, 4), [
      "0 1>2 probe 0",
      "1 2>1 ACK of CALL 0 0/0",
      "1002 1>2 probe 0",
      "1003 2>1 ACK of CALL 0 0/0",
    ]);
    assert.equal(net.count, 20);
    assert.deepEqual(ends, []);
  });

  it("declares a silent process crashed after as many tries as a call does", async () => {
    const { net, client, ends } = watching();
    await net.run();
    assert.deepEqual(
      net.sent.map((s) => s.time),
      [0, 200, 600, 1400, 2200, 3000, 3800, 4600, 5400, 6200],
    );
    assert.deepEqual(ends, ["7000 silent"]);
    assert.equal(client.endpoint.counters.probes, 10);
  });

  it("starts its count of tries again at each answer", async () => {
    const { net, ends } = watching();
    new Server(net.host(b));
    // Of ten probes in a row nine are lost, again and again.
    let asked = 0;
    net.fate = (s) => (s.from === a && ++asked % 10 !== 0 ? lost : [1]);
    await net.run(100_000);
    assert.deepEqual(ends, []);
    net.fate = () => lost;
    await net.run();
    assert.equal(ends.length, 1);
  });

  it("recognizes a restarted process, whether the watched incarnation was heard or given", async () => {
    const heard = watching();
    new Server(heard.net.host(b, 4));
    heard.net.engine.at(500, () => new Server(heard.net.host(b, 5)), undefined);
    await heard.net.run();
    assert.deepEqual(heard.ends, ["1004 restarted"]);

    const told = watching(4);
    new Server(told.net.host(b, 5));
    await told.net.run();
    assert.deepEqual(told.ends, ["2 restarted"]);
  });

  it("does not mistake a late answer of an earlier process for a restart", async () => {
    const { net, ends } = watching(5);
    new Server(net.host(b, 4));
    net.fate = (s) => (s.time < 100 ? [300] : [1]);
    net.engine.at(350, () => new Server(net.host(b, 5)), undefined);
    await net.run(20_000);
    assert.deepEqual(ends, []);
  });

  it("can be stopped, without an effect on other watches of the process", async () => {
    const { net, client, ends } = watching();
    const second = client.endpoint.watch(b, 0, { heard: () => undefined, crashed: () => ends.push("second") });
    second.stop();
    second.stop();
    await net.run();
    assert.deepEqual(ends, ["7000 silent"]);
  });
});
