/** Whether a figure is what it should be, but for rounding. */
import assert from "node:assert/strict";

export function near(actual: number | null, expected: number, relative = 1e-10): void {
  assert.ok(
    actual !== null && Math.abs(actual - expected) <= relative * Math.abs(expected),
    `${actual} is not within ${relative} of ${expected}`,
  );
}
