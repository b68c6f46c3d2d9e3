/** How long outages are, against laws whose integrals are known. */
import { constant, uniform } from "../../../sim/chance/distribution.ts";
import { exponential, gamma, weibull } from "../../../sim/chance/lifetimes.ts";
import { outageLength } from "../../../sim/theory/outage-length.ts";
import { near } from "../../near.ts";

describe("the length of outages, as the time of outages sees it", () => {
  it("of one place is E[D^2]/E[D]", () => {
    near(outageLength(exponential(3), 1), 6);
    near(outageLength(constant(3), 1), 3);
    // Weibull's law with shape 1/2: 4!/2! over 2!.
    near(outageLength(weibull(0.5, 1), 1), 12);
  });

  it("of several is twice the integral of the rest's tail, to their power", () => {
    near(outageLength(exponential(3), 3), 2);
    // The rest of a constant time is uniform: 2 m / (n + 1).
    near(outageLength(constant(3), 2), 2, 1e-5);
    // Of a uniform one between 0 and 1 it is (1 - t)^2: 2 / (2 n + 1).
    near(outageLength(uniform(0, 1), 2), 2 / 5, 1e-5);
    // A gamma law of shape 2 has a rest with the tail (1 + t/2) e^-t: 2 (1/2 + 1/4 + 1/16).
    near(outageLength(gamma(2, 1), 2), 2 * (1 / 2 + 1 / 4 + 1 / 16), 1e-6);
  });
});
