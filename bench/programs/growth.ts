/**
 * Work that grows in one dimension. Usage: growth.js members N DATAGRAMS: one client and a troupe of N; growth.js calls
 * N DATAGRAMS: a troupe of 3, N calls under way from the threads of ten clients (from N threads, if N < 10); growth.js
 * replications N: so many replications of a small experiment, with their estimates and the text of their rows.
 * Operations are datagrams, or replications.
 */
import { loadExperiment } from "../../harness/load.ts";
import { findExperiment } from "../../harness/sources.ts";
import { cellsOf } from "../../harness/plan/grid.ts";
import type { Row } from "../../harness/plan/row.ts";
import { rowsToCsv } from "../../harness/results/rows.ts";
import { summarize } from "../../harness/results/summary.ts";
import { replicate } from "../../harness/run/replicate.ts";
import { Stage } from "../../sim/stage.ts";
import { World } from "../../sim/world.ts";
import { measured, print } from "./measured.ts";

class Counter {
  value = 0;
  add(amount: number): number {
    return (this.value += amount);
  }
}

async function call(members: number, underWay: number, datagrams: number): Promise<void> {
  const world = new World({ seed: "growth" });
  const stage = new Stage(world);
  const { troupe } = stage.troupe("counter", () => new Counter(), members);
  const programs = Array.from({ length: Math.min(10, underWay) }, (_, i) => stage.client(`client ${i + 1}`));
  const stubs = programs.map((program) => program.import(Counter, troupe));
  const run = async (count: number): Promise<void> => {
    const enough = world.network.sent + count;
    for (let i = 0; i < underWay; i++) {
      const [program, stub] = [programs[i % programs.length]!, stubs[i % programs.length]!];
      void program.thread(async () => {
        do await stub.add(1);
        while (world.network.sent < enough);
      });
    }
    await world.run();
  };
  await run(Math.max(datagrams / 2, 6 * underWay));
  const sent = world.network.sent;
  const result = await measured(0, () => run(datagrams));
  print({ ...result, operations: world.network.sent - sent });
}

async function replications(count: number): Promise<void> {
  const experiment = await loadExperiment(findExperiment("availability"));
  const [cell] = cellsOf(experiment, [{ horizon: [3_600_000], calls: [2] }]);
  const run = async (from: number, to: number): Promise<void> => {
    const rows: Row[] = [];
    for (let i = from; i < to; i++) rows.push(await replicate(experiment, cell!, "growth", i));
    summarize(experiment, cell!, rows, null);
    rowsToCsv(experiment, [cell!], [rows]);
  };
  await run(0, 200);
  // Few replications are over before the clock has moved: they are measured many times.
  const times = Math.ceil(1000 / count);
  const result = await measured(times * count, async () => {
    for (let i = 0; i < times; i++) await run(0, count);
  });
  print(result);
}

const [kind, size, datagrams] = process.argv.slice(2);
if (kind === "members") await call(Number(size), 1, Number(datagrams));
else if (kind === "calls") await call(3, Number(size), Number(datagrams));
else await replications(Number(size));
