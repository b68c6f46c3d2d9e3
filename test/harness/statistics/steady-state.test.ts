import assert from "node:assert/strict";
import { quantileInterval } from "../../../harness/statistics/quantile-interval.ts";
import { batches, batchInterval, warmUp } from "../../../harness/statistics/steady-state.ts";
import { streams } from "../../../sim/chance/random.ts";

/** An autoregressive series around 10 that begins at `start`; its neighbours correlate by `phi`. */
function series(seed: string, length: number, phi: number, start: number): number[] {
  const stream = streams(seed, 0).fork("series");
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - stream.next())) * Math.cos(2 * Math.PI * stream.next());
  const values = [start];
  for (let i = 1; i < length; i++) values.push(10 + phi * (values[i - 1]! - 10) + normal());
  return values;
}

describe("the warm-up of a run", () => {
  it("is cut off where it ends, and left alone where there is none", () => {
    // From 60 it takes ln(10) / -ln(0.98) = 114 values to come within a standard deviation of 5 of the mean.
    const cuts = Array.from({ length: 40 }, (_, i) => warmUp(series(`cold ${i}`, 5000, 0.98, 60))!);
    const middle = cuts.toSorted((a, b) => a - b)[20]!;
    assert(middle > 60 && middle < 400, cuts.join(" "));
    const warm = Array.from({ length: 40 }, (_, i) => warmUp(series(`warm ${i}`, 5000, 0.5, 10))!);
    assert(warm.filter((cut) => cut === null || cut > 2000).length <= 4, warm.join(" "));
  });

  it("is not found where it never ends", () => {
    const rising = Array.from({ length: 1000 }, (_, i) => i);
    assert.equal(warmUp(rising), null);
    assert.equal(warmUp([1, 2, 3]), null);
    assert.equal(warmUp(Array.from({ length: 100 }, () => 3)), 0);
  });
});

describe("the interval of one long run", () => {
  it("contains its mean as often as it promises, though values depend on one another", () => {
    let [held, naive, given] = [0, 0, 0];
    const runs = 300;
    for (let run = 0; run < runs; run++) {
      const values = series(`run ${run}`, 8000, 0.9, 40);
      const summed = batches(values, warmUp(values) ?? 0);
      const { low, high } = batchInterval(summed);
      if (low === null || high === null) continue;
      given++;
      if (low <= 10 && 10 <= high) held++;
      // As if all values were independent: the standard deviation is 1 / sqrt(1 - 0.81).
      const half = (1.96 * 2.294) / Math.sqrt(values.length);
      if (Math.abs(summed.mean - 10) <= half) naive++;
    }
    assert(given > 0.95 * runs, `${given} of ${runs} runs are long enough`);
    assert(held / given > 0.91 && held / given < 0.98, `${held} of ${given}`);
    assert(naive / given < 0.5, `${naive} of ${given}`);
  });

  it("is not given where a run is too short for it", () => {
    assert.deepEqual(batchInterval(batches([1, 2, 3])), { mean: 2, low: null, high: null });
    const rising = Array.from({ length: 400 }, (_, i) => i);
    assert.equal(batchInterval(batches(rising)).low, null);
    assert.deepEqual(batchInterval(batches(Array.from({ length: 200 }, () => 4))), { mean: 4, low: 4, high: 4 });
  });
});

describe("the interval of a quantile", () => {
  it("lies between values, whatever the law, and contains the quantile at least as often as it promises", () => {
    const stream = streams("quantiles", 0).fork("values");
    for (const [p, count] of [
      [0.5, 20],
      [0.9, 60],
      [0.99, 500],
    ] as const) {
      const truth = -Math.log(1 - p);
      let held = 0;
      const runs = 1000;
      for (let run = 0; run < runs; run++) {
        const values = Array.from({ length: count }, () => -Math.log(1 - stream.next()));
        const { low, high } = quantileInterval(values, p);
        if (low! <= truth && truth <= high!) held++;
      }
      // Steps from one value to the next make it a little wide.
      assert(held / runs > 0.935 && held / runs < 0.995, `${held} of ${runs} at ${p}`);
    }
  });

  it("has no limit that no value reaches", () => {
    const values = Array.from({ length: 100 }, (_, i) => i + 1);
    const { low, high } = quantileInterval(values, 0.99);
    assert(low! > 90 && high === null);
    assert.notEqual(
      quantileInterval(
        Array.from({ length: 368 }, (_, i) => i),
        0.99,
      ).high,
      null,
    );
    assert.equal(
      quantileInterval(
        Array.from({ length: 367 }, (_, i) => i),
        0.99,
      ).high,
      null,
    );
    // Of twenty values the median lies between the 6th and the 15th (Conover's table).
    const twenty = quantileInterval(values.slice(0, 20), 0.5);
    assert.deepEqual(twenty, { mean: 10.5, low: 6, high: 15 });
    assert.deepEqual(quantileInterval([], 0.5), { mean: null, low: null, high: null });
  });
});
