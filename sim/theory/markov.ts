/**
 * Continuous-time Markov chains with few states: stationary distribution, mean first-passage times, transient solution,
 * and the stationary distribution under visits at fixed intervals.
 */

/** `rates[i][j]`: transitions per unit of time from i to j. The diagonal is ignored. */
export type Rates = readonly (readonly number[])[];

/** Rates of a chain with `states` states, all zero. */
export function noRates(states: number): number[][] {
  return Array.from({ length: states }, () => Array.from({ length: states }, () => 0));
}

/**
 * The long-run share of time in each state of an irreducible chain. State reduction without subtraction (Grassmann,
 * Taksar and Heyman, Operations Research 33, 1985): even shares as small as 1e-30 have full relative precision.
 */
export function stationary(rates: Rates): number[] {
  const q = rates.map((row) => [...row]);
  for (let k = q.length - 1; k > 0; k--) {
    let out = 0;
    for (let j = 0; j < k; j++) out += q[k]![j]!;
    for (let i = 0; i < k; i++) {
      q[i]![k]! /= out;
      for (let j = 0; j < k; j++) if (j !== i) q[i]![j]! += q[i]![k]! * q[k]![j]!;
    }
  }
  const shares = [1];
  for (let k = 1; k < q.length; k++) {
    let sum = 0;
    for (let i = 0; i < k; i++) sum += shares[i]! * q[i]![k]!;
    shares.push(sum);
  }
  const total = shares.reduce((sum, share) => sum + share, 0);
  return shares.map((share) => share / total);
}

/** The mean time from state `from` until the chain is first in `to`. */
export function meanTimeTo(rates: Rates, from: number, to: number): number {
  // A return from `to` to `from` at rate 1 is added. Then a cycle spends a mean time of 1 in `to`, and the wanted mean
  // elsewhere: share = 1 / (1 + mean).
  const returning = rates.map((row, i) => (i === to ? row.map((_, j) => (j === from ? 1 : 0)) : row));
  const share = stationary(returning)[to]!;
  return (1 - share) / share;
}

type Matrix = readonly (readonly number[])[];

function product(a: Matrix, b: Matrix): number[][] {
  return a.map((row) => {
    const sums = b[0]!.map(() => 0);
    for (const [k, value] of row.entries()) {
      if (value !== 0) for (let j = 0; j < sums.length; j++) sums[j]! += value * b[k]![j]!;
    }
    return sums;
  });
}

/** The transient solution of a chain over a span of time. Rows: the state at the beginning. */
interface Course {
  /** The probability of each state at the end. */
  readonly at: Matrix;
  /** The mean time in each state during the span. */
  readonly spent: Matrix;
}

/**
 * Uniformization (A. Jensen, 1953) over a part of the span so short that the mean number of jumps is at most 1/2, then
 * doubling of the part. All terms are positive: small probabilities have full relative precision.
 */
function courseOf(rates: Rates, span: number): Course {
  const n = rates.length;
  const outs = rates.map((row, i) => row.reduce((sum, rate, j) => sum + (j === i ? 0 : rate), 0));
  const fastest = outs.reduce((most, out) => Math.max(most, out), 0);
  const unit = noRates(n);
  for (let i = 0; i < n; i++) unit[i]![i] = 1;
  if (fastest === 0) return { at: unit, spent: unit.map((row) => row.map((value) => value * span)) };
  const doublings = Math.max(0, Math.ceil(Math.log2(2 * fastest * span)));
  const jumps = (fastest * span) / 2 ** doublings;
  const step = rates.map((row, i) => row.map((rate, j) => (j === i ? 1 - outs[i]! / fastest : rate / fastest)));
  // chances[k] = P(k jumps); later[k] = P(more than k jumps).
  const chances = Array.from({ length: 25 }, () => Math.exp(-jumps));
  for (let k = 1; k < chances.length; k++) chances[k] = (chances[k - 1]! * jumps) / k;
  const later = chances.map(() => 0);
  for (let k = later.length - 2; k >= 0; k--) later[k] = later[k + 1]! + chances[k + 1]!;
  let [at, spent] = [noRates(n), noRates(n)];
  let power: Matrix = unit;
  for (let k = 0; k < chances.length; k++) {
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) {
        at[i]![j]! += chances[k]! * power[i]![j]!;
        spent[i]![j]! += (later[k]! / fastest) * power[i]![j]!;
      }
    }
    power = product(power, step);
  }
  for (let s = 0; s < doublings; s++) {
    const second = product(at, spent);
    spent = spent.map((row, i) => row.map((value, j) => value + second[i]![j]!));
    at = product(at, at);
  }
  return { at, spent };
}

/** The mean time that a chain, in state `begin` at time 0, spends in each state between the times `from` and `to`. */
export function timesBetween(rates: Rates, begin: number, from: number, to: number): number[] {
  const before = courseOf(rates, from).at[begin]!;
  const { spent } = courseOf(rates, to - from);
  return product([before], spent)[0]!;
}

/**
 * The long-run share of time in each state of a chain that is visited at fixed intervals: a visit that finds the chain
 * in state i moves it to state `visited[i]`.
 */
export function stationaryUnderVisits(rates: Rates, interval: number, visited: readonly number[]): number[] {
  const { at, spent } = courseOf(rates, interval);
  // The embedded chain: from just after a visit to just after the next visit.
  const step = noRates(rates.length);
  for (const [i, row] of at.entries()) for (const [j, chance] of row.entries()) step[i]![visited[j]!]! += chance;
  const recurrent = step.map((_, i) => i).filter((i) => visited[i] === i);
  const after = stationary(recurrent.map((i) => recurrent.map((j) => step[i]![j]!)));
  return rates.map((_, j) => recurrent.reduce((sum, i, k) => sum + (after[k]! * spent[i]![j]!) / interval, 0));
}
