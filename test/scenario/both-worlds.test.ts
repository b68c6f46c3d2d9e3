/** "Run unchanged": one scenario, one set of protocol files, two worlds. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Played } from "./run.ts";

const sum = (from: number, to: number): number => ((to - from + 1) * (from + to)) / 2;
const expected = {
  receipts: Array.from({ length: 50 }, (_, i) => `received ${i + 1}`),
  printed: 50_000,
  balances: [sum(1, 50), sum(31, 50), sum(1, 50)],
};

/** Runs the scenario in a process of its own, which loads nothing else; and the files that were loaded, with hashes. */
async function playIn(world: string, directory: string): Promise<Played & { readonly files: readonly string[] }> {
  const list = join(directory, world);
  const file = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
  const words = ["--import", file("record-modules.js"), file("run.js"), world];
  const env = { ...process.env, LOADED_MODULES: list };
  const { stdout } = await promisify(execFile)(process.execPath, words, { env });
  return { ...(JSON.parse(stdout) as Played), files: readFileSync(list, "utf8").trim().split("\n").toSorted() };
}

/** That the scenario met what it is about: a trace without losses and repetitions would show little. */
function checkPlayed({ outcome, types, complaints }: Played): void {
  assert.deepEqual(outcome, expected);
  assert.deepEqual(complaints, []);
  for (const type of ["retransmit", "duplicate", "acknowledge", "peer-crashed", "end", "execute"]) {
    assert.ok(types.includes(type), `no event "${type}"`);
  }
}

describe("one scenario file", () => {
  let simulated: Awaited<ReturnType<typeof playIn>>;
  let real: typeof simulated;
  before(async () => {
    const directory = mkdtempSync(join(tmpdir(), "troupe-"));
    try {
      [simulated, real] = await Promise.all([playIn("simulated", directory), playIn("real", directory)]);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  it("runs on the simulator", () => checkPlayed(simulated));

  it("runs on real sockets, with the same outcome", () => checkPlayed(real));

  it("uses the same protocol files in both worlds, byte for byte", () => {
    assert.deepEqual(real.files, simulated.files);
    for (const name of ["message/endpoint.js", "message/outgoing-call.js", "program/program.js", "wire/segment.js"]) {
      assert.ok(
        real.files.some((line) => line.includes(`/dist/protocols/${name} `)),
        name,
      );
    }
  });
});
