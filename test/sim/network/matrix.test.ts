/** A network with measured delays between sites. */
import assert from "node:assert/strict";
import { constant, uniform } from "../../../sim/chance/distribution.ts";
import type { NetworkOptions } from "../../../sim/network/links.ts";
import type { LatencyMatrix } from "../../../sim/network/matrix.ts";
import { World } from "../../../sim/world.ts";

const matrix: LatencyMatrix = {
  sites: ["Berkeley", "Palo Alto", "Boston"],
  delays: [
    [0, 1, 40],
    [2, 0, 41],
    [45, 46, 0],
  ],
};

/** When a datagram that departs at 0 arrives, from each machine to each other. */
async function arrivals(network: NetworkOptions, names: readonly string[]): Promise<number[][]> {
  const world = new World({ seed: "matrix", network });
  const heard = names.map(() => names.map(() => 0));
  const lives = names.map((name, to) =>
    world.machine(name).start((host) => host.listen((_, datagram) => (heard[datagram[0]!]![to] = world.now))),
  );
  world.at(0, () => {
    for (const [from, { life }] of lives.entries()) {
      for (const [to, { address }] of lives.entries()) if (to !== from) life!.send(address, Uint8Array.of(from));
    }
  });
  await world.run();
  return heard;
}

describe("a matrix of latencies", () => {
  it("delays by the sites of sender and receiver, in the order in which machines are made", async () => {
    assert.deepEqual(await arrivals({ matrix }, ["a", "b", "c"]), matrix.delays);
  });

  it("puts machines on sites by name; two may be on one", async () => {
    const at = { b: "Boston", c: "Boston" };
    assert.deepEqual(await arrivals({ matrix: { ...matrix, at } }, ["a", "b", "c"]), [
      [0, 40, 40],
      [45, 0, 0],
      [45, 0, 0],
    ]);
  });

  it("has what delay and links say on top", async () => {
    const links = [{ from: ["a"], to: ["c"], delay: constant(0.5) }];
    const times = await arrivals({ matrix, delay: uniform(10, 20), links }, ["a", "b", "c"]);
    assert.equal(times[0]![2], 40.5);
    assert.ok(times[1]![2]! > 51 && times[1]![2]! < 61 && times[1]![2] !== Math.round(times[1]![2]!));
  });

  it("refuses what is no matrix, and machines that have no site", async () => {
    const refused = (wrong: Partial<LatencyMatrix>, message: string): void => {
      assert.throws(() => new World({ seed: "", network: { matrix: { ...matrix, ...wrong } } }), {
        name: "BadData",
        message,
      });
    };
    refused({ delays: [[0, 1]] }, "latency matrix: expected 3 rows of 3 delays, one for each site.");
    refused(
      { delays: [[0, 1, 2], [1, 0, -1], [2, 1, 0]] }, // prettier-ignore
      'latency matrix: the delay from "Palo Alto" to "Boston" is -1; expected a number of at least 0.',
    );
    refused({ sites: ["a", "b", "a"] }, "latency matrix: two sites have one name; expected a name once.");
    refused({ at: { a: "Bosten" } }, 'latency matrix: machine "a" is on "Bosten", which is no site.');
    await assert.rejects(arrivals({ matrix }, ["a", "b", "c", "d"]), {
      message: 'latency matrix: machine "d" is number 4, and there are 3 sites; expected its site in `at`.',
    });
  });
});
