/** The solver against trying all placements. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { cases, compare, type Case } from "./random-cases.ts";

/** Its sum is no multiple of 2^-60. */
const fine: Case = {
  text: "troupe (x)\nwhere (1 / x.a + x.a) <= x.a",
  machines: [
    { name: "m0", attributes: { name: "m0", a: 2 ** 40 + 0.5 } },
    { name: "m1", attributes: { name: "m1" } },
  ],
  present: [],
};

describe("the solver of configurations", () => {
  it("finds what trying all placements finds, for random configurations", () => {
    let [placed, impossible] = [0, 0];
    fc.assert(
      fc.property(cases, (each) => {
        if (compare(each)) placed++;
        else impossible++;
      }),
      { numRuns: 500, examples: [[fine]] },
    );
    assert.ok(placed > 50 && impossible > 50, `${placed} placed, ${impossible} impossible`);
  });
});
