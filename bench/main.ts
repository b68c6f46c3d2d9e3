/** `npm run bench`: runs the benchmarks and prints their figures beside goals and peers. */
import { parseArgs } from "node:util";
import Table from "cli-table3";
import { didYouMean } from "../languages/nearest.ts";
import { type Benchmark, type Row, verdict } from "./benchmark.ts";
import { configuration } from "./configuration.ts";
import { fuzz } from "./fuzz.ts";
import { histories } from "./histories.ts";
import { kernel } from "./kernel.ts";
import { network } from "./network.ts";
import { nines } from "./nines.ts";
import { simulated } from "./protocol.ts";
import { standIns } from "./stand-ins.ts";
import { stubs } from "./stubs.ts";
import { udp } from "./udp.ts";

const benchmarks: readonly Benchmark[] = [
  ...kernel,
  network,
  ...simulated,
  stubs,
  standIns,
  udp,
  nines,
  configuration,
  histories,
  fuzz,
];

const usage = `Usage: npm run bench -- [--only NAME]... [--long] [--json]

  --only NAME  run this benchmark only; may be repeated
  --long       the long form of benchmarks that have one
  --json       print one JSON document instead of tables

Figures are per CPU second of the process. A ratio is ours to the peer's, the median over rounds that run both in turn.

${benchmarks.map(({ name, goal }) => `  ${name.padEnd(10)} ${goal}`).join("\n")}
`;

class BadUsage extends Error {}

async function main(): Promise<void> {
  const { only, long, json, help } = parse();
  if (help) {
    process.stdout.write(usage);
    return;
  }
  const chosen = only.length > 0 ? only.map(byName) : benchmarks;
  const results: { name: string; goal: string; rows: readonly Row[] }[] = [];
  for (const benchmark of chosen) {
    const { name, goal } = benchmark;
    const rows = await benchmark.run({ long });
    results.push({ name, goal, rows });
    if (!json) process.stdout.write(`${name}: ${goal}\n${table(rows)}\n\n`);
  }
  if (json) {
    const judged = results.map((result) => ({
      ...result,
      rows: result.rows.map((row) => ({ ...row, verdict: verdict(row) })),
    }));
    process.stdout.write(`${JSON.stringify({ node: process.version, benchmarks: judged }, undefined, 2)}\n`);
  }
}

function parse(): { only: string[]; long: boolean; json: boolean; help: boolean } {
  try {
    const { values } = parseArgs({
      options: {
        only: { type: "string", multiple: true, default: [] },
        long: { type: "boolean", default: false },
        json: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    });
    return values;
  } catch (error) {
    throw new BadUsage(`bench: ${(error as Error).message}`);
  }
}

function byName(name: string): Benchmark {
  const benchmark = benchmarks.find((each) => each.name === name);
  if (benchmark !== undefined) return benchmark;
  const names = benchmarks.map((each) => each.name);
  throw new BadUsage(`--only ${name}: expected one of ${names.join(", ")}.${didYouMean(name, names)}`);
}

function table(rows: readonly Row[]): string {
  const head = ["", "ours", "", "peer", "theirs", "ratio", "goal", ""];
  const result = new Table({ head, style: { head: [], border: [] } });
  for (const row of rows) {
    const { what, value, unit, peer, goal } = row;
    const bound = goal === undefined ? "" : "atLeast" in goal ? `>= ${goal.atLeast}` : `<= ${goal.atMost}`;
    const cells = peer === undefined ? ["", "", ""] : [peer.name, figure(peer.value), figure(peer.ratio)];
    result.push([what, figure(value), unit, ...cells, bound, verdict(row)]);
  }
  return result.toString();
}

function figure(value: number): string {
  return Math.abs(value) >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

try {
  await main();
} catch (error) {
  if (!(error instanceof BadUsage)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 2;
}
