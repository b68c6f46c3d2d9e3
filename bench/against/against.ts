/**
 * Two builds of Troupe side by side: this one, and that of an earlier revision.
 *
 * Every round measures both, each in processes of its own and in turns first, so that what else the machine does hits
 * both alike.
 */
import { median, type Row } from "../benchmark.ts";
import { dist } from "../contest.ts";
import type { ComparedRow } from "./rows.ts";

const rounds = 9;

/** The rows that can be measured now; what each comes to, or why it is left out, goes to standard error meanwhile. */
export async function compare(
  rows: readonly ComparedRow[],
  revision: string,
  theirs: string,
  long: boolean,
): Promise<Row[]> {
  const results: Row[] = [];
  for (const row of rows) {
    const obstacle = await row.obstacle?.();
    if (obstacle === undefined) results.push(measure(row, revision, theirs, long));
    const outcome =
      obstacle === undefined ? `ratio ${results.at(-1)!.peer!.ratio.toFixed(3)}` : `left out: ${obstacle}`;
    process.stderr.write(`${row.name}: ${outcome}\n`);
  }
  return results;
}

function measure(row: ComparedRow, revision: string, theirs: string, long: boolean): Row {
  const measured: { ours: number; theirs: number }[] = [];
  for (let round = 0; round < rounds; round++) {
    const order = round % 2 === 0 ? [dist, theirs] : [theirs, dist];
    const figures = new Map(order.map((build) => [build, row.measure(build, long)]));
    measured.push({ ours: figures.get(dist)!, theirs: figures.get(theirs)! });
  }
  const peer = {
    name: revision,
    value: median(measured.map((each) => each.theirs)),
    ratio: median(measured.map((each) => each.ours / each.theirs)),
  };
  const { what, unit, goal } = row;
  return { what, value: median(measured.map((each) => each.ours)), unit, peer, ...(goal && { goal }) };
}
