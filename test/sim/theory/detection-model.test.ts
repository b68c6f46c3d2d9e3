/** What theory says of detection, against known forms and special cases worked out by hand. */
import assert from "node:assert/strict";
import { judged, nullCallFails, watched } from "../../../sim/theory/detection-model.ts";
import { near } from "../../near.ts";

describe("what theory says of a watch", () => {
  it("is the uniform rest of an interval, and the waits, if nothing is lost", () => {
    const { mean, sampleQuantile, falseRate } = watched({
      loss: 0,
      roundTrip: 0,
      interval: 1000,
      waits: [200, 400],
    });
    near(mean, 600 + 500);
    // The k-th of n uniform times has the mean k/(n + 1).
    near(sampleQuantile(0.99, 10), 600 + (1000 * (1 + 9 * 0.99)) / 11, 1e-6);
    near(sampleQuantile(0.5, 1), 600 + 500, 1e-6);
    assert.equal(falseRate, 0);
  });

  it("is the recurrence time of runs of losses if all waits are alike (Feller, XIII.7)", () => {
    for (const tries of [1, 2, 5]) {
      const q = 1 - 0.8 ** 2;
      const { falseRate, probeRate } = watched({
        loss: 0.2,
        roundTrip: 0,
        interval: 1000,
        waits: Array<number>(tries).fill(1000),
      });
      near(1 / falseRate, (1000 * (1 - q ** tries)) / ((1 - q) * q ** tries));
      near(probeRate, 1 / 1000);
    }
  });

  it("weighs a crash during the waits by the time that is left of them", () => {
    // By hand, one try: with 1 - q the interval follows an answer at once, with q the wait; new cycles begin after
    // both.
    const [q, interval, wait] = [0.19, 1000, 200];
    const { mean } = watched({ loss: 0.1, roundTrip: 0, interval, waits: [wait] });
    const reward = (1 - q) * (interval * wait + interval ** 2 / 2) + (q * wait ** 2) / 2;
    near(mean, reward / ((1 - q) * interval + q * wait));
  });

  it("takes for answered what crashes after the probe has come", () => {
    const [roundTrip, interval, wait] = [100, 1000, 200];
    const { mean } = watched({ loss: 0, roundTrip, interval, waits: [wait] });
    const half = roundTrip / 2;
    const rest = half + interval;
    near(mean, (half * (wait - half / 2) + rest * (wait + rest / 2)) / (half + rest));
  });
});

describe("what theory says of the Ringmaster", () => {
  const setting = { roundTrip: 1e-9, interval: 1000, retry: 100, pause: 1, loss: 0.3, tries: 2, ringmasters: 1 };

  it("fails a null call as all ways of losing its datagrams do", () => {
    // Two CALLs; up to three RETURNs: to the first CALL, its repetition, and the answer to the second.
    let chance = 0;
    for (let lost = 0; lost < 32; lost++) {
      const gone = [0, 1, 2, 3, 4].map((bit) => (lost & (1 << bit)) !== 0) as [
        boolean,
        boolean,
        boolean,
        boolean,
        boolean,
      ];
      const [call1, call2, return1, repeated, return2] = gone;
      const answered = (!call1 && (!return1 || !repeated)) || (!call2 && !return2);
      const probability = gone.reduce((product, each) => product * (each ? 0.3 : 0.7), 1);
      if (!answered) chance += probability;
    }
    near(nullCallFails(0.3), chance);
  });

  it("is for one member the first run of failures and a silence, by recursion over rounds", () => {
    const [f, u] = [nullCallFails(0.3), 1 - 0.7 ** 2];
    const rounds = (1 + f + f ** 2) / (f ** 2 * u);
    near(1 / judged(setting).falseRate, (rounds + 0.5) * 1000 + 0.5, 1e-6);
  });

  it("suspects the more rarely the more must say so, and never where nothing is lost", () => {
    const rates = [1, 3, 5].map((ringmasters) => judged({ ...setting, ringmasters }).falseRate);
    assert.ok(rates[0]! > 10 * rates[1]! && rates[1]! > 3 * rates[2]!, rates.join(" "));
    assert.equal(judged({ ...setting, loss: 0 }).falseRate, 0);
  });

  it("detects a crash within the rounds that it waits for, uniformly if nothing is lost", () => {
    const { mean, sampleQuantile } = judged({ ...setting, loss: 0 });
    near(mean, 3000 - 500 + 0.5, 1e-6);
    near(sampleQuantile(0.5, 3), 2500.5, 1e-3);
    near(sampleQuantile(1, 3), 2000.5 + (1000 * 3) / 4, 1e-3);
    // The first of three to look, uniform up to 1 ms each, comes after a quarter.
    near(judged({ ...setting, loss: 0, ringmasters: 3 }).mean, 3000 - 500 + 0.25, 1e-6);
  });

  it("detects it sooner by the failures that came before, of one member by hand", () => {
    // Of the round of the crash fails the null call whose first CALL has come, if it is not answered at once, and else
    // as all do.
    const [f, q] = [nullCallFails(0.3), 1 - 0.7 ** 2];
    const failing = (100 * q + 900 * f) / 1000;
    near(judged(setting).mean, (3 - failing * (1 + f)) * 1000 - 500 + 0.5, 1e-6);
  });
});
