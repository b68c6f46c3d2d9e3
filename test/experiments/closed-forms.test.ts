/** The closed forms that experiments compare with, against what is known of them. */
import assert from "node:assert/strict";
import { meanOrderStatistic } from "../../experiments/call-latency.ts";
import { probabilityOfFewer } from "../../sim/chance/special.ts";
import { near } from "../near.ts";

describe("mean order statistic of exponential round trips", () => {
  it("is r H_n for all, r/n for the first", () => {
    near(meanOrderStatistic([0, 0, 0], 3, 10), 10 * (1 + 1 / 2 + 1 / 3), 1e-12);
    near(meanOrderStatistic([0, 0, 0, 0, 0], 1, 10), 2, 1e-12);
    near(meanOrderStatistic([7, 7], 2, 10), 22, 1e-12);
  });

  it("is the same by integration as by the harmonic sum", () => {
    // A start that differs by next to nothing makes it integrate.
    near(meanOrderStatistic([0, 0, 1e-12], 3, 10), 10 * (1 + 1 / 2 + 1 / 3), 1e-7);
    near(meanOrderStatistic([0, 0, 0, 0, 1e-12], 3, 10), 10 * (1 / 5 + 1 / 4 + 1 / 3), 1e-7);
  });

  it("agrees with the exact maximum of two round trips that start apart", () => {
    // E max(X, 1 + Y), both exponential with mean 1: 1 + E[(X-1)+] + E[Y] - E[min of what is left], by hand 2 + e^-1 /
    // 2.
    near(meanOrderStatistic([0, 1], 2, 1), 2 + Math.exp(-1) / 2, 1e-7);
  });
});

describe("probability of fewer than so many members", () => {
  it("is that of the normal law for many, and sure where nothing fails", () => {
    assert.ok(Math.abs(probabilityOfFewer(9900, 10_000, 0.01) - 0.4734) < 1e-3);
    assert.deepEqual([probabilityOfFewer(3, 3, 0), probabilityOfFewer(1, 3, 1)], [0, 1]);
  });

  it("is p^n for one, and the binomial tail for more", () => {
    near(probabilityOfFewer(1, 3, 0.1), 1e-3, 1e-12);
    near(probabilityOfFewer(2, 3, 0.1), 0.1 ** 3 + 3 * 0.1 ** 2 * 0.9, 1e-12);
    near(probabilityOfFewer(3, 5, 0.2), 0.05792, 1e-9);
  });
});
