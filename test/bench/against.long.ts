/** `npm run bench -- --against`: builds a revision, measures both, and leaves nothing behind. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const main = fileURLToPath(new URL("../../bench/main.js", import.meta.url));

describe("bench --against", function () {
  this.timeout(600_000);
  let temporary = "";

  beforeEach(() => {
    temporary = mkdtempSync(join(tmpdir(), "against-test-"));
  });

  afterEach(() => rmSync(temporary, { recursive: true, force: true }));

  function bench(...words: string[]): { status: number | null; stdout: string; stderr: string } {
    const env = { ...process.env, TMPDIR: temporary };
    return spawnSync(process.execPath, [main, ...words], { encoding: "utf8", env });
  }

  it("compares with the same revision: nearly 1", () => {
    const { status, stdout, stderr } = bench("--against", "HEAD", "--only", "memory", "--json");
    assert.equal(status, 0, stderr);
    const { benchmarks } = JSON.parse(stdout) as {
      benchmarks: { rows: { peer: { name: string; ratio: number } }[] }[];
    };
    const { peer } = benchmarks[0]!.rows[0]!;
    assert.equal(peer.name, "HEAD");
    assert.ok(Math.abs(peer.ratio - 1) < 0.1, `ratio ${peer.ratio}`);
    assert.deepEqual(readdirSync(temporary), []);
  });

  it("says in a sentence that a revision or a row is unknown", () => {
    for (const [words, sentence] of [
      [["--against", "nowhere"], /^--against nowhere: expected a commit, branch or tag of this repository\./],
      [["--against", "HEAD", "--only", "memry"], /^--only memry: expected one of calls, .*Did you mean memory\?$/],
    ] as const) {
      const { status, stdout, stderr } = bench(...words);
      assert.deepEqual([status, stdout], [2, ""]);
      assert.match(stderr.trimEnd(), sentence);
      assert.deepEqual(readdirSync(temporary), []);
    }
  });
});
