/** Figures for print: a figure is rounded to two significant digits of its interval. */
import type { Estimate } from "../statistics/intervals.ts";

/** The parts of a figure: mantissas as texts, with a common power of ten. */
export interface Figure {
  /** `half`: mean ± half; `range`: mean [low, high]; `below`, `above`: a limit; `exact`; `none`: no data. */
  readonly kind: "half" | "range" | "below" | "above" | "exact" | "none";
  readonly parts: readonly string[];
  readonly exponent: number;
}

/** The power of ten of the first digit. */
function magnitude(value: number): number {
  return Number(Math.abs(value).toExponential().split("e")[1]);
}

function scaled(kind: Figure["kind"], values: readonly number[], unit: number): Figure {
  // 0.001 to 99999 are written as they are.
  const power = magnitude(values[0] === 0 ? (values.at(-1) ?? 0) : values[0]!);
  const exponent = power < -3 || power > 4 ? power : 0;
  const decimals = Math.min(20, Math.max(0, exponent - unit));
  const parts = values.map((value) => (value / 10 ** exponent).toFixed(decimals));
  return { kind, parts, exponent };
}

/** An estimate with its interval. If the interval is lopsided by more than a fifth, its ends are given. */
export function rounded({ mean, low, high }: Estimate): Figure {
  if (mean === null) {
    return low === null ? { kind: "none", parts: [], exponent: 0 } : scaled("above", [low], magnitude(low) - 1);
  }
  if (mean === 0 && low === 0 && high !== null && high > 0) return scaled("below", [high], magnitude(high) - 1);
  if (low === null || high === null || low === high) return scaled("exact", [mean], magnitude(mean || 1) - 3);
  const [down, up] = [mean - low, high - mean];
  const half = (high - low) / 2;
  if (Math.abs(up - down) <= 0.2 * half) {
    // 0.0996 has the two digits of 0.10.
    const unit = magnitude(Number(half.toPrecision(2))) - 1;
    return scaled("half", [mean, half], unit);
  }
  const unit = magnitude(Number(Math.max(Math.min(down, up), half / 10).toPrecision(2))) - 1;
  return scaled("range", [mean, low, high], unit);
}
