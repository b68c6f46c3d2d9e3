import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { parse, tokenizer, type Node } from "acorn";
import { findExperiment } from "../../../harness/sources.ts";
import { packageRoot } from "../../../harness/package-root.ts";
import { codeOf, importsOf, withoutCommentLines } from "../../../harness/store/code.ts";

describe("the files that tsc writes", () => {
  const files = ["protocols", "languages", "sim", "udp", "harness", "experiments"].flatMap((room) =>
    readdirSync(join(packageRoot, "dist", room), { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".js"))
      .map((name) => join(packageRoot, "dist", room, name)),
  );
  const options = { ecmaVersion: "latest", sourceType: "module", allowHashBang: true } as const;
  const tokens = (text: string): string[] =>
    [...tokenizer(text, options)].map(({ type, start, end }) => `${type.label} ${text.slice(start, end)}`);

  it("lose comments and nothing else, line by line", () => {
    assert(files.length > 100);
    for (const file of files) {
      const text = readFileSync(file, "utf8");
      assert.deepEqual(tokens(withoutCommentLines(text)), tokens(text), file);
    }
  });

  it("import what is found without a parser", () => {
    for (const file of files) {
      const text = readFileSync(file, "utf8");
      const found: string[] = [];
      const nodes: unknown[] = [parse(text, options)];
      for (let node = nodes.pop(); node !== undefined; node = nodes.pop()) {
        if (typeof node !== "object" || node === null) continue;
        const { type, source } = node as Node & { source?: { value?: unknown } };
        const isImport = /^(Import|Export\w+)Declaration$|^ImportExpression$/.test(type ?? "");
        if (isImport && typeof source?.value === "string") found.push(source.value);
        for (const each of Object.values(node)) if (each !== undefined) nodes.push(each);
      }
      assert.deepEqual(new Set(importsOf(withoutCommentLines(text))), new Set(found), file);
    }
  });
});

const helper = `export function law(random: () => number): number {
  return random();
}
`;

const mine = `/** A comment. */
import { experiment } from "troupe/experiment";
import { count } from "troupe/parameters";
import { line } from "troupe/chart";
import { law } from "./lib/law.ts";

export default experiment({
  name: "mine",
  question: "What comes out?",
  parameters: { members: count(3, "degree of replication") },
  measures: { value: { help: "a value", unit: "ms" } },
  run: (p, replication) => ({ value: p.members * law(replication.random("law")) }),
  model: { value: (p) => p.members / 2 },
  charts: [line({ x: "members", y: "value" })],
});
`;

describe("the code that computes a row", () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "troupe-"));
    mkdirSync(join(directory, "lib"));
    write("lib/law.ts", helper);
    write("mine.ts", mine);
  });
  afterEach(() => rmSync(directory, { recursive: true }));
  const write = (name: string, text: string): void => writeFileSync(join(directory, name), text);
  const codeIn = (name: string) => codeOf({ name, url: pathToFileURL(join(directory, name)).href, isUsers: true });

  it("is every local file that it imports, and the package's own, down to its dependencies", async () => {
    const { files, unseen } = await codeIn("mine.ts");
    const names = Object.keys(files);
    for (const name of [
      "mine.ts",
      "lib/law.ts",
      "troupe/harness/run/replicate.js",
      "troupe/sim/world.js",
      "seedrandom",
    ]) {
      assert(names.includes(name), `${name} in ${names.join(" ")}`);
    }
    assert(!names.some((name) => /chart|report|cli\//.test(name)), names.join(" "));
    assert.deepEqual(unseen, []);
    const own = await codeOf(findExperiment("replacement"));
    assert("troupe/sim/troupes/followed-troupe.js" in own.files && "troupe/protocols/host.js" in own.files);
  });

  const same: [what: string, text: string][] = [
    ["a comment", mine.replace("A comment.", "Another comment, with more to it.")],
    ["the format", mine.replaceAll("  ", "      ").replace("p.members * law", "p.members    *\n      law")],
    ["a title", mine.replace("What comes out?", "Which value comes out?")],
    ["a chart", mine.replace('y: "value" }', 'y: "value", log: "y" }')],
    ["what a measure is called", mine.replace('"a value", unit: "ms"', '"the value", unit: "s", precision: 0.01')],
    ["a model", mine.replace("p.members / 2", "p.members / 3")],
    ["another grid", mine.replace("charts: [", 'sweep: { members: "1..5" },\n  charts: [')],
  ];
  for (const [what, text] of same) {
    it(`is the same with ${what} changed`, async () => {
      assert.notEqual(text, mine);
      const before = await codeIn("mine.ts");
      write("mine.ts", text);
      assert.deepEqual(await codeIn("mine.ts"), before);
    });
  }

  it("is another when what runs is changed, in the experiment, a helper, or what a helper reads", async () => {
    const before = await codeIn("mine.ts");
    write("mine.ts", mine.replace("p.members * law", "p.members + law"));
    assert.notEqual((await codeIn("mine.ts")).hash, before.hash);
    write("mine.ts", mine);
    write("lib/law.ts", helper.replace("random()", "random() ** 2"));
    const after = await codeIn("mine.ts");
    assert.notEqual(after.hash, before.hash);
    const changed = Object.keys(after.files).filter((name) => after.files[name] !== before.files[name]);
    assert.deepEqual(changed, ["lib/law.ts"]);

    write(
      "lib/law.ts",
      `import { readFileSync } from "node:fs";\nexport const law = (random: () => number) => random() * Number(readFileSync(new URL("./factor.txt", import.meta.url)));\n`,
    );
    write("lib/factor.txt", "2");
    const two = await codeIn("mine.ts");
    write("lib/factor.txt", "3");
    assert.notEqual((await codeIn("mine.ts")).hash, two.hash);
  });

  it("follows what is imported later and by require, and says what nobody can follow", async () => {
    write(
      "lib/law.ts",
      'export const law = async (name: string) => [await import("./late.mjs"), await import(name)];\n',
    );
    write(
      "lib/late.mjs",
      'import { createRequire } from "node:module";\nconst require = createRequire(import.meta.url);\nrequire("./old.cjs");\n',
    );
    write("lib/old.cjs", "module.exports = 1;\n");
    const { files, unseen } = await codeIn("mine.ts");
    assert("lib/late.mjs" in files && "lib/old.cjs" in files, Object.keys(files).join(" "));
    assert.deepEqual(unseen, ["lib/law.ts imports a file by a computed name"]);
  });

  it("does not depend on the name or place of the experiment's file", async () => {
    write("yours.ts", mine);
    assert.equal((await codeIn("mine.ts")).hash, (await codeIn("yours.ts")).hash);
  });
});
