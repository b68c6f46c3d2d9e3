/**
 * An open workload: when calls come, and what is made of those that are answered, fail, or go wrong by a mistake in
 * code.
 */
import assert from "node:assert/strict";
import { CallError } from "../../../protocols/errors.ts";
import { OpenWorkload } from "../../../sim/troupes/open-workload.ts";
import { World } from "../../../sim/world.ts";

const rate = 100;

/** A call that takes 5 ms; what `end` throws is how it ends. */
function calling(end: () => void): { world: World; workload: OpenWorkload } {
  const world = new World({ seed: "workload" });
  const workload = new OpenWorkload(world.random.fork("calls"));
  workload.begin(world, rate, () => {
    return new Promise((resolve, reject) => {
      world.after(5, () => {
        try {
          end();
          resolve();
        } catch (error) {
          reject(error as Error);
        }
      });
    });
  });
  return { world, workload };
}

describe("an open workload", () => {
  it("makes calls at its rate, at random times, until it ends", async () => {
    const { world, workload } = calling(() => {});
    await world.run(20_000);
    workload.end();
    await world.run(30_000);
    const { calls, failed } = workload;
    const expected = 20 * rate;
    assert.ok(Math.abs(calls.length - expected) < 3.9 * Math.sqrt(expected), `${calls.length} calls`);
    assert.ok(calls.every(({ from }) => from < 20_000));
    // Gaps of a Poisson process are shorter than half their mean with probability 1 - e^-1/2.
    const short = calls.filter(({ from }, i) => from - (calls[i - 1]?.from ?? 0) < 500 / rate).length / calls.length;
    assert.ok(Math.abs(short - 0.3935) < 3.9 * Math.sqrt(0.24 / calls.length), `${short}`);
    const latencies = workload.latencies(({ from }) => from < 10_000);
    assert.equal(latencies.length, calls.filter(({ from }) => from < 10_000).length);
    assert.ok(latencies.every((latency) => Math.abs(latency - 5) < 1e-9));
    assert.equal(failed, 0);
  });

  it("counts calls that fail, which have no latency", async () => {
    const { world, workload } = calling(() => {
      throw new CallError("timed-out", "call");
    });
    await world.run(1000);
    workload.end();
    await world.run(2000);
    assert.ok(workload.failed > 50);
    assert.equal(workload.failed, workload.calls.length);
    assert.deepEqual(
      workload.latencies(() => true),
      [],
    );
  });

  it("lets a mistake in code fail the run", async () => {
    const { world } = calling(() => {
      throw new TypeError("a mistake");
    });
    await assert.rejects(world.run(1000), /a mistake/);
  });
});
