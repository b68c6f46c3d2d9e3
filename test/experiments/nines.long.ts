/** Rare outages of another policy, and without bias. */
import { describeNines } from "./nines.ts";

describeNines([
  [{ members: 3, replacement: "20h", cycles: 10, policy: "threshold" }, 0.15],
  [{ members: 2, replacement: "111.11h", cycles: 40, method: "naive" }, 0.25],
]);
