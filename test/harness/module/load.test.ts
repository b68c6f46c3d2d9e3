/** What loads of users' TypeScript, and what is said of what does not load. */
import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { loadClass } from "../../../harness/load.ts";
import { packageRoot } from "../../../harness/package-root.ts";
import { codeOf } from "../../../harness/store/code.ts";
import { BadData } from "../../../sim/bad-data.ts";
import { Stage } from "../../../sim/stage.ts";
import { World } from "../../../sim/world.ts";

const ecKey = generateKeyPairSync("ec", {
  namedCurve: "P-256",
  publicKeyEncoding: { type: "spki", format: "pem" },
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
}).privateKey;
const modules = join(packageRoot, "test/modules");
type Methods = Record<string, (...args: unknown[]) => unknown>;

describe("a user's file", () => {
  let directory: string;
  before(() => (directory = mkdtempSync(join(tmpdir(), "troupe-"))));
  after(() => rmSync(directory, { recursive: true }));

  function write(name: string, ...lines: string[]): string {
    const path = join(directory, name);
    mkdirSync(join(path, ".."), { recursive: true });
    writeFileSync(path, `${lines.join("\n")}\n`);
    return path;
  }

  it("may have parameter properties, enums, namespaces, decorators, and imports as TypeScript takes them", async () => {
    const Shop = await loadClass(join(modules, "syntax/shop.ts"));
    const shop = new Shop() as unknown as Methods & { calls: object };
    assert.equal(shop["add"]!("tea", 100), "tea 115 ECU 8 NI");
    assert.equal(shop["count"]!(), 1);
    assert.deepEqual(shop.calls, { add: 1 });
    assert.deepEqual(Object.keys(shop), ["products", "step", "name", "calls"]);
  });

  it("may import JSON, with the attribute that Node wants and without", async () => {
    write("rates.json", '{ "tea": 3 }');
    for (const attribute of ["", ' with { type: "json" }']) {
      const text = `import rates from "./rates.json"${attribute}; export class Shop { price() { return rates.tea; } }`;
      const Shop = await loadClass(write(`shop${attribute.length}.ts`, text));
      assert.equal((new Shop() as unknown as Methods)["price"]!(), 3);
    }
  });

  it("is told how to use what node:process exports for others", async () => {
    const path = write("pid.ts", 'import { pid } from "node:process"; export class A { own() { return pid; } }');
    await assert.rejects(loadClass(path), /imports pid of node:process, .* import process, and write process\.pid/);
  });

  for (const [what, text, sentence] of [
    ["keys", "generateKeyPairSync('ed25519')", /crypto\.generateKeyPairSync is not the same at all members/],
    ["a channel", "new MessageChannel()", /MessageChannel is not the same at all members/],
    ["the path of Node", "process.execPath", /process\.execPath is not the same at all members/],
    ["a listener of the process", "process.on('exit', () => 1)", /process\.on is not the same at all members/],
    [
      "what describes the process",
      "Object.getOwnPropertyDescriptor(process, 'pid').value",
      /process\.pid is not the same at all members/,
    ],
    ["the status of the process", "process.exitCode = 1", /process\.exitCode is not the same at all members/],
    ["numbers of resources", "executionAsyncId()", /async_hooks\.executionAsyncId is not the same at all members/],
    ["a signature that holds chance", "createSign('sha256').update('a').sign(key)", /crypto\.sign is not the same/],
    ["the same at once", "sign('sha256', Buffer.from('a'), key)", /crypto\.sign is not the same at all members/],
    [
      "a prototype of the language",
      "Map.prototype.total = 1",
      /Map\.prototype of JavaScript is the language's own, and a call of act has changed it: .*; make it a field/,
    ],
    ["an object of the language", "Math.total = 1", /Math of JavaScript is the language's own, and a call of act/],
    ["a global variable", "globalThis.shared = 1", /a procedure sets shared of globalThis, .* make it a field/],
  ] as const) {
    it(`cannot have ${what} in a procedure`, async () => {
      const name = `outside-${what.replaceAll(" ", "-")}.mjs`;
      const imports =
        'import { createSign, generateKeyPairSync, sign } from "node:crypto"; import { executionAsyncId } from "node:async_hooks";';
      const type = await loadClass(
        write(
          name,
          imports,
          `const key = ${JSON.stringify(ecKey)};`,
          `export class A { act() { ${text}; return 1; } }`,
        ),
      );
      const world = new World({ seed: what });
      const stage = new Stage(world);
      stage.troupe("troupe", () => new type(), 1);
      const client = stage.client("client");
      const stub = client.import(type, "troupe") as unknown as Readonly<Record<string, () => Promise<unknown>>>;
      const ended = assert.rejects(
        client.thread(() => stub["act"]!()),
        sentence,
      );
      await world.run();
      await ended;
      Reflect.deleteProperty(Map.prototype, "total");
    });
  }

  it("may add to the language as it is loaded, which every member does", async () => {
    const text = 'String.prototype.shouted = function () { return this + "!"; };';
    const type = await loadClass(write("shouted.mjs", text, 'export class A { act() { return "a".shouted(); } }'));
    const world = new World({ seed: "shouted" });
    const stage = new Stage(world);
    stage.troupe("troupe", () => new type(), 2);
    const client = stage.client("client");
    const stub = client.import(type, "troupe") as unknown as Readonly<Record<string, () => Promise<unknown>>>;
    const answer = client.thread(() => stub["act"]!());
    await world.run();
    assert.equal(await answer, "a!");
    Reflect.deleteProperty(String.prototype, "shouted");
  });

  it("may have the decorators that its tsconfig.json asks for", async () => {
    const Audited = await loadClass(join(modules, "syntax/legacy/audited.ts"));
    assert.equal((new Audited() as unknown as Methods)["act"]!(), 1);
  });

  const refused: [what: string, name: string, text: string[], sentence: RegExp][] = [
    [
      "what is no TypeScript",
      "wrong.ts",
      ["export default class A {", "  x: number = ;", "}"],
      /wrong\.ts:2: Unexpected ";"/,
    ],
    [
      "a private field beside decorators",
      "hidden.ts",
      ["const d = (m: unknown): void => undefined;", "export default class A {", "  #x = 1;", "  @d m() {}", "}"],
      /hidden\.ts:3: a class with decorated members has a private field or an accessor; .* Write "private name"/,
    ],
    [
      "a part of Node that members see differently",
      "reads.ts",
      ["// A file.", 'import { readFileSync } from "fs";', "export default class A { m() { return readFileSync; } }"],
      /reads\.ts:2: node:fs is not the same at all members of a troupe\. .* static outside = \["node:fs"\]/,
    ],
    [
      "the environment, when the file is loaded",
      "home.ts",
      ["", "const home = process.env.HOME;", "export default class A { m() { return home; } }"],
      /home\.ts:2: process\.env is not the same/,
    ],
    [
      "a mark that marks nothing",
      "marked.ts",
      ['export default class A { static readonly outside = ["proces.env"]; m() {} }'],
      /marked\.ts: static outside names "proces\.env"; .* Did you mean process\.env/,
    ],
    [
      "an import that leads nowhere",
      "lost.ts",
      ["", 'import "./markd.js";', "export default class A { m() {} }"],
      /lost\.ts:2: there is no file \.\/markd\.js, .* Did you mean marked\.ts/,
    ],
    [
      "a package that is not there",
      "packed.ts",
      ['import { a } from "no-such-package/a";', "export default class A { m() { return a; } }"],
      /packed\.ts:1: there is no package that has no-such-package\/a; npm install no-such-package/,
    ],
  ];
  for (const [what, name, text, sentence] of refused) {
    it(`is refused for ${what}, with file and remedy`, async () => {
      const path = write(name, ...text);
      await assert.rejects(loadClass(path), (error) => {
        assert.ok(error instanceof BadData, String(error));
        assert.match(error.message, sentence);
        return true;
      });
    });
  }

  it("is refused for such a part that a file of CommonJS requires", async () => {
    write("lib/deep.cjs", "", 'module.exports = () => require("node:net");');
    const path = write(
      "deep.ts",
      'import deep from "./lib/deep.cjs";',
      "export default class A { m() { return deep(); } }",
    );
    const module = new (await loadClass(path))() as unknown as Methods;
    assert.throws(() => module["m"]!(), /deep\.cjs:2: node:net is not the same/);
  });

  it("may use what its class marks", async () => {
    const path = write(
      "allowed.ts",
      'import { existsSync } from "node:fs";',
      'export default class A { static readonly outside = ["node:fs"]; m() { return existsSync("/"); } }',
    );
    assert.equal((new (await loadClass(path))() as unknown as Methods)["m"]!(), true);
  });

  it("has the identity of all files that its imports lead to, however they name them", async () => {
    const entry = join(modules, "syntax/shop.ts");
    const { files, unseen } = await codeOf({ name: entry, url: pathToFileURL(entry).href, isUsers: true });
    const own = Object.keys(files).filter((name) => !name.startsWith("troupe/") && name.includes("."));
    assert.deepEqual(own.filter((name) => name.endsWith(".ts")).toSorted(), [
      "lib/index.ts",
      "lib/product.ts",
      "lib/tax.ts",
      "shop.ts",
    ]);
    assert.deepEqual(unseen, []);
  });
});
