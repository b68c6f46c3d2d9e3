/** Which constructors must be given arguments. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { instance, loadClass } from "../../../harness/load.ts";
import { argumentsNeeded } from "../../../harness/module/constructors.ts";
import { packageRoot } from "../../../harness/package-root.ts";

const path = join(packageRoot, "test/modules/made/constructors.ts");

describe("a constructor", () => {
  for (const [name, needed] of Object.entries({
    Optional: 0,
    Preset: 0,
    Rest: 0,
    Pattern: 0,
    Inherited: 0,
    Overloaded: 0,
    Needs: 1,
  })) {
    it(`of ${name} needs ${needed} arguments`, async () => {
      const type = await loadClass(path, name);
      assert.equal(argumentsNeeded(type), needed);
      if (needed === 0) assert.ok(instance(type, path, []) instanceof type);
      else assert.throws(() => instance(type, path, []), /its constructor takes 1 argument, and is given 0/);
    });
  }
});
