/** `npm run bench`: runs the benchmarks and prints their figures beside goals and peers. */
import { parseArgs } from "node:util";
import Table from "cli-table3";
import { didYouMean } from "../languages/nearest.ts";
import { compare } from "./against/against.ts";
import { BadUsage, commitOf, withBuild } from "./against/revision.ts";
import { comparedRows } from "./against/rows.ts";
import { type Benchmark, type Row, verdict } from "./benchmark.ts";
import { configuration } from "./configuration.ts";
import { exploration } from "./explore.ts";
import { fuzz } from "./fuzz.ts";
import { growth } from "./growth.ts";
import { histories } from "./histories.ts";
import { kernel } from "./kernel.ts";
import { network } from "./network.ts";
import { nines } from "./nines.ts";
import { simulated } from "./protocol.ts";
import { standIns } from "./stand-ins.ts";
import { stubs } from "./stubs.ts";
import { sweeps } from "./sweeps.ts";
import { udp } from "./udp.ts";

const benchmarks: readonly Benchmark[] = [
  ...kernel,
  network,
  growth,
  ...simulated,
  stubs,
  standIns,
  udp,
  nines,
  configuration,
  histories,
  fuzz,
  exploration,
  sweeps,
];

const usage = `Usage: npm run bench -- [--against REVISION] [--only NAME]... [--long] [--json]

  --against REVISION  compare with an earlier build: its rows instead of the benchmarks, medians of 9 rounds
  --only NAME         run this benchmark, or compare this row, only; may be repeated
  --long              the long form of what has one
  --json              print one JSON document instead of tables

Figures are per CPU second of the process. A ratio is ours to the peer's, the median over rounds that run both in turn.

Benchmarks:
${benchmarks.map(({ name, goal }) => `  ${name.padEnd(13)} ${goal}`).join("\n")}

Rows of --against:
${comparedRows.map(({ name, what }) => `  ${name.padEnd(13)} ${what}`).join("\n")}
`;

interface Result {
  readonly name: string;
  readonly goal: string;
  readonly rows: readonly Row[];
}

async function main(): Promise<void> {
  const { against, only, long, json, help } = parse();
  if (help) {
    process.stdout.write(usage);
    return;
  }
  const results: Result[] = [];
  const report = (result: Result): void => {
    results.push(result);
    if (!json) process.stdout.write(`${result.name}: ${result.goal}\n${table(result.rows)}\n\n`);
  };
  if (against !== undefined) {
    const chosen = among(comparedRows, only);
    const rows = await withBuild(commitOf(against), (theirs) => compare(chosen, against, theirs, long));
    report({ name: "against", goal: `this build beside that of ${against}`, rows });
  } else {
    for (const benchmark of among(benchmarks, only)) report({ ...benchmark, rows: await benchmark.run({ long }) });
  }
  if (json) {
    const judged = results.map((result) => ({
      ...result,
      rows: result.rows.map((row) => ({ ...row, verdict: verdict(row) })),
    }));
    process.stdout.write(`${JSON.stringify({ node: process.version, benchmarks: judged }, undefined, 2)}\n`);
  }
}

function parse() {
  try {
    const { values } = parseArgs({
      options: {
        against: { type: "string" },
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

/** Those that `--only` names; all without it. */
function among<T extends { readonly name: string }>(all: readonly T[], only: readonly string[]): readonly T[] {
  if (only.length === 0) return all;
  const names = all.map((each) => each.name);
  return only.map((name) => {
    const found = all.find((each) => each.name === name);
    if (found !== undefined) return found;
    throw new BadUsage(`--only ${name}: expected one of ${names.join(", ")}.${didYouMean(name, names)}`);
  });
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
