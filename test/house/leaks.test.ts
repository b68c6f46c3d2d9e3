/** The suite fails when a test leaves a rejected promise, or an error, that nobody waits for (test/leaks.ts). */
import assert from "node:assert/strict";
import { mocha, nobodyWaits } from "./mocha.ts";

describe("a run of the tests", function () {
  this.timeout(60_000);

  it("fails for each file that leaks, in whichever worker and after whichever file", () => {
    const { status, output } = mocha(
      ["sound", "sound-too", "leaking-promise", "leaking-late", "leaking-error"],
      "--parallel",
      "--jobs",
      "2",
    );
    assert.equal(status, 3, output);
    assert.match(output, /5 passing[^]*3 failing/);
    assert.equal(output.split(nobodyWaits).length - 1, 2, output);
    // In the files that one writes, not in those that the compiler has written.
    assert.match(output, /at complain \(test\/leaks\.ts:\d+:\d+\)/);
    // A busy machine throws while mocha still listens itself.
    assert.match(output, /Error: thrown too late/);
  });
});
