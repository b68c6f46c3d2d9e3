/** The solver against trying all placements. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { cases, compare } from "./random-cases.ts";

describe("the solver of configurations", () => {
  it("finds what trying all placements finds, for random configurations", () => {
    let [placed, impossible] = [0, 0];
    fc.assert(
      fc.property(cases, (each) => {
        if (compare(each)) placed++;
        else impossible++;
      }),
      { numRuns: 500 },
    );
    assert.ok(placed > 50 && impossible > 50, `${placed} placed, ${impossible} impossible`);
  });
});
