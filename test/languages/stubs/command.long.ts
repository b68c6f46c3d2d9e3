/** `troupe stubs`: writes all stubs or none, and never over a file that it did not write. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { directory, root } from "./emitted.ts";

function run(path: string, ...words: string[]): { status: number | null; stdout: string; stderr: string } {
  const command = [join(root, "dist/harness/cli/main.js"), "stubs", ...words];
  return spawnSync(process.execPath, command, { cwd: path, encoding: "utf8" });
}

const bank = readFileSync(join(root, "test/languages/stubs/bank.cr"), "utf8");

describe("troupe stubs", function () {
  this.timeout(60_000);
  let path = "";

  beforeEach(() => {
    path = directory();
    writeFileSync(join(path, "bank.cr"), bank);
  });

  it("writes a module for each program, and writes it again", () => {
    for (let i = 0; i < 2; i++) {
      const { status, stdout, stderr } = run(path, "bank.cr", "--out", "stubs", "--collator", "deposit=majority");
      assert.deepEqual([status, stdout, stderr], [0, "stubs/Bank1.ts\n", ""]);
    }
    const text = readFileSync(join(path, "stubs/Bank1.ts"), "utf8");
    assert.match(text, /^\/\*\* Stubs of Bank, compiled from bank\.cr by `troupe stubs`: do not edit\. \*\/\n/);
    assert.match(text, /export function bindBank\(/);
    assert.match(text, /collator: majority,/);
  });

  it("makes the client say which troupe it calls, where that is asked for", () => {
    assert.equal(run(path, "bank.cr", "--out", "stubs", "--binding", "explicit", "--calls", "open").status, 0);
    const text = readFileSync(join(path, "stubs/Bank1.ts"), "utf8");
    assert.match(text, /export function importBank\(\s*program: Program,\s*troupe: Troupe,/);
    assert.match(text, /open\(calls: AsyncIterableIterator<CallerArguments<\[name: AccountName\]>>\): Promise<void>;/);
  });

  for (const [what, words, sentence] of [
    [
      "a missing --out",
      ["bank.cr"],
      /^troupe: stubs needs a directory to write to: troupe stubs bank\.cr --out DIR\.\n$/,
    ],
    ["a missing file", ["bnk.cr", "--out", "o"], /^troupe: there is no file bnk\.cr\.\n$/],
    [
      "a file of another kind",
      ["package.json", "--out", "o"],
      /^troupe: package\.json: expected a Courier specification/,
    ],
    ["a mistake", ["bad.cr", "bank.cr", "--out", "o"], /^troupe: bad\.cr:1:34: expected .*\n1 \| .*\n {2}\| +\^+\n$/],
    [
      "an unknown procedure",
      ["bank.cr", "--out", "o", "--calls", "opn"],
      /^troupe: there is no procedure opn in bank\.cr; open is near\.\n$/,
    ],
    [
      "an unknown collator",
      ["bank.cr", "--out", "o", "--collator", "open=majorty"],
      /majority, watchdog; majority is near\.\n$/,
    ],
    [
      "an unknown binding",
      ["bank.cr", "--out", "o", "--binding", "late"],
      /--binding takes implicit or explicit, not "late"/,
    ],
  ] as const) {
    it(`answers ${what} in a sentence, with status 2 and nothing written`, () => {
      writeFileSync(join(path, "bad.cr"), "P: PROGRAM 1 VERSION 1 = BEGIN T TYPE = STRING; END.\n");
      const { status, stdout, stderr } = run(path, ...words);
      assert.match(stderr, sentence);
      assert.deepEqual([status, stdout], [2, ""]);
      assert.equal(existsSync(join(path, "o")), false);
    });
  }

  it("compiles the modules that are named, without their state where that is asked for", () => {
    const more =
      "export class Log { #lines: string[] = []; add(line: string): number { return this.#lines.push(line); } }\n";
    writeFileSync(join(path, "two.ts"), `${more}export interface Other { f(x: () => void): void }\n`);
    assert.match(run(path, "two.ts", "--out", "o", "--module", "Log").stderr, /its field #lines is private/);
    assert.match(
      run(path, "two.ts", "--out", "o", "--module", "Logg").stderr,
      /two\.ts: no module Logg; Log is near\./,
    );
    assert.equal(existsSync(join(path, "o")), false);
    const { status, stdout } = run(path, "two.ts", "--out", "o", "--module", "Log", "--no-state");
    assert.deepEqual([status, stdout], [0, "o/LogStubs.ts\n"]);
  });

  it("leaves a file alone that it did not write", () => {
    writeFileSync(join(path, "Bank1.ts"), "export const mine = 1;\n");
    const { status, stderr } = run(path, "bank.cr", "--out", ".");
    assert.equal(status, 2);
    assert.match(stderr, /^troupe: Bank1\.ts was not written by `troupe stubs`, and is left as it is/);
    assert.equal(readFileSync(join(path, "Bank1.ts"), "utf8"), "export const mine = 1;\n");
    assert.equal(readdirSync(path).filter((name) => name.endsWith(".ts")).length, 1);
  });
});

describe("stubs that are kept in the repository", () => {
  it("are what the compiler makes of their interfaces", () => {
    const path = directory();
    for (const [source, out] of [["bench/stubs/trade.cr", "bench/stubs/Trading1.ts"]] as const) {
      const { status, stderr } = run(root, source, "--out", path);
      assert.equal(status, 0, stderr);
      const plain = (file: string) => readFileSync(file, "utf8").replace(/\s|,(?=\s*[\])}])/g, "");
      assert.equal(plain(join(path, out.replace(/.*\//, ""))), plain(join(root, out)), out);
    }
  });
});
