/** The suite fails when a test leaves a rejected promise, or an error, that nobody waits for (test/leaks.ts). */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../../", import.meta.url));

/** Runs mocha as `npm test` does, on fixtures, in the order given. */
function mocha(
  fixtures: readonly string[],
  ...modes: string[]
): { readonly status: number | null; readonly output: string } {
  const specs = fixtures.map((name) => `dist/test/house/fixtures/${name}.js`);
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ["node_modules/mocha/bin/mocha.js", ...modes, ...specs],
    {
      cwd: root,
      encoding: "utf8",
    },
  );
  return { status, output: stdout + stderr };
}

const nobodyWaits = /nobody waits for: Error: left alone/;

describe("a run of the tests", function () {
  this.timeout(60_000);

  for (const [fixture, sentence] of [
    ["leaking-promise", nobodyWaits],
    ["leaking-late", nobodyWaits],
    ["leaking-error", /Error: left alone/],
  ] as const) {
    it(`fails with ${fixture}, one file after the other`, () => {
      const { status, output } = mocha([fixture], "--no-parallel");
      assert.notEqual(status, 0, output);
      assert.match(output, sentence);
    });
  }

  it("passes if every promise is awaited, one file after the other", () => {
    const { status, output } = mocha(["sound", "sound-too"], "--no-parallel");
    assert.equal(status, 0, output);
    assert.match(output, /2 passing/);
  });

  it("fails for each file that leaks, in whichever worker and after whichever file", () => {
    const { status, output } = mocha(
      ["sound", "sound-too", "leaking-promise", "leaking-late", "leaking-error"],
      "--parallel",
    );
    assert.equal(status, 3, output);
    assert.match(output, /5 passing[^]*3 failing/);
    assert.equal(output.split(nobodyWaits).length - 1, 2, output);
    assert.match(output, /nobody catches: Error: left alone/);
  });
});
