import assert from "node:assert/strict";
import stdlibStudentQuantile from "@stdlib/stats-base-dists-t-quantile";
import {
  betaCdf,
  betaQuantile,
  chiSquareQuantile,
  studentCdf,
  studentQuantile,
} from "../../../harness/statistics/distributions.ts";
import { logGamma, normalQuantile } from "../../../sim/chance/special.ts";

function near(actual: number, expected: number, relative = 1e-11): void {
  const error = Math.abs(actual - expected) / Math.max(Math.abs(expected), 1e-300);
  assert(error <= relative, `${actual} instead of ${expected}, relative error ${error}`);
}

describe("distributions", () => {
  it("Student's quantile agrees with stdlib's", () => {
    for (const p of [0.6, 0.9, 0.95, 0.975, 0.995, 0.9995]) {
      for (const freedom of [1, 2, 3, 4.5, 9, 19, 30, 99, 1000, 20_000]) {
        near(studentQuantile(p, freedom), stdlibStudentQuantile(p, freedom), 1e-9);
      }
    }
    assert.equal(studentQuantile(0.5, 3), 0);
  });

  it("Student's distribution: one degree is Cauchy's, two have a closed form", () => {
    for (const t of [-30, -2, -0.1, 0, 0.1, 2, 30]) {
      near(studentCdf(t, 1), 0.5 + Math.atan(t) / Math.PI);
      near(studentCdf(t, 2), 0.5 + t / (2 * Math.sqrt(2 + t * t)), 1e-9);
    }
  });

  it("the chi-square quantile: two degrees are exponential; even degrees count Poisson events", () => {
    for (const p of [0.025, 0.5, 0.975]) near(chiSquareQuantile(p, 2), -2 * Math.log1p(-p));
    for (const events of [0, 1, 5, 40]) {
      const mean = chiSquareQuantile(0.975, 2 * (events + 1)) / 2;
      let atMost = 0;
      for (let k = 0; k <= events; k++) atMost += Math.exp(-mean + k * Math.log(mean) - logGamma(k + 1));
      near(atMost, 0.025, 1e-9);
    }
    near(chiSquareQuantile(0.975, 1), normalQuantile(0.9875) ** 2, 1e-9);
    assert.equal(chiSquareQuantile(0, 3), 0);
  });

  it("the beta distribution counts binomial successes", () => {
    for (const [successes, trials, p] of [
      [3, 10, 0.2],
      [0, 7, 0.01],
      [40, 100, 0.5],
    ] as const) {
      let more = 0;
      for (let k = successes + 1; k <= trials; k++) {
        const ways = logGamma(trials + 1) - logGamma(k + 1) - logGamma(trials - k + 1);
        more += Math.exp(ways + k * Math.log(p) + (trials - k) * Math.log1p(-p));
      }
      near(betaCdf(p, successes + 1, trials - successes), more, 1e-9);
    }
    near(betaQuantile(0.3, 1, 4), 1 - 0.7 ** 0.25);
    assert.equal(betaCdf(-0.5, 2, 2), 0);
    assert.equal(betaCdf(1.5, 2, 2), 1);
  });
});
