/** `troupe check` of classes that take longer: a method that never returns, and a large state. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { packageRoot } from "../../../harness/package-root.ts";
import { captured } from "./captured.ts";

describe("troupe check", () => {
  it("names results that cannot travel and a method that never returns, and checks the other methods", async () => {
    const answers = join(packageRoot, "test/modules/wrong/answers.ts");
    const words = ["check", answers, "--courses", "1", "--calls", "8", "--timeout", "1s"];
    const { status, out } = await captured(words);
    assert.equal(status, 1);
    assert.match(out, /wrong: call \d+, spin\(\): it had not returned after 1s/);
    assert.match(out, /wrong: call \d+, receipt\(\): result is an instance of Receipt, which cannot be externalized/);
    assert.match(
      out,
      /wrong: call \d+, ring\(\): result\.next\.next\.[.next]+ is nested more than 200 deep, or contains itself/,
    );
    assert.match(out, /note: refuse raised an error in every call: TypeError: not today/);
    assert.equal(out.match(/^wrong: /gm)!.length, 3);
  });

  it("compares a large state more rarely, and names the call nevertheless", async () => {
    const archive = join(packageRoot, "test/modules/wrong/archive.ts");
    const { status, out, err } = await captured(["check", archive, "--courses", "1", "--calls", "6"]);
    assert.equal(status, 1);
    assert.match(out, /wrong: after call \d+, seal\(\): member 1 and member \d differ in state\.stamp: 0\.\d+ against/);
    assert.match(err, /Archive would go wrong as a troupe \(1 found\)/);
  });
});
