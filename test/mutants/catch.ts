/** How a mutant is caught: a process in which a rule is broken runs the search, or the tests of the rule. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { Mutant } from "../../search/mutants/mutant.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const dist = join(root, "dist");

interface Ended {
  readonly status: number | null;
  readonly output: string;
}

/** A process, with the mutant if there is one. What hangs is ended after `limit` ms. */
function run(command: readonly string[], limit: number, mutant?: Mutant): Promise<Ended> {
  return new Promise((resolve) => {
    const broken =
      mutant === undefined ? [] : ["--import", pathToFileURL(join(dist, "search/mutants/register.js")).href];
    const child = spawn(process.execPath, [...broken, ...command], {
      cwd: root,
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, TROUPE_MUTANT: mutant?.name },
    });
    let output = "";
    child.stdout.on("data", (data: Buffer) => (output += data.toString()));
    child.stderr.on("data", (data: Buffer) => (output += data.toString()));
    const timer = setTimeout(() => child.kill("SIGKILL"), limit);
    child.on("close", (status) => {
      clearTimeout(timer);
      resolve({ status, output });
    });
  });
}

export interface Effort {
  /** The sound protocols pass as many. */
  readonly seeds: number;
  /** In ms, for one process: it tries no further seed then. */
  readonly limit: number;
}

/** Runs so many seeds, with the mutant if there is one, up to the first that fails. */
export function campaign({ seeds, limit }: Effort, mutant?: Mutant): Promise<Ended> {
  const uses = mutant?.uses?.join() ?? "";
  const words = [mutant?.campaign ?? "search", String(seeds), String(limit), uses];
  return run([join(dist, "test/mutants/run.js"), ...words], 1.5 * limit, mutant);
}

/** How the mutant was caught; undefined if it was not. */
export async function catchOf(mutant: Mutant, effort: Effort): Promise<string | undefined> {
  const { tests } = mutant;
  if (tests === undefined) {
    const { status, output } = await campaign(effort, mutant);
    if (status === null) return "it hung";
    assert.equal(status, 0, output);
    const { seed, problem } = JSON.parse(output) as { seed: number; problem?: string };
    return problem === undefined ? undefined : `seed ${seed}: ${problem}`;
  }
  const spec = pathToFileURL(join(dist, "test/protocols", `${tests}.test.js`)).href;
  const { status, output } = await run([join(dist, "test/mutants/run-tests.js"), spec], effort.limit, mutant);
  if (status === null) return "it hung";
  assert.equal(status, 0, output);
  return (JSON.parse(output) as { failed?: string }).failed;
}

/** Catches them all, so many at a time; the answers come in the order of the mutants. */
export function catchAll(
  mutants: readonly Mutant[],
  atOnce: number,
  effort: Effort,
): Map<Mutant, Promise<string | undefined>> {
  const caught = new Map<Mutant, Promise<string | undefined>>();
  const begun: Promise<unknown>[] = [];
  // Each mutant waits for the one `atOnce` places before it.
  mutants.forEach((mutant, index) => {
    const turn = begun[index - atOnce] ?? Promise.resolve();
    const result = turn.then(() => catchOf(mutant, effort));
    begun.push(result.catch(() => undefined));
    caught.set(mutant, result);
  });
  return caught;
}
