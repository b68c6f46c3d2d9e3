import assert from "node:assert/strict";
import seedrandom from "seedrandom";
import { pairedDifference, pairingByChance, type Difference } from "../../../harness/statistics/differences.ts";
import { inVain, meanInterval, ratioInterval, type Pair } from "../../../harness/statistics/intervals.ts";
import { remainderInterval } from "../../../harness/statistics/rare-events.ts";
import { moments, quantile } from "../../../harness/statistics/moments.ts";
import { exponential, normal, poisson, type Uniform } from "./draws.ts";

type Runs = readonly [baseline: Pair[], other: Pair[]];

function list<T>(length: number, make: () => T): T[] {
  return Array.from({ length }, make);
}

interface Covered {
  /** The share of campaigns whose interval holds the truth, in percent. */
  readonly percent: number;
  /** The median of the factors. */
  readonly pairing: number;
}

function coverage(truth: number, sample: (random: Uniform) => Difference, runs = 2000): Covered {
  const random = seedrandom.alea("coverage of differences");
  let held = 0;
  const factors: number[] = [];
  for (let run = 0; run < runs; run++) {
    const { low, high, pairing } = sample(random);
    assert(low !== null && high !== null);
    if (low <= truth && truth <= high) held++;
    if (pairing !== null) factors.push(pairing);
  }
  return { percent: (100 * held) / runs, pairing: quantile(factors, 0.5) };
}

/** 2,000 campaigns at 95% have a standard error of 0.49%: between 93.5 and 96.5 lie three of them. */
function assertNominal(percent: number): void {
  assert(percent >= 93.5 && percent <= 96.5, `covered ${percent}%`);
}

function assertNear(a: number | null, b: number, within = 1e-9): void {
  assert(a !== null && Math.abs(a - b) <= within, `${a} is not ${b}`);
}

describe("the difference of means, in pairs", () => {
  const runs = (random: Uniform, count: number, common: number): Runs => {
    const shared = list(count, () => common * normal(random));
    return [
      shared.map((value): Pair => [value + normal(random), 1]),
      shared.map((value): Pair => [value + normal(random) + 1, 1]),
    ];
  };

  it("covers the true difference in 95% of campaigns, from 3 pairs on, with or without correlation", () => {
    for (const [count, common, factor] of [
      [3, 3, 10],
      [20, 3, 10],
      [20, 0, 1],
    ] as const) {
      const { percent, pairing } = coverage(1, (random) => pairedDifference(...runs(random, count, common), false));
      assertNominal(percent);
      // Variances of 10 and 10 alone, of 2 in pairs.
      assert(Math.abs(Math.log(pairing / factor)) < 0.1, `${pairing} instead of ${factor}`);
    }
  });

  it("is as calculated by hand", () => {
    const [a, b] = [
      [1, 2, 3],
      [2, 4, 3],
    ].map((values) => values.map((value): Pair => [value, 1]));
    const { mean, low, high, pairs, pairing } = pairedDifference(a!, b!, false);
    assertNear(mean, 1);
    assertNear(high, 1 + 4.302_652_73 / Math.sqrt(3), 1e-8);
    assertNear(low, 1 - 4.302_652_73 / Math.sqrt(3), 1e-8);
    assert.equal(pairs, 3);
    assertNear(pairing, 2);
  });

  it("against nothing is the other's own interval", () => {
    const random = seedrandom.alea("alone");
    const values = list(9, () => normal(random));
    const zero = values.map((): Pair => [0, 1]);
    const { low, high, pairing } = pairedDifference(
      zero,
      values.map((value): Pair => [value, 1]),
      false,
    );
    const alone = meanInterval(values);
    assertNear(low, alone.low!);
    assertNear(high, alone.high!);
    assertNear(pairing, 1);
  });

  it("is exact where it does not vary, without interval from one pair, nothing from none", () => {
    const shifted = pairedDifference(
      [
        [1, 1],
        [5, 1],
      ],
      [
        [2, 1],
        [6, 1],
      ],
      false,
    );
    assert.deepEqual(shifted, { mean: 1, low: 1, high: 1, pairs: 2, pairing: null });
    assert.deepEqual(pairedDifference([[1, 1]], [[3, 1]], false), {
      mean: 2,
      low: null,
      high: null,
      pairs: 1,
      pairing: null,
    });
    for (const areRare of [false, true]) {
      const none = pairedDifference([], [], areRare);
      assert.deepEqual(none, { mean: null, low: null, high: null, pairs: 0, pairing: null });
    }
  });

  it("refuses runs that do not pair", () => {
    assert.throws(
      () =>
        pairedDifference(
          [
            [1, 1],
            [2, 1],
          ],
          [[1, 1]],
          false,
        ),
      /paired samples of 2 and of 1 values/,
    );
  });
});

