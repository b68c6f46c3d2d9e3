/**
 * Each rule of the protocols is guarded: with the rule broken, they are caught by the checkers in a randomized
 * campaign, or by a test of the rule. The unbroken protocols pass every seed of the same campaign.
 */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { mutants, type Mutant } from "./mutants.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const dist = join(root, "dist");
/** Of a mutant; the sound protocols pass as many. */
const seeds = 40;
const atOnce = 2;

interface Ended {
  readonly status: number | null;
  readonly output: string;
}

/** A process, with the mutant if there is one. What hangs is ended after 20 s. */
function run(command: readonly string[], mutant?: Mutant): Promise<Ended> {
  return new Promise((resolve) => {
    const broken = mutant === undefined ? [] : ["--import", pathToFileURL(join(dist, "test/mutants/register.js")).href];
    const child = spawn(process.execPath, [...broken, ...command], {
      cwd: root,
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, MUTANT: mutant?.name },
    });
    let output = "";
    child.stdout.on("data", (data: Buffer) => (output += data.toString()));
    child.stderr.on("data", (data: Buffer) => (output += data.toString()));
    const limit = setTimeout(() => child.kill("SIGKILL"), 20_000);
    child.on("close", (status) => {
      clearTimeout(limit);
      resolve({ status, output });
    });
  });
}

function campaign(mutant?: Mutant): Promise<Ended> {
  return run([join(dist, "test/mutants/run.js"), String(seeds)], mutant);
}

function testsOf(tests: string, mutant: Mutant): Promise<Ended> {
  const spec = pathToFileURL(join(dist, "test/protocols", `${tests}.test.js`)).href;
  return run([join(dist, "test/mutants/run-tests.js"), spec], mutant);
}

/** How the mutant was caught; undefined if it was not. */
async function catchOf(mutant: Mutant): Promise<string | undefined> {
  const { tests } = mutant;
  const { status, output } = await (tests === undefined ? campaign(mutant) : testsOf(tests, mutant));
  if (status === null) return "it hung";
  assert.equal(status, 0, output);
  if (tests !== undefined) return (JSON.parse(output) as { failed?: string }).failed;
  const { seed, problem } = JSON.parse(output) as { seed: number; problem?: string };
  return problem === undefined ? undefined : `seed ${seed}: ${problem}`;
}

describe("mutants of the protocols", function () {
  this.timeout(60_000);
  const caught = new Map<Mutant, Promise<string | undefined>>();

  before(() => {
    // Two processes at a time: each mutant waits for the one two places before it.
    const begun: Promise<unknown>[] = [];
    mutants.forEach((mutant, index) => {
      const turn = begun[index - atOnce] ?? Promise.resolve();
      const result = turn.then(() => catchOf(mutant));
      result.catch(() => undefined);
      begun.push(result.catch(() => undefined));
      caught.set(mutant, result);
    });
  });

  it(`unbroken, they pass ${seeds} seeds of the campaign`, async () => {
    const { status, output } = await campaign();
    assert.deepEqual({ status, ...(JSON.parse(output) as object) }, { status: 0, seed: seeds });
  });

  for (const mutant of mutants) {
    it(`caught: ${mutant.name}`, async () => {
      const how = await caught.get(mutant);
      assert.notEqual(how, undefined, "not caught");
      process.stdout.write(`      ${how!.slice(0, 150)}\n`);
    });
  }
});
