/**
 * Placements by clingo as WebAssembly: program and facts read, grounded and solved, again and again.
 * Parameters: FORMULA SIZE [answer]; with `answer` it prints the answer alone.
 */
import clingo from "clingo-wasm";
import { clingoProgram, formulas, machines, type FormulaName } from "../placements.ts";

const [formula, size, what] = process.argv.slice(2) as [FormulaName, string, string | undefined];
const text = clingoProgram(formula, machines(Number(size)))!;

/** The value of the objective, the number of members kept, or 1 for any placement; -1 for none. */
async function answer(): Promise<number> {
  // With a bound of one model, clingo would stop at the first and prove nothing of its cost.
  const result = await clingo.run(text, text.includes("mize") ? 0 : 1);
  if (result.Result === "ERROR") throw new Error(result.Error);
  if (result.Result === "UNSATISFIABLE") return -1;
  const cost = result.Call[0]!.Witnesses.at(-1)!.Costs?.[0];
  return cost === undefined ? 1 : formulas[formula].keeps ? -cost : cost;
}

// The first answer pays for compiling the WebAssembly.
const first = await answer();
if (what === "answer") console.log(first);
else {
  const before = process.cpuUsage();
  let operations = 0;
  do {
    await answer();
    operations++;
  } while (operations < 3 || process.cpuUsage(before).user < 1_000_000);
  const { user, system } = process.cpuUsage(before);
  console.log(
    JSON.stringify({ operations, cpuSeconds: (user + system) / 1e6, peakMiB: process.resourceUsage().maxRSS / 1024 }),
  );
}
