/**
 * The package as users get it: packed, installed in an empty folder, and used from there. Needs a registry for the
 * dependencies.
 */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../../../", import.meta.url));

const program = `
import { line } from "troupe/chart";
import { connect } from "troupe/client";
import { experiment } from "troupe/experiment";
import { count } from "troupe/parameters";
import { solve } from "troupe/languages/configuration/solve";
import { majority } from "troupe/protocols/call/collator";
import { exponential } from "troupe/sim/chance/lifetimes";
import { Stage } from "troupe/sim/stage";
import { World } from "troupe/sim/world";

class Counter {
  value = 0;
  add(amount: number): number {
    return (this.value += amount);
  }
}
const stage = new Stage(new World({ seed: "types" }));
stage.troupe("counter", () => new Counter(), 3, {
  binding: "ringmaster",
  ordering: "commit",
  replacement: { spares: 1, time: exponential(60_000) },
});
const counter = await connect().bind(Counter, "counter", { collator: majority });
export const sum: number = await counter.add(1);
// @ts-expect-error: a number is added
await counter.add("1");
export const known = [line, experiment, count, solve];
`;

describe("the package, packed and installed in an empty folder", function () {
  this.timeout(1_200_000);
  let folder: string;

  function run(where: string, command: string, ...words: string[]): string {
    // The tests' own settings of npm are not the user's.
    const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name)));
    try {
      return execFileSync(command, words, { cwd: where, encoding: "utf8", env, stdio: ["ignore", "pipe", "pipe"] });
    } catch (error) {
      const { stdout, stderr } = error as { stdout: string; stderr: string };
      throw new Error(`${command} ${words.join(" ")}\n${stdout}\n${stderr}`, { cause: error });
    }
  }
  const install = (where: string, ...words: string[]): string =>
    run(where, "npm", "install", "--prefer-offline", "--no-audit", "--no-fund", ...words);

  before(() => {
    folder = mkdtempSync(join(tmpdir(), "troupe-package-"));
    run(root, "npm", "pack", "--ignore-scripts", "--pack-destination", folder);
    const [packed] = readdirSync(folder);
    mkdirSync(join(folder, "app"));
    writeFileSync(join(folder, "app", "package.json"), '{ "name": "app", "private": true, "type": "module" }\n');
    install(join(folder, "app"), join(folder, packed!));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  for (const kind of ["module", "experiment"]) {
    it(`makes a new ${kind} whose test runs`, () => {
      const app = join(folder, "app");
      run(app, "npx", "troupe", "new", kind, `my ${kind}`);
      const made = join(app, `my ${kind}`);
      install(made);
      assert.match(run(made, "npm", "test"), /# pass 1\n# fail 0/);
      writeFileSync(join(made, "extra.ts"), program);
      run(made, "npx", "tsc");
      // Nor do the declarations ask for types of Node's.
      run(made, "npx", "tsc", "--ignoreConfig", "--types", "", "--skipLibCheck", "false", "--noEmit", "--target", "es2023", "--module", "nodenext", "--strict", "extra.ts"); // prettier-ignore
    });
  }

  it("runs an experiment of the user's own, and the demo", () => {
    const app = join(folder, "app");
    const out = run(join(app, "my experiment"), "npx", "troupe", "run", "wrong-members.ts", "--replications", "5");
    assert.match(out, /wrongAnswers/);
    assert.match(run(app, "npx", "troupe", "demo"), /Written to out\/demo/);
  });
});
