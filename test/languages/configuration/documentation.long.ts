/** docs/configuration.md: each example is run, and prints what stands below it. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { keywords } from "../../../languages/configuration/scanner.ts";

const root = fileURLToPath(new URL("../../../../", import.meta.url));
const page = readFileSync(join(root, "docs/configuration.md"), "utf8");

function blocks(language: string): string[] {
  return [...page.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, "gm"))].map(([, block]) => block!);
}

describe("the page that teaches the configuration language", () => {
  const directory = mkdtempSync(join(tmpdir(), "troupe-configuration-"));
  after(() => rmSync(directory, { recursive: true }));
  writeFileSync(join(directory, "machines.csv"), blocks("csv")[0]!);
  const texts = blocks("troupe");
  const outputs = blocks("text");

  it("has ten examples, each with what it prints", () => {
    assert.equal(texts.length, 10);
    assert.equal(outputs.length, 10);
  });

  for (const [i, text] of texts.entries()) {
    it(`prints what is said in example ${i + 1}`, () => {
      writeFileSync(join(directory, "bank.troupe"), text);
      const words = ["configure", "solve", "bank.troupe", "--machines", "machines.csv"];
      let printed: string;
      try {
        const main = join(root, "dist/harness/cli/main.js");
        printed = execFileSync(process.execPath, [main, ...words], { cwd: directory, encoding: "utf8", stdio: "pipe" });
      } catch (error) {
        const { status, stderr } = error as { status: number; stderr: string };
        assert.equal(status, 1);
        printed = stderr.replace("troupe: ", "");
      }
      assert.equal(printed, outputs[i]);
    });
  }

  it("has a grammar for editors that knows every word of the language", () => {
    const grammar = readFileSync(join(root, "languages/configuration/troupe.tmLanguage.json"), "utf8");
    const { patterns } = JSON.parse(grammar) as { patterns: { match?: string; name?: string }[] };
    const words = patterns.filter(({ name }) => name !== undefined && !/function|property/.test(name));
    for (const keyword of keywords) {
      const named = words.find(({ match }) => match !== undefined && new RegExp(`^(?:${match})$`).test(keyword));
      assert.ok(named !== undefined, keyword);
    }
  });
});
