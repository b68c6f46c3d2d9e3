/**
 * Placements: from the text of a configuration to the answer, again and again, on a table that was read before, as a
 * manager has it. Parameters: FORMULA SIZE [answer|read]; with `answer` it prints the answer alone, with `read` it
 * reads the table again and again.
 */
import { solve, specify } from "../../languages/configuration/solve.ts";
import { readMachines } from "../../languages/configuration/table-files.ts";
import { formulas, machines, presentMachines, type FormulaName } from "../placements.ts";

const [formula, size, what] = process.argv.slice(2) as [FormulaName, string, string | undefined];
const rows = machines(Number(size));
const csv = [Object.keys(rows[0]!).join(","), ...rows.map((row) => Object.values(row).join(","))].join("\n");
const table = readMachines("machines.csv", csv);
const text = formulas[formula].troupe;

/** The value of the objective, the number of members kept, or 1 for any placement; -1 for none. */
function answer(): number {
  const present = new Set(formulas[formula].keeps ? presentMachines(rows) : []);
  const placement = solve(specify("bench.troupe", text, table), table, { present });
  if (placement === undefined) return -1;
  return formulas[formula].keeps ? placement.kept : (placement.values[0] ?? 1);
}

if (what === "answer") console.log(answer());
else {
  const work = what === "read" ? () => readMachines("machines.csv", csv) : answer;
  for (let i = 0; i < 5; i++) work();
  const before = process.cpuUsage();
  let operations = 0;
  do {
    work();
    operations++;
  } while (operations < 5 || process.cpuUsage(before).user < 1_000_000);
  const { user, system } = process.cpuUsage(before);
  const peakMiB = process.resourceUsage().maxRSS / 1024;
  console.log(JSON.stringify({ operations, cpuSeconds: (user + system) / 1e6, peakMiB }));
}