describe("the difference of ratios, in pairs", () => {
  /**
   * Times of calls, whose number is random, on machines that are slow on some days; the other run's calls take 1 more.
   */
  const runs = (random: Uniform, count: number): Runs => {
    const runs: Runs = [[], []];
    for (let i = 0; i < count; i++) {
      const day = exponential(random, 1);
      for (const [place, longer] of [0, 1].entries()) {
        const calls = 1 + poisson(random, 20);
        const time = list(calls, () => day + longer + exponential(random, 1)).reduce((a, b) => a + b, 0);
        runs[place]!.push([time, calls]);
      }
    }
    return runs;
  };

  it("covers the true one in 95% of campaigns", () => {
    for (const count of [6, 30]) {
      const { percent, pairing } = coverage(1, (random) => pairedDifference(...runs(random, count), false));
      assertNominal(percent);
      assert(pairing > 5, `${pairing}`);
    }
  });

  it("is as calculated by hand", () => {
    // Quotients 1 and 3; linearized contributions 0.5, 1.5 and 3, 3: differences 2.5 and 1.5.
    const { mean, low, high, pairing } = pairedDifference(
      [
        [1, 2],
        [3, 2],
      ],
      [
        [3, 1],
        [6, 2],
      ],
      false,
    );
    assertNear(mean, 2);
    assertNear(high, 2 + 12.706_204_74 / 2, 1e-7);
    assertNear(low, 2 - 12.706_204_74 / 2, 1e-7);
    assertNear(pairing, 1);
  });

  it("against nothing is the other's own interval", () => {
    const [, other] = runs(seedrandom.alea("alone"), 9);
    const { low, high } = pairedDifference(
      other.map(() => [0, 1]),
      other,
      false,
    );
    const alone = ratioInterval(other);
    assertNear(low, alone.low!);
    assertNear(high, alone.high!);
  });

  it("is nothing where a denominator is zero", () => {
    const { mean, low, pairing } = pairedDifference(
      [
        [0, 0],
        [0, 0],
      ],
      [
        [3, 1],
        [6, 2],
      ],
      false,
    );
    assert.deepEqual([mean, low, pairing], [null, null, null]);
  });
});

