import assert from "node:assert/strict";
import seedrandom from "seedrandom";
import {
  meanInterval,
  proportionInterval,
  ratioInterval,
  type Estimate,
  type Pair,
} from "../../../harness/statistics/intervals.ts";
import { mixtureQuantile, rareInterval, waitingInterval } from "../../../harness/statistics/rare-events.ts";
import { exponential, normal, poisson, type Uniform } from "./draws.ts";

/** The share of `runs` experiments, in percent, whose interval holds the truth. */
function coverage(runs: number, truth: number, sample: (random: Uniform) => Estimate): number {
  const random = seedrandom.alea("coverage of intervals");
  let held = 0;
  for (let run = 0; run < runs; run++) {
    const { low, high } = sample(random);
    assert(low !== null && high !== null);
    if (low <= truth && truth <= high) held++;
  }
  return (100 * held) / runs;
}

function list<T>(length: number, make: () => T): T[] {
  return Array.from({ length }, make);
}

/** 2,000 runs at 95% have a standard error of 0.49%: between 93.5 and 96.5 lie three of them. */
function assertNominal(percent: number): void {
  assert(percent >= 93.5 && percent <= 96.5, `covered ${percent}%`);
}

describe("the mean's interval", () => {
  it("covers the mean of a normal sample in 95% of runs, from 3 values on", () => {
    assertNominal(coverage(2000, 7, (random) => meanInterval(list(3, () => 7 + normal(random)))));
    assertNominal(coverage(2000, 7, (random) => meanInterval(list(20, () => 7 + normal(random)))));
  });

  it("is null for one value, a point where nothing varies, nothing for none", () => {
    assert.deepEqual(meanInterval([4]), { mean: 4, low: null, high: null });
    assert.deepEqual(meanInterval([4, 4, 4]), { mean: 4, low: 4, high: 4 });
    assert.deepEqual(meanInterval([]), { mean: null, low: null, high: null });
  });
});

describe("the ratio's interval", () => {
  it("covers the utilization of an M/M/1 queue: busy time over cycle time", () => {
    // A cycle of a queue with utilization u: the busy period serves some customers, then an idle period follows.
    const cycle = (random: Uniform): Pair => {
      let busy = 0;
      for (let waiting = 1; waiting > 0;) {
        const service = exponential(random, 0.5);
        busy += service;
        waiting += poisson(random, service) - 1;
      }
      return [busy, busy + exponential(random, 1)];
    };
    assertNominal(coverage(2000, 0.5, (random) => ratioInterval(list(200, () => cycle(random)))));
  });

  it("is nothing without a denominator, null for one pair", () => {
    assert.deepEqual(ratioInterval([[0, 0]]), { mean: null, low: null, high: null });
    assert.deepEqual(ratioInterval([]), { mean: null, low: null, high: null });
    assert.deepEqual(ratioInterval([[1, 2]]), { mean: 0.5, low: null, high: null });
  });
});

