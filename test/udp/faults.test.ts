/** The simulator's fault rules on real datagrams. */
import assert from "node:assert/strict";
import type { Host } from "../../protocols/host.ts";
import { constant } from "../../sim/chance/distribution.ts";
import { Ledger } from "../../sim/ledger.ts";
import type { NetworkOptions } from "../../sim/network/links.ts";
import { World } from "../../sim/world.ts";
import { UdpHost } from "../../udp/host.ts";

const count = 400;

/** Sends numbered datagrams from b to a, in blocks, and lists what came, in order. */
function sendNumbers(a: Host, b: Host): number[] {
  const got: number[] = [];
  a.listen((_from, datagram) => got.push(datagram[0]! * 256 + datagram[1]!));
  for (let block = 0; block < 4; block++) {
    b.after(
      1 + block * 10,
      () => {
        for (let i = block * 100; i < block * 100 + 100; i++) b.send(a.address, Uint8Array.of(i >> 8, i & 255));
      },
      undefined,
    );
  }
  return got;
}

async function simulated(network: NetworkOptions): Promise<{ got: number[]; ledger: Ledger }> {
  const world = new World({ seed: "7", network });
  const a = world.machine("a").start(() => {}).life!;
  const b = world.machine("b").start(() => {}).life!;
  const got = sendNumbers(a, b);
  await world.run();
  return { got, ledger: world.ledger };
}

/** `sender` is the name of the machine that sends to a. */
async function real(network: NetworkOptions, sender = "b"): Promise<{ got: number[]; ledger: Ledger }> {
  const ledger = new Ledger();
  const nameOf = (address: number): string => (address === b.address ? sender : "a");
  const faults = { seed: "7", network, ledger, nameOf };
  const a = new UdpHost({ seed: "1", faults });
  const b: UdpHost = new UdpHost({ seed: "2" });
  const got = sendNumbers(a, b);
  await new Promise((resolve) => setTimeout(() => setImmediate(resolve), 150));
  a.close();
  b.close();
  return { got, ledger };
}

describe("fault rules on a real host", function () {
  // Real sockets and a real clock: a machine that is busy otherwise may make it late.
  this.retries(2);
  it("lose, duplicate and corrupt the same datagrams as in the simulator", async () => {
    const network: NetworkOptions = {
      delay: constant(0),
      loss: 0.2,
      corruption: 0.1,
      duplication: { probability: 0.2, lag: constant(0) },
    };
    const [a, b] = [await simulated(network), await real(network)];
    const sorted = ({ got }: { got: number[] }): number[] => got.toSorted((x, y) => x - y);
    assert.deepEqual(sorted(b), sorted(a));
    assert.ok(new Set(a.got).size < count && new Set(a.got).size < a.got.length);
    const injected = (ledger: Ledger): unknown => ledger.summary().map((fault) => [fault.name, fault.injected]);
    assert.deepEqual(injected(b.ledger), injected(a.ledger));
    assert.deepEqual(b.ledger.idle(), []);
  });

  it("hold datagrams back, so that others overtake them", async () => {
    const { got, ledger } = await real({ reordering: { probability: 0.1, hold: constant(5) } });
    assert.equal(got.length, count);
    assert.notDeepEqual(
      got,
      got.toSorted((x, y) => x - y),
    );
    const [reordering] = ledger.summary();
    assert.ok(reordering!.injected > 10 && reordering!.effective > 10);
  });

  it("do not count as reordered what was held back and not overtaken", async () => {
    const { got, ledger } = await real({ reordering: { probability: 1, hold: constant(5) } });
    assert.equal(got.length, count);
    assert.deepEqual(ledger.summary(), [{ name: "reordering", injected: count, effective: 0 }]);
  });

  it("leave alone what a machine sends to itself, unless told otherwise", async () => {
    assert.equal((await real({ loss: 1 }, "a")).got.length, count);
    assert.equal((await real({ loss: 1, loopback: "link" }, "a")).got.length, 0);
  });

  it("refuse a line that all receivers share, of which each sees its part only", () => {
    const network: NetworkOptions = { bandwidth: { bitsPerSecond: 1e6, of: "sender" } };
    const faults = { seed: "1", network, ledger: new Ledger(), nameOf: String };
    assert.throws(() => new UdpHost({ seed: "1", faults }), /expected "link"/);
  });
});
