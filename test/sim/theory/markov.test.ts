/** Chains with known answers. */
import { meanTimeTo, noRates, stationary, stationaryUnderVisits } from "../../../sim/theory/markov.ts";
import { near } from "../../near.ts";

describe("a Markov chain", () => {
  it("spends time in its states as their rates say, however rare a state is", () => {
    const rates = noRates(3);
    rates[0]![1] = 1e-20;
    rates[1]![0] = 1;
    rates[1]![2] = 1e-20;
    rates[2]![1] = 1;
    const [a, b, c] = stationary(rates);
    near(a!, 1);
    near(b!, 1e-20);
    near(c!, 1e-40);
  });

  it("needs the mean time of its steps to reach a state", () => {
    const rates = noRates(3);
    rates[2]![1] = 2;
    rates[1]![0] = 0.5;
    near(meanTimeTo(rates, 2, 0), 0.5 + 2);
  });

  it("decays between visits that bring it back", () => {
    const rates = noRates(2);
    rates[1]![0] = 3;
    // Up for (1 - e^-rate T) / (rate T) of an interval T.
    near(stationaryUnderVisits(rates, 0.7, [1, 1])[1]!, (1 - Math.exp(-2.1)) / 2.1);
  });
});
