/** A campaign: all replications of all cells, in the requested number or as many as the wanted precision needs. */
import { Abandoned, ReplicationFailure, type Task } from "./workers.ts";
import { estimatesOf, excessWidth } from "../results/summary.ts";
import { firstBatch, isOfShard, type Plan } from "../plan/plan.ts";
import type { Row } from "../plan/row.ts";

/**
 * The next size of a cell that is not yet precise enough. The square-root law gives the size from the excess width; the
 * growth is limited to between a quarter and three times the present size. Few looks at the interval keep its coverage
 * near the nominal coverage: a look after every replication would stop too often at a narrow interval by chance. The
 * size depends on the rows alone, never on timing.
 */
export function nextSize(size: number, excess: number, most: number): number {
  const wanted = Math.ceil(size * excess ** 2 * 1.05);
  return Math.min(most, Math.max(Math.ceil(size * 1.25), Math.min(wanted, size * 4)));
}

/**
 * Resolves with all results. Rejects with the first ReplicationFailure in order, or else with the reason that stopped
 * the tasks.
 */
export async function allOrFirstFailure<T>(promises: readonly Promise<T>[]): Promise<T[]> {
  const settled = await Promise.allSettled(promises);
  const reasons = settled.flatMap((result) => (result.status === "rejected" ? [result.reason as unknown] : []));
  const failure =
    reasons.find((reason) => reason instanceof ReplicationFailure) ??
    reasons.find((reason) => !(reason instanceof Abandoned)) ??
    reasons[0];
  if (failure !== undefined) throw failure;
  return settled.map((result) => (result as PromiseFulfilledResult<T>).value);
}

/**
 * Runs a plan. `run` gives the row of a task, new or kept, or undefined if the task failed and the run goes on. Answers
 * the rows by cell, in order.
 *
 * @throws ReplicationFailure, the first in order of cell and replication; or what `run` rejected with.
 */
export async function carryOut(
  plan: Plan,
  run: (task: Task) => Promise<Row | undefined>,
  grown: (additional: number) => void = () => {},
): Promise<Row[][]> {
  const { seed, precision, maxReplications } = plan;
  const carryOutCell = async (cell: number): Promise<Row[]> => {
    const rows: Row[] = [];
    let batch = firstBatch(plan, cell);
    let size = plan.replications;
    for (;;) {
      const results = await allOrFirstFailure(batch.map((replication) => run({ seed, cell, replication })));
      for (const row of results) if (row !== undefined) rows.push(row);
      if (precision === null || size >= maxReplications || !isOfShard(plan, cell, 0)) return rows;
      const excess = excessOf(plan, rows);
      if (excess <= 1) return rows;
      const first = size;
      size = nextSize(size, excess, maxReplications);
      batch = Array.from({ length: size - first }, (_, i) => first + i);
      grown(batch.length);
    }
  };
  return allOrFirstFailure(plan.cells.map((_, cell) => carryOutCell(cell)));
}

/** Width / allowed width of the interval of the measure in `precisionOf`, or the greatest over all measures. */
export function excessOf(plan: Plan, rows: readonly Row[]): number {
  const { experiment, precision, precisionOf } = plan;
  const estimates = estimatesOf(experiment, rows);
  if (precisionOf === undefined) return excessWidth(experiment, estimates, precision);
  const measure = { ...experiment.measures[precisionOf]!, precision };
  return excessWidth({ ...experiment, measures: { [precisionOf]: measure } }, estimates, precision);
}
