/** The same where mocha runs one file after the other, as it does with --no-parallel. */
import assert from "node:assert/strict";
import { mocha, nobodyWaits } from "./mocha.ts";

describe("a run of the tests without --parallel", function () {
  this.timeout(60_000);

  for (const [fixture, sentence] of [
    ["leaking-promise", nobodyWaits],
    ["leaking-late", nobodyWaits],
    ["leaking-error", /Error: thrown too late/],
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
});