describe("the difference of rare events, in pairs", () => {
  /**
   * Per replication: events that both runs have, that only the baseline has, that only the other has; each of random
   * size.
   */
  const runs = (random: Uniform, count: number, [both, one, two]: readonly number[], size: number): Runs => {
    const burst = (mean: number): number =>
      list(poisson(random, mean), () => (size === 1 ? 1 : exponential(random, size))).reduce((a, b) => a + b, 0);
    const runs: Runs = [[], []];
    for (let i = 0; i < count; i++) {
      const shared = burst(both!);
      const event = size === 1 ? 1 : 2 * size;
      runs[0].push([shared + burst(one!), 1000, event]);
      runs[1].push([shared + burst(two!), 1000, event]);
    }
    return runs;
  };

  for (const size of [1, 5]) {
    for (const count of [6, 20]) {
      it(`covers the true one in 93.5% of campaigns at least, few events or many, of size ${size}, in ${count} pairs`, () => {
        for (const rates of [
          [0.05, 0.01, 0.01],
          [2, 0, 0.1],
          [2, 0.05, 0.2],
          [10, 5, 10],
          [0, 5, 5],
        ]) {
          const truth = ((rates[2]! - rates[1]!) * size) / 1000;
          const sample = (random: Uniform) => pairedDifference(...runs(random, count, rates, size), true);
          const { percent } = coverage(truth, sample, 1000);
          // 1,000 campaigns have a standard error of 0.69%.
          assert(percent >= 93, `${percent}% with ${rates.join()}`);
        }
      });
    }
  }

  it("is hardly wider than Student's where events are many, and narrower by what is in common", () => {
    const widths = [0, 0];
    const sample = (random: Uniform): Difference => {
      const many = runs(random, 20, [50, 20, 20], 1);
      const [rare, student] = [true, false].map((areRare) => pairedDifference(...many, areRare));
      for (const [i, { low, high }] of [rare!, student!].entries()) widths[i]! += high! - low!;
      return rare!;
    };
    const { percent, pairing } = coverage(0, sample);
    assert(percent >= 93.5 && percent <= 97.5, `covered ${percent}%`);
    assert(widths[0]! / widths[1]! < 1.15, `${widths[0]! / widths[1]!} times as wide`);
    // Variances of 70 and 70 alone, of 40 in pairs.
    assert(Math.abs(pairing - 3.5) < 0.3, `${pairing}`);
  });

  it("stands where Student's interval fails: few events that are not in common", () => {
    const rates = [2, 0, 0.1];
    const student = coverage(1e-4, (random) => pairedDifference(...runs(random, 6, rates, 1), false));
    assert(student.percent < 70, `Student's covers ${student.percent}%`);
  });

  it("cancels equal events of both sides, up to the limit for no event on each side", () => {
    for (const events of [0, 1, 500]) {
      const same = list(20, (): Pair => [events, 50]);
      const { mean, low, high } = pairedDifference(same, same, true);
      assert.equal(mean, 0);
      assertNear(high, inVain / 1000, 1e-8);
      assertNear(low, -inVain / 1000, 1e-8);
    }
    const long = list(20, (): Pair => [0, 50, 60]);
    assertNear(pairedDifference(long, long, true).high, (60 * inVain) / 1000, 1e-6);
  });

  it("against none is hardly lower than the other's own interval", () => {
    const random = seedrandom.alea("alone");
    const other = list(40, (): Pair => [poisson(random, 3), 50]);
    const { low, high, mean } = pairedDifference(
      other.map(() => [0, 50]),
      other,
      true,
    );
    const alone = remainderInterval(other);
    assertNear(mean, alone.mean!);
    assertNear(high, alone.high!);
    // The baseline may have had events that were not seen.
    assertNear(mean! - low!, Math.hypot(alone.mean! - alone.low!, inVain / 2000), 1e-8);
  });
});

describe("the factor by which pairs save replications", () => {
  it("is by chance alone within its limits in 95% of campaigns without anything in common", () => {
    const random = seedrandom.alea("chance");
    const [low, high] = pairingByChance(8)!;
    let within = 0;
    for (let run = 0; run < 2000; run++) {
      const [a, b] = [0, 1].map(() => list(8, (): Pair => [normal(random), 1]));
      const { pairing } = pairedDifference(a!, b!, false);
      if (low <= pairing! && pairing! <= high) within++;
    }
    assertNominal(within / 20);
    assert.equal(pairingByChance(1), null);
  });

  it("is that of variances of independent runs and of pairs", () => {
    const random = seedrandom.alea("factor");
    const pairs = list(500, () => {
      const common = 2 * normal(random);
      return [common + normal(random), common + normal(random)] as const;
    });
    const [a, b] = [0, 1].map((run) => pairs.map((pair): Pair => [pair[run]!, 1]));
    const [ofA, ofB] = [0, 1].map((run) => moments(pairs.map((pair) => pair[run]!)).variance);
    const apart = moments(pairs.map(([one, two]) => two - one)).variance;
    assertNear(pairedDifference(a!, b!, false).pairing, (ofA! + ofB!) / apart);
  });
});
