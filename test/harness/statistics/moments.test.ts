import assert from "node:assert/strict";
import fc from "fast-check";
import { moments, quantile } from "../../../harness/statistics/moments.ts";

describe("moments", () => {
  it("of a known sample", () => {
    const { skewness, ...others } = moments([2, 4, 4, 4, 5, 5, 7, 9]);
    assert.deepEqual(others, { count: 8, mean: 5, variance: 32 / 7 });
    assert(Math.abs(skewness - 42 / 64) < 1e-12);
    assert.deepEqual(moments([]), { count: 0, mean: NaN, variance: NaN, skewness: 0 });
    assert.deepEqual(moments([3]), { count: 1, mean: 3, variance: NaN, skewness: 0 });
    assert.deepEqual(moments([3, 3, 3]), { count: 3, mean: 3, variance: 0, skewness: 0 });
  });

  it("does not lose the variance beside a large mean", () => {
    assert.equal(moments([1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16]).variance, 30);
  });

  it("agrees with two passes over the sample", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 2 }), (values) => {
        const mean = values.reduce((a, b) => a + b, 0) / values.length;
        const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
        const cubes = values.reduce((sum, value) => sum + (value - mean) ** 3, 0);
        const got = moments(values);
        const skewness = squares === 0 || values.length < 3 ? 0 : (cubes * Math.sqrt(values.length)) / squares ** 1.5;
        assert(Math.abs(got.skewness - skewness) < 1e-6);
        assert(Math.abs(got.mean - mean) < 1e-9);
        assert(Math.abs(got.variance - squares / (values.length - 1)) < 1e-6);
      }),
    );
  });
});

describe("quantile", () => {
  it("interpolates between order statistics, as R's type 7", () => {
    assert.equal(quantile([10, 1, 3], 0.5), 3);
    assert.equal(quantile([4, 1, 3, 2], 0.25), 1.75);
    assert.equal(quantile([1, 2, 3, 4], 1), 4);
    assert.equal(quantile([1, 2, 3, 4], 0), 1);
    assert(Number.isNaN(quantile([], 0.5)));
  });
});
