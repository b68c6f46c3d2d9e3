/** Exports of traces, read by the programs that they are for, in a real browser. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { chromeTrace } from "../../../harness/traces/chrome.ts";
import { readTrace } from "../../../harness/traces/read.ts";
import { selected } from "../../../harness/traces/select.ts";
import { shivizLog } from "../../../harness/traces/shiviz.ts";
import { browserOfSuite, openPage } from "./browser.ts";
import { badDay, conflict } from "./scenes.ts";

const speedscope = dirname(createRequire(import.meta.url).resolve("speedscope/package.json"));

describe("exports of a trace, in a browser", () => {
  const suite = browserOfSuite();

  it("open in speedscope, with a track for each thread at each machine", async () => {
    const view = readTrace(await badDay());
    const file = join(suite.directory, "profile.js");
    const data = Buffer.from(chromeTrace(view)).toString("base64");
    writeFileSync(file, `speedscope.loadFileFromBase64("day.json", "${data}")`);
    const { page } = await openPage(suite.browser);
    const errors: string[] = [];
    page.on("pageerror", (error) => errors.push(error.message));
    await page.goto(`${pathToFileURL(join(speedscope, "dist/release/index.html")).href}#localProfilePath=${file}`);
    const title = page.getByText("teller (pid 1), thread 1 of teller (tid 1)").first();
    await title.waitFor();
    assert.match(await title.innerText(), /\(1\/\d\)$/);
    await page.keyboard.press("3");
    await page.getByText("Symbol Name").waitFor();
    for (const [name, share] of [
      ["slowly()", "1.30s"],
      ["deposit(5)", "2.17ms"],
      ["refuse('no & <never>')", "300.93ms"],
    ] as const) {
      // The rows of the table come some frames after its head.
      const text = "document.body.innerText";
      await page.waitForFunction(
        `${text}.includes(${JSON.stringify(name)}) && ${text}.includes(${JSON.stringify(share)})`,
      );
    }
    assert.deepEqual(errors, []);
    await page.close();
  });

  it("open in ShiViz, which checks the clocks", async function () {
    const folder = process.env["SHIVIZ"];
    if (folder === undefined) {
      process.stderr.write(
        "    SHIVIZ names no clone of https://github.com/DistributedClocks/shiviz: it is not opened.\n",
      );
      this.skip();
    }
    const { page } = await openPage(suite.browser);
    await page.goto(pathToFileURL(join(folder, "index.html")).href);
    for (const trace of [await badDay(), await conflict()]) {
      const view = readTrace(trace);
      const selection = selected(view);
      const log = shivizLog(view, selection);
      const [count, hosts, edges] = await page.evaluate<[number, string[], number]>(`(() => {
        const parser = new LogParser(${JSON.stringify(log)}, null, new NamedRegExp("(?<event>.*)\\\\n(?<host>\\\\S*) (?<clock>{.*})"));
        const events = parser.getLogEvents("");
        const graph = new ModelGraph(events);
        let edges = 0;
        for (const host of graph.getHosts()) {
          for (let node = graph.getHead(host).getNext(); !node.isTail(); node = node.getNext()) edges += node.getChildren().length;
        }
        return [events.length, graph.getHosts(), edges];
      })()`);
      assert.equal(count, log.trim().split("\n").length / 2);
      assert.deepEqual(hosts.toSorted(), view.machines.map((name) => name.replaceAll(" ", "_")).toSorted());
      const messages = selection.arrows.filter(
        ({ lost, from, machine }) => lost === undefined && view.items[from]!.machine !== machine,
      );
      // A message that was overtaken by a later one of its sender has no edge.
      assert.ok(edges > 0.8 * messages.length && edges <= messages.length, `${edges} of ${messages.length}`);
    }
    // As a user does it: the file is chosen, and drawn.
    const file = join(suite.directory, "day.shiviz.log");
    writeFileSync(file, shivizLog(readTrace(await badDay()), selected(readTrace(await badDay()))));
    await page.evaluate(`document.querySelector("button.try").click()`);
    await page.locator("#file").setInputFiles(file);
    await page.waitForFunction(`document.querySelector("#input").value !== ""`);
    await page.evaluate(`document.querySelector("#visualize").click()`);
    await page.waitForFunction(`document.querySelectorAll("svg circle").length > 20`);
    await page.close();
  });
});
