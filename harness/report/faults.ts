/**
 * The fault ledger of a run: faults without an effect, as the rows note them, and counts of a sample that is run again.
 */
import { paragraph, plural, tableOf } from "./elements.ts";
import type { FaultSample, Reported } from "./reported.ts";
import { figure, type Column } from "./table.ts";

interface Idle {
  replications: number;
  readonly cells: Set<number>;
}

function idleFaults({ rowsOfCells }: Reported, id: string): string {
  const faults = new Map<string, Idle>();
  for (const [cell, rows] of rowsOfCells.entries()) {
    for (const { remarks } of rows) {
      for (const { kind, text } of remarks) {
        if (kind !== "idle") continue;
        const fault = faults.get(text) ?? { replications: 0, cells: new Set() };
        fault.replications++;
        fault.cells.add(cell);
        faults.set(text, fault);
      }
    }
  }
  const all = rowsOfCells.reduce((sum, { length }) => sum + length, 0);
  if (faults.size === 0) return paragraph(`No fault without an effect is noted in any of ${all} replications.`);
  const columns: readonly Column<readonly [string, Idle]>[] = [
    ["fault", ([name]) => name],
    ["without effect in", ([, { replications }]) => `${replications} of ${all} replications`],
    ["cells", ([, { cells }]) => `${cells.size} of ${rowsOfCells.length}`],
  ];
  const caption = "Faults that were set up and had no effect";
  return tableOf(columns, [...faults], { id: `${id}-faults`, caption });
}

function countedFaults({ replications, changed, faults }: FaultSample, id: string): string[] {
  const run = plural(replications, "replication", "replications");
  const other =
    changed === 0
      ? "they came out as in the rows"
      : `${changed} of them came out otherwise than in the rows, which other code has computed`;
  if (faults.length === 0) return [paragraph(`No fault is set up in ${run} that were run again; ${other}.`)];
  const columns: readonly Column<FaultSample["faults"][number]>[] = [
    ["fault", ({ name }) => name],
    ["set up in", ({ setUpIn }) => `${setUpIn} of ${run}`],
    ["occurred", ({ injected }) => String(injected)],
    ["had an effect", ({ effective }) => String(effective)],
    ["occurred, for each replication", ({ injected, setUpIn }) => figure(injected / setUpIn)],
  ];
  const caption = `Faults in ${run}, spread over the cells, that were run again for this report; ${other}`;
  return [tableOf(columns, faults, { id: `${id}-counts`, caption })];
}

export function ledger(reported: Reported, id: string): string[] {
  const { faultSample } = reported;
  return [
    "<h3>Faults</h3>",
    idleFaults(reported, id),
    ...(faultSample === undefined ? [] : countedFaults(faultSample, id)),
  ];
}
