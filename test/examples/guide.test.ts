/** docs/guide.md: each of its programs compiles without an error, and runs to its end with all that it asserts. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../../harness/package-root.ts";

describe("the guide", () => {
  const text = readFileSync(join(packageRoot, "docs/guide.md"), "utf8");
  const sections = text.split(/^## /m).slice(1);
  const programs = sections.map((section) => /^```ts\n([\s\S]*?)^```$/m.exec(section)?.[1] ?? "");
  let directory: string;

  before(() => {
    // Within the package, so that its own name leads to it.
    mkdirSync(join(packageRoot, "out"), { recursive: true });
    directory = mkdtempSync(join(packageRoot, "out/guide-"));
    programs.forEach((program, i) => writeFileSync(join(directory, `program-${i}.ts`), program));
  });
  after(() => rmSync(directory, { recursive: true }));

  it("has a program with an assertion in every section", () => {
    assert.ok(programs.length >= 6, `${programs.length} sections`);
    for (const [i, program] of programs.entries()) assert.match(program, /\bassert\./, sections[i]!.split("\n")[0]);
  });

  it("has programs without an error of type", () => {
    const compilerOptions = {
      composite: false,
      noEmit: true,
      allowImportingTsExtensions: true,
      rewriteRelativeImportExtensions: false,
    };
    const config = { extends: "../../tsconfig.base.json", compilerOptions, include: ["*.ts"] };
    writeFileSync(join(directory, "tsconfig.json"), JSON.stringify(config));
    const tsc = join(packageRoot, "node_modules/typescript/bin/tsc");
    const { status, stdout } = spawnSync(process.execPath, [tsc, "-p", directory], { encoding: "utf8" });
    assert.equal(status, 0, stdout);
  });

  it("has programs that run", () => {
    const all = programs.map((_, i) => `await import("./program-${i}.ts");`).join("\n");
    writeFileSync(join(directory, "all.ts"), `${all}\nconsole.log("all ran");\n`);
    const words = ["--import", "troupe/register", join(directory, "all.ts")];
    const { status, stdout, stderr } = spawnSync(process.execPath, words, { encoding: "utf8", cwd: packageRoot });
    assert.equal(status, 0, stderr);
    assert.equal(stdout, "all ran\n");
  });
});
