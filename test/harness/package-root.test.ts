import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { commit, locate, version } from "../../harness/package-root.ts";

describe("the package on disk", () => {
  it("has a version, and a commit where it is a git checkout", () => {
    assert.match(version(), /^\d+\.\d+\.\d+/);
    if (existsSync(".git")) assert.match(commit()!, /^[0-9a-f]{40}(\+changes)?$/);
  });

  it("lends its own files to any directory, where there is none of that name", () => {
    const before = process.cwd();
    process.chdir(tmpdir());
    try {
      assert(locate("package.json").startsWith("/") && existsSync(locate("package.json")));
      assert.equal(locate("no-such-file"), "no-such-file");
    } finally {
      process.chdir(before);
    }
    assert.equal(locate("package.json"), "package.json");
  });
});
