/** Sweeps that are killed at random moments and resumed: no finished replication is lost, none is mixed with others. */
import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { streams } from "../../../sim/chance/random.ts";
import { troupe, type Ended } from "../cli/program.ts";

/** A replication takes a millisecond or two. */
const experiment = (factor: number): string => `
import { setTimeout as sleep } from "node:timers/promises";
import { experiment } from "troupe/experiment";
import { count } from "troupe/parameters";
import { factor } from "./helper.mjs";
export default experiment({
  name: "killed",
  question: "What is left?",
  parameters: { members: count(1, "members") },
  measures: { value: { help: "a value" } },
  async run(p, replication) {
    await sleep(1);
    return { value: factor * p.members * replication.random("value")() };
  },
});
// ${factor}
`;

/** Runs the program; kills it with SIGKILL after so many milliseconds, if it still runs then. */
function troupeFor(directory: string, words: readonly string[], life: number): Promise<Ended> {
  if (life === Infinity) return troupe(directory, words);
  return troupe(directory, words, (child) => setTimeout(() => child.kill("SIGKILL"), life));
}

/** The lines of rows in a directory, of its journal and its table, as `members,replication,value`. */
export function rowsIn(directory: string): Set<string> {
  const rows = new Set<string>();
  const read = (name: string): string =>
    existsSync(join(directory, name)) ? readFileSync(join(directory, name), "utf8") : "";
  for (const line of read("journal.jsonl").split("\n").slice(0, -1)) {
    const { cell, row } = JSON.parse(line) as {
      cell?: { members: number };
      row?: { replication: number; observations: { value: number } };
    };
    if (row !== undefined) rows.add(`${cell!.members},${row.replication},${row.observations.value}`);
  }
  // A table without a manifest, or with one that a journal replaces, does not count; here all tables are of one run.
  for (const line of read("rows.csv").split("\n").slice(1, -1)) rows.add(line.replace(/,$/, ""));
  return rows;
}

export interface Killed {
  readonly kills: number;
  readonly sweeps: number;
  readonly resumed: number;
}

/**
 * Kills so many runs. Fails if a row is lost or is none of the right ones, if a changed helper is not seen, or if an
 * end has other bytes than an undisturbed run.
 */
export async function killAtRandom(kills: number, seed: string): Promise<Killed> {
  const directory = mkdtempSync(join(tmpdir(), "troupe-kills-"));
  const random = streams(seed, 0).fork("kills");
  const helper = (factor: number): void =>
    writeFileSync(join(directory, "helper.mjs"), `export const factor = ${factor};\n`);
  try {
    writeFileSync(join(directory, "killed.mjs"), experiment(1));
    helper(1);
    const words = ["sweep", "./killed.mjs", "--members", "1,2,3", "--replications", "100", "--no-charts"];
    const began = performance.now();
    const whole = await troupe(directory, [...words, "--out", "whole"]);
    const usual = performance.now() - began;
    assert.equal(whole.status, 0, whole.err);
    const right = rowsIn(join(directory, "whole"));
    assert.equal(right.size, 300);
    let [killed, sweeps, resumed] = [0, 0, 0];
    while (killed < kills) {
      const out = `cut ${sweeps++}`;
      let before = new Set<string>();
      for (;;) {
        const life = killed < kills ? random.next() * usual * 1.2 : Infinity;
        const { status, err } = await troupeFor(directory, [...words, "--out", out, "--resume"], life);
        assert(status === 0 || status === null, err);
        const after = existsSync(join(directory, out)) ? rowsIn(join(directory, out)) : new Set<string>();
        for (const row of before) assert(after.has(row), `lost ${row} in ${out}, kill ${killed} under seed ${seed}`);
        for (const row of after) assert(right.has(row), `mixed in ${row}`);
        if (status === 0) break;
        killed++;
        if (before.size > 0 && after.size > before.size) resumed++;
        before = after;
        if (killed % 20 === 7 && before.size > 0) await refusesChange(directory, words, out, helper);
      }
      for (const name of ["rows.csv", "summary.csv", "manifest.json"]) {
        const [a, b] = ["whole", out].map((one) => {
          // Someone may be at work on the sources meanwhile.
          return readFileSync(join(directory, one, name), "utf8").replace(/ {2}"commit": .*\n/, "");
        });
        assert.equal(a, b, `${name} of ${out}, under seed ${seed}`);
      }
      assert.deepEqual(readdirSync(join(directory, out)).length, 3, readdirSync(join(directory, out)).join(" "));
    }
    return { kills: killed, sweeps, resumed };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

async function refusesChange(
  directory: string,
  words: readonly string[],
  out: string,
  helper: (factor: number) => void,
): Promise<void> {
  helper(2);
  const { status, err } = await troupe(directory, [...words, "--out", out, "--resume"]);
  assert.equal(status, 2, err);
  assert.match(err, /something else has computed: helper\.mjs has changed\./);
  helper(1);
}
