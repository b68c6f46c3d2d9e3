/** `--dry-run`: prints the cells, the number of replications and an estimate of their time. Writes nothing. */
import { existsSync } from "node:fs";
import { firstBatch } from "../plan/plan.ts";
import { thrownOf } from "../plan/failure.ts";
import { Pool } from "../run/pool.ts";
import { cellTexts } from "../report/table.ts";
import type { RunArguments } from "./arguments.ts";
import { roughly } from "./progress.ts";
import { greatest, least } from "../statistics/moments.ts";

/** The number of cells that are tried, evenly spaced; and the longest time for each, in ms. */
const probes = 5;
const patience = 20_000;
/** The greatest number of cells that are listed. */
const listed = 20;

interface Probe {
  /** Milliseconds for one replication. */
  readonly time: number;
  /** How the replication ended, if it gave no row. */
  readonly ending?: string;
}

/** Runs one replication of some cells, one at a time. */
async function probe({ plan, source }: RunArguments): Promise<Probe[]> {
  const { seed, cells } = plan;
  const count = Math.min(probes, cells.length);
  const places = Array.from({ length: count }, (_, i) => Math.floor(((i + 0.5) * cells.length) / count));
  const found: Probe[] = [];
  for (const cell of places) {
    const pool = new Pool(1, { source, cells }, { timeout: patience });
    // The time of a worker's first replication includes compilation, so that the second is measured.
    try {
      await pool.run({ seed, cell, replication: 0 });
      const start = performance.now();
      await pool.run({ seed, cell, replication: 0 });
      found.push({ time: performance.now() - start });
    } catch (error) {
      found.push({ time: patience, ending: thrownOf(error).message });
    } finally {
      await pool.close();
    }
  }
  return found;
}

export async function dryRun(run: RunArguments): Promise<void> {
  const { plan, directory, workers, json } = run;
  const { experiment, cells, precision, maxReplications } = plan;
  const sizes = cells.map((_, place) => firstBatch(plan, place).length);
  const replications = sizes.reduce((sum, size) => sum + size, 0);
  const found = await probe(run);
  const mean = found.reduce((sum, { time }) => sum + time, 0) / found.length;
  const estimate = (mean * replications) / Math.min(workers, replications);
  if (json) {
    const document = { experiment: experiment.name, cells, replications, seconds: estimate / 1000, workers, directory };
    process.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
    return;
  }
  const texts = cellTexts(experiment, cells).slice(0, listed);
  const times = found.map(({ time }) => time);
  const [fastest, slowest] = [least(times), greatest(times)];
  const endings = found.flatMap(({ ending }) =>
    ending === undefined ? [] : [`A replication of the probe failed: ${ending}`],
  );
  const ms = (time: number): string => `${Number(time.toPrecision(2))} ms`;
  const output = [
    `${cells.length} ${cells.length === 1 ? "cell" : "cells"}, ${replications} replications` +
      (precision === null
        ? "."
        : `, and more until each is precise to ${100 * precision}%: at most ${maxReplications * cells.length}.`),
    ...(cells.length === 1 ? [] : texts.map((text) => `  ${text}`)),
    ...(cells.length > listed ? [`  and ${cells.length - listed} more`] : []),
    `About ${roughly(estimate)} on ${workers} ${workers === 1 ? "thread" : "threads"}: ` +
      `a replication of ${found.length === 1 ? "one cell" : `${found.length} cells`} took ${ms(fastest)}${found.length === 1 ? "" : ` to ${ms(slowest)}`}.`,
    ...endings,
    `It would be written to ${directory}${existsSync(directory) ? ", which exists" : ""}.`,
  ];
  process.stdout.write(`${output.join("\n")}\n`);
}
