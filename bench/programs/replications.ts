/**
 * What each replication of an experiment costs in one thread. The first finds code that is not compiled yet.
 * Usage: replications.js EXPERIMENT COUNT [NAME=VALUE...]. Prints the CPU milliseconds of each, in order.
 */
import { loadExperiment } from "../../harness/load.ts";
import { findExperiment } from "../../harness/sources.ts";
import { cellsOf, readValues } from "../../harness/plan/grid.ts";
import { replicate } from "../../harness/run/replicate.ts";

const [name, count, ...words] = process.argv.slice(2) as [string, string, ...string[]];
const experiment = await loadExperiment(findExperiment(name));
const setting = words.map((word) => word.split("=") as [string, string]);
const grid = setting.map(([key, text]) => [key, readValues(key, experiment.parameters[key]!, text)] as const);
const [cell] = cellsOf(experiment, [Object.fromEntries(grid)]);
const costs: number[] = [];
for (let i = 0; i < Number(count); i++) {
  const began = process.cpuUsage();
  await replicate(experiment, cell!, "1985", i);
  const { user, system } = process.cpuUsage(began);
  costs.push(Math.round((user + system) / 1000));
}
process.stdout.write(`${costs.join(" ")}\n`);
