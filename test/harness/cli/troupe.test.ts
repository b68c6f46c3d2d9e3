import assert from "node:assert/strict";
import { accessSync, constants, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { captured } from "./captured.ts";
import { inNewDirectory } from "./new-directory.ts";
import { program, troupe } from "./program.ts";

const fixture = (name: string): string => fileURLToPath(new URL(`../fixtures/${name}.js`, import.meta.url));

describe("troupe, the program", function () {
  // Real processes and threads: which of them is ahead is the system's to say.
  this.retries(2);
  this.timeout(60_000);
  inNewDirectory();

  it("is built executable: npx links to it, and sets no mode once it has linked", () => {
    accessSync(program, constants.X_OK);
  });

  it("prints exactly one JSON document of the fixed form", async () => {
    const words =
      "--workers 1 --members 1,2 --json --no-charts --out json --seed 7 --precision 0.2 --max-replications 40".split(
        " ",
      );
    const { status, out, err } = await troupe(process.cwd(), ["run", fixture("machines"), ...words]);
    assert.equal(status, 0, err);
    assert.equal(err, "");
    const document = JSON.parse(out) as { cells: Record<string, unknown>[] } & Record<string, unknown>;
    assert.deepEqual(Object.keys(document), ["experiment", "seed", "cells"]);
    assert.equal(document["seed"], "7");
    assert.equal(document.cells.length, 2);
    for (const [i, cell] of document.cells.entries()) {
      assert.deepEqual(Object.keys(cell), ["parameters", "replications", "converged", "measures"]);
      assert.deepEqual(cell["parameters"], {
        members: i + 1,
        lifetime: 3_600_000,
        replacement: 600_000,
        transitions: 400,
      });
      assert.equal(cell["converged"], true);
      const { unavailability } = cell["measures"] as Record<string, Record<string, number>>;
      assert.deepEqual(Object.keys(unavailability!), ["mean", "low", "high", "model"]);
      const { mean, low, high, model } = unavailability!;
      assert(low! < mean! && mean! < high! && Math.abs(model! - (1 / 7) ** (i + 1)) < 1e-12);
    }
  });

  it("blames the replication that waits for what never comes, when nothing else keeps the process alive", async () => {
    const words = ["run", fixture("stubborn"), "--waits", "--replication", "0"];
    const { status, err } = await troupe(process.cwd(), words);
    assert.equal(status, 1);
    const head = 'troupe: replication 0 of stubborn failed under seed "1985":\n\n';
    assert(err.startsWith(`${head}Error: it waits for something that never happens`), err);
  });

  it("ends when it has refused a class whose file keeps the process alive", async () => {
    const client = new URL("../../../harness/client.js", import.meta.url).href;
    writeFileSync("alive.mjs", `import { connect } from "${client}";\nexport const client = connect();\n`);
    const { status, err } = await troupe(process.cwd(), ["serve", "alive.mjs", "--name", "bank"]);
    assert.equal(status, 2);
    assert.equal(err, "troupe: alive.mjs exports no class: export default class Bank { ... }.\n");
  });

  it("lists commands and experiments", async () => {
    const all = await captured([]);
    const list = await troupe(process.cwd(), ["list"]);
    for (const command of ["run", "sweep", "chart", "demo", "list"])
      assert(all.out.includes(`troupe ${command}`), command);
    assert.equal(list.status, 0, list.err);
    assert.match(list.out, /^experiment +question/);
  });
});