describe("the interval of rare events", () => {
  it("never covers less than 93.5% with few single events, where Student's interval fails", () => {
    for (const events of [0.5, 1, 2, 5]) {
      const sample = (random: Uniform): Pair[] => list(20, () => [poisson(random, events / 20), 1000]);
      const covered = coverage(2000, events / 20_000, (random) => rareInterval(sample(random)));
      assert(covered >= 93.5, `${covered}% with ${events} events`);
    }
    const student = coverage(2000, 1 / 20_000, (random) =>
      ratioInterval(list(20, () => [poisson(random, 1 / 20), 1000])),
    );
    assert(student < 70, `Student's covers ${student}%`);
  });

  it("covers in 93.5 to 98% with events that come in bursts of random size", () => {
    for (const events of [10, 30, 100]) {
      const covered = coverage(2000, (5 * events) / 20_000, (random) =>
        rareInterval(
          list(20, () => {
            let lost = 0;
            for (let burst = poisson(random, events / 20); burst > 0; burst--) lost += exponential(random, 5);
            return [lost, 1000, 10];
          }),
        ),
      );
      assert(covered >= 93.5 && covered <= 98, `${covered}% with ${events} bursts`);
    }
  });

  it("is no wider than need be where events are many", () => {
    assertNominal(coverage(2000, 0.1, (random) => rareInterval(list(20, () => [poisson(random, 100), 1000]))));
  });

  it("has limits at which three fifths of the Poisson probability of what was seen, and all beyond, are 2.5%", () => {
    // One event in 1000: P(more than 1) + 0.6 P(1) at the lower limit, P(0) + 0.6 P(1) at the upper.
    const { low, high, events } = rareInterval([...list(999, (): Pair => [0, 1]), [1, 1]]);
    const [few, many] = [1000 * low!, 1000 * high!];
    const beyond = 1 - Math.exp(-few) * (1 + few) + 0.6 * few * Math.exp(-few);
    const below = Math.exp(-many) * (1 + 0.6 * many);
    assert(Math.abs(beyond - 0.025) < 1e-4 && Math.abs(below - 0.025) < 1e-4, `${beyond} and ${below}`);
    assert(Math.abs(events! - 1) < 2e-3);
    const none = rareInterval(list(20, () => [0, 50]));
    assert.deepEqual([none.mean, none.low, none.events], [0, 0, 0]);
    assert(Math.abs(0.6 * Math.exp(-1000 * none.high!) - 0.025) < 1e-9);
    assert(Math.abs(rareInterval([[0, 1000, 60]]).high! - 60 * none.high!) < 1e-9);
  });

  it("is a point where all fails, null for one replication", () => {
    assert.deepEqual(rareInterval(list(3, () => [10, 10])), { mean: 1, low: 1, high: 1 });
    assert.deepEqual(rareInterval([[1, 10]]), { mean: 0.1, low: null, high: null });
    assert.deepEqual(rareInterval([[0, 0]]), { mean: null, low: null, high: null });
  });
});

describe("the interval of a time to a rare event", () => {
  it("covers in 93.5% or more with few events, and in 93.5 to 98% with many; it is never negative", () => {
    for (const events of [3, 10, 100]) {
      const sample = (random: Uniform): Pair[] => list(20, () => [1000, poisson(random, events / 20)]);
      const covered = coverage(2000, 20_000 / events, (random) => {
        const { low, high } = waitingInterval(sample(random));
        assert(low! > 0);
        return { mean: null, low, high: high ?? Infinity };
      });
      assert(covered >= 93.5 && (events < 100 || covered <= 98), `${covered}% with ${events} events`);
    }
  });

  it("has a lower limit alone where none was seen", () => {
    const { mean, low, high } = waitingInterval(list(20, () => [50, 0]));
    assert.deepEqual([mean, high], [null, null]);
    assert(Math.abs(0.6 * Math.exp(-1000 / low!) - 0.025) < 1e-9, String(low));
  });
});

describe("the proportion's interval", () => {
  it("covers in 95% of runs, near the ends too", () => {
    for (const p of [0.05, 0.3, 0.95]) {
      const covered = coverage(2000, p, (random) =>
        proportionInterval(list(200, random).filter((value) => value < p).length, 200),
      );
      assert(covered >= 93 && covered <= 97.5, `${covered}% at ${p}`);
    }
  });

  it("has Wilson's limits", () => {
    const some = proportionInterval(4, 20);
    assert(Math.abs(some.low! - 0.0807) < 1e-4 && Math.abs(some.high! - 0.416) < 1e-4, JSON.stringify(some));
    const none = proportionInterval(0, 100);
    assert(none.low === 0 && Math.abs(none.high! - 3.841_459 / 103.841_459) < 1e-7);
    const all = proportionInterval(100, 100);
    assert(all.high === 1 && Math.abs(all.low! - 100 / 103.841_459) < 1e-7);
    assert.equal(proportionInterval(0, 0).mean, null);
  });
});

describe("the quantile of a gamma law", () => {
  it("goes on smoothly from the exact form to the normal form of large shapes", () => {
    for (const p of [0.025, 0.5, 0.975]) {
      const [exact, normalForm] = [99_999.9, 100_000.1].map((shape) => mixtureQuantile(p, shape, 0) - shape);
      // In standard deviations of the law.
      assert.ok(Math.abs(exact! - normalForm!) / Math.sqrt(1e5) < 1e-4, `${p}: ${exact} and ${normalForm}`);
    }
  });

  it("is found at once for values that hardly vary, whose shape is beyond all counting", () => {
    const pairs: Pair[] = Array.from({ length: 30 }, (_, i) => [1 + (i % 2) * 1e-9, 1000, 0]);
    const { low, high } = rareInterval(pairs);
    assert.ok(low! > 0.000_999_9 && high! < 0.001_000_1 && low! < high!, `${low} to ${high}`);
  });
});
