/** The suite fails when a test leaves a rejected promise, or an error, that nobody waits for (test/leaks.ts). */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../../", import.meta.url));

/** Runs mocha as `npm test` does, on one fixture. */
function mocha(fixture: string, mode: string): { readonly status: number | null; readonly output: string } {
  const spec = `dist/test/house/fixtures/${fixture}.js`;
  const { status, stdout, stderr } = spawnSync(process.execPath, ["node_modules/mocha/bin/mocha.js", mode, spec], {
    cwd: root,
    encoding: "utf8",
  });
  return { status, output: stdout + stderr };
}

describe("a run of the tests", function () {
  this.timeout(60_000);

  for (const mode of ["--no-parallel", "--parallel"]) {
    for (const fixture of ["leaking-promise", "leaking-late", "leaking-error"]) {
      it(`fails with ${fixture}, ${mode}`, () => {
        const { status, output } = mocha(fixture, mode);
        assert.notEqual(status, 0, output);
        assert.match(output, fixture === "leaking-error" ? /Error: left alone/ : /nobody waits for: Error: left alone/);
      });
    }

    it(`passes if every promise is awaited, ${mode}`, () => {
      const { status, output } = mocha("sound", mode);
      assert.equal(status, 0, output);
      assert.match(output, /1 passing/);
    });
  }
});
