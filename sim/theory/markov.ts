/**
 * Continuous-time Markov chains with few states: long-run shares, means until a state is reached, and the same under visits at
 * fixed intervals.
 */

/** `rates[i][j]`: transitions per unit of time from i to j; the diagonal is not looked at. */
export type Rates = readonly (readonly number[])[];

/** Rates of so many states, all zero. */
export function noRates(states: number): number[][] {
  return Array.from({ length: states }, () => Array.from({ length: states }, () => 0));
}

/**
 * The long-run share of time in each state of an irreducible chain. State reduction without subtraction (Grassmann, Taksar and
 * Heyman, Operations Research 33, 1985): shares far below the precision of a sum, 1e-30 say, have all their digits too.
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
  // With a return at rate 1, the chain is in `to` for a mean of 1 between two such journeys.
  const returning = rates.map((row, i) => (i === to ? row.map((_, j) => (j === from ? 1 : 0)) : row));
  const share = stationary(returning)[to]!;
  return (1 - share) / share;
}

type Matrix = readonly (readonly number[])[];

function product(a: Matrix, b: Matrix): number[][] {
  return a.map((row) => b[0]!.map((_, j) => row.reduce((sum, value, k) => sum + value * b[k]![j]!, 0)));
}

/** e^M, by Taylor's series of M / 2^s, squared s times. */
function exponential(matrix: Matrix): number[][] {
  const norm = Math.max(...matrix.map((row) => row.reduce((sum, value) => sum + Math.abs(value), 0)));
  const squarings = Math.max(0, Math.ceil(Math.log2(norm)) + 1);
  const scaled = matrix.map((row) => row.map((value) => value / 2 ** squarings));
  let term: number[][] = matrix.map((row, i) => row.map((_, j) => (i === j ? 1 : 0)));
  let sum = term;
  for (let k = 1; k <= 20; k++) {
    term = product(term, scaled).map((row) => row.map((value) => value / k));
    sum = sum.map((row, i) => row.map((value, j) => value + term[i]![j]!));
  }
  for (let s = 0; s < squarings; s++) sum = product(sum, sum);
  return sum;
}

/**
 * The long-run share of time in each state of a chain that is visited at fixed intervals: a visit that finds it in i sends it
 * to `visited[i]`.
 */
export function stationaryUnderVisits(rates: Rates, interval: number, visited: readonly number[]): number[] {
  const n = rates.length;
  // The exponential of [[Q, I], [0, 0]] has e^Q in one corner and its integral in another.
  const generator = noRates(2 * n);
  for (const [i, row] of rates.entries()) {
    let out = 0;
    for (const [j, rate] of row.entries()) {
      if (j === i) continue;
      generator[i]![j] = rate * interval;
      out += rate * interval;
    }
    generator[i]![i] = -out;
    generator[i]![n + i] = 1;
  }
  const all = exponential(generator);
  // From just after a visit to just after the next.
  const step = noRates(n);
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) step[i]![visited[j]!]! += Math.max(0, all[i]![j]!);
  const recurrent = step.map((_, i) => i).filter((i) => visited[i] === i);
  const after = stationary(recurrent.map((i) => recurrent.map((j) => step[i]![j]!)));
  return Array.from({ length: n }, (_, j) => recurrent.reduce((sum, i, at) => sum + after[at]! * all[i]![n + j]!, 0));
}
