/** Reports in a real browser: charts come to life, filters filter, and nothing is asked of the network. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { Locator, Page } from "playwright-core";
import { packageRoot } from "../../../harness/package-root.ts";
import { TraceFile } from "../../../sim/trace-file.ts";
import { captured } from "../cli/captured.ts";
import { browserOfSuite, openPage } from "../traces/browser.ts";
import { badDay } from "../traces/scenes.ts";

const fixture = (name: string): string => fileURLToPath(new URL(`../fixtures/${name}.js`, import.meta.url));
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** CPU seconds of the thread of the page that is opened: parsing, style, layout, program. */
async function cpuOfOpening(page: Page, path: string): Promise<number> {
  const session = await page.context().newCDPSession(page);
  await session.send("Performance.enable", { timeDomain: "threadTicks" });
  const taken = async (): Promise<number> => {
    const { metrics } = await session.send("Performance.getMetrics");
    return metrics.find(({ name }) => name === "TaskDuration")!.value;
  };
  const before = await taken();
  await page.goto(pathToFileURL(path).href);
  await page.locator("#shown").filter({ hasText: "runs are shown" }).waitFor();
  return (await taken()) - before;
}

/** What axe finds wrong, as sentences. */
async function faults(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  const { violations } = await page.evaluate<{
    violations: { id: string; nodes: { html: string; failureSummary: string }[] }[];
  }>("axe.run(document, { resultTypes: ['violations'] })");
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 200)}: ${failureSummary}`),
  );
}

describe("a report, in a browser", function () {
  this.timeout(300_000);
  const suite = browserOfSuite();
  let file: string;
  let results: string;

  before(async () => {
    const at = (name: string): string => join(suite.directory, name);
    const run = ["--workers", "1", "--quiet", "--no-check"];
    for (const words of [
      ["sweep", fixture("machines"), "--out", at("machines"), ...run],
      ["run", fixture("hostile"), "--level", "1..3", "--kind", `<i>one</i>,a & 'b'`, "--out", at("hostile"), ...run],
      [
        "run",
        fixture("round-trips"),
        "--members",
        "1..3",
        "--collator",
        "unanimous,majority",
        "--out",
        at("trips"),
        ...run,
      ],
      ["run", "call-latency", "--calls", "3", "--replications", "2", "--no-charts", "--out", at("latency"), ...run],
    ]) {
      const { status, err } = await captured(words);
      assert.equal(status, 0, err);
    }
    file = at("report.html");
    const runs = ["machines", "hostile", "trips"].map(at);
    const day = new TraceFile(at("day.jsonl"));
    for (const event of await badDay()) day.listener(event);
    day.close();
    const traces = ["--trace", at("day.jsonl"), "--trace", at("latency")];
    assert.equal((await captured(["report", ...runs, "--out", file, ...traces])).status, 0);
    const all = readdirSync(join(packageRoot, "results"), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => join(packageRoot, "results", name));
    results = at("results.html");
    assert.equal((await captured(["report", ...all, "--out", results])).status, 0);
  });

  const opened = async (path = file): Promise<{ page: Page; wrong: string[] }> => {
    const { page, wrong } = await openPage(suite.browser);
    await page.goto(pathToFileURL(path).href);
    return { page, wrong };
  };
  const shown = async (page: Page): Promise<string[]> =>
    page.$$eval("section.run:not([hidden])", (all: { id: string }[]) => all.map(({ id }) => id));

  it("draws charts whose lines are picked out by buttons, and whose points tell their figures", async () => {
    const { page, wrong } = await opened();
    const figure = page.locator("#run-machines figure").first();
    await figure.scrollIntoViewIfNeeded();
    await figure.locator("svg").waitFor();
    assert.ok(await figure.locator("img").isHidden());
    const faint = async (): Promise<number> => figure.locator('svg [opacity="0.1"]').count();
    assert.equal(await faint(), 0);
    const button = figure.getByRole("button", { name: "5m" });
    await button.focus();
    await page.keyboard.press("Enter");
    assert.equal(await button.getAttribute("aria-pressed"), "true");
    await figure.locator('svg [opacity="0.1"]').first().waitFor();
    assert.ok((await faint()) >= 5);
    await button.click();
    await figure.locator('svg [opacity="0.1"]').first().waitFor({ state: "detached" });
    await figure.locator("svg path[aria-label], svg .mark-symbol.role-mark path").last().hover();
    const tooltip = page.locator("#vg-tooltip-element.visible");
    await tooltip.waitFor();
    assert.match(await tooltip.innerText(), /line\W+\d+m\W+members\W+\d\W+unavailability\W+[\d.e−-]+\W+95% interval/);
    assert.deepEqual(wrong, []);
    await page.close();
  });

  it("shows the runs and the lines that are asked for", async () => {
    const { page, wrong } = await opened();
    assert.equal(await page.locator("#bold").count(), 0);
    assert.deepEqual(await shown(page), ["run-machines", "run-hostile", "run-trips"]);
    await page.getByLabel("Text", { exact: true }).fill("COLLATOR, loss");
    assert.deepEqual(await shown(page), ["run-trips"]);
    assert.equal(await page.locator("#shown").innerText(), "1 of 3 runs are shown.");
    assert.ok(await page.locator("#entry-run-machines").isHidden());
    await page.getByLabel("Text", { exact: true }).fill("");
    await page.getByLabel("Experiment").selectOption("machines");
    assert.deepEqual(await shown(page), ["run-machines"]);
    await page.getByLabel("Experiment").selectOption("");
    await page.getByLabel("Figures that").selectOption("outside");
    assert.deepEqual(await shown(page), ["run-hostile"]);
    await page.getByLabel("Figures that").selectOption("");
    const lines = page.locator("#run-machines-figures tbody tr:not([hidden])");
    assert.equal(await lines.count(), 20);
    await page.locator("#run-machines").getByLabel("Show lines with").fill("members 3, failures");
    assert.equal(await lines.count(), 2);
    assert.equal(await page.locator("#run-machines output").innerText(), "2 of 20 lines");
    assert.deepEqual(wrong, []);
    await page.close();
  });

  it("has traces with filters, the first divergence, and the state of machines", async () => {
    const { page, wrong } = await opened();
    await page.getByRole("link", { name: /day\.jsonl$/ }).click();
    const [first, second] = ["#trace-1", "#trace-2"].map((id) => page.locator(id)) as [Locator, Locator];
    await first.locator(".drawing text").first().waitFor();
    assert.ok(await first.locator(".picture").isHidden());
    const crash = first.locator(".drawing text").filter({ hasText: /CRASH/ });
    assert.equal(await crash.count(), 1);
    await first.getByLabel("bank 2", { exact: true }).uncheck();
    assert.equal(await crash.count(), 0);
    await first.getByLabel("bank 2", { exact: true }).check();
    await first.getByRole("button", { name: /^First divergence/ }).press("Enter");
    const state = first.locator(".states");
    const after = await state.innerText();
    assert.match(after, /bank 2: up, life 2\s+has executed 1 in this life, the last: deposit\(7\) returns 7/);
    await first.locator(".scroller").press("ArrowUp");
    assert.notEqual(await state.innerText(), after);
    // Each trace has parts of its own.
    await second.scrollIntoViewIfNeeded();
    await second.locator(".drawing text").first().waitFor();
    assert.match(await second.locator(".when").innerText(), /^Click a moment/);
    assert.match(await second.getByRole("heading").innerText(), /^Trace of replication 0 of cell 0 of .*latency$/);
    // On paper there is a picture.
    await page.emulateMedia({ media: "print" });
    assert.ok(await first.locator(".trace").isHidden());
    await first.scrollIntoViewIfNeeded();
    while ((await first.locator("img").boundingBox())!.height < 500) await page.waitForTimeout(50);
    assert.deepEqual(wrong, []);
    await page.close();
  });

  it("is usable by keyboard, and the focus is seen", async () => {
    const { page } = await opened();
    const focused = async (): Promise<string> =>
      page.evaluate<string>(`(() => { const { activeElement: a } = document; const style = getComputedStyle(a);
        return [a.tagName, a.id || a.getAttribute("aria-label") || a.textContent.slice(0, 60), style.outlineStyle, style.outlineWidth].join(" ") })()`);
    await page.keyboard.press("Tab");
    assert.equal(await focused(), "A Skip to the runs solid 3px");
    assert.ok(await page.getByText("Skip to the runs").isVisible());
    const order: string[] = [];
    for (let i = 0; i < 200; i++) {
      await page.keyboard.press("Tab");
      const one = await focused();
      // Behind the last element.
      if (one.startsWith("BODY")) break;
      assert.match(one, / solid 3px$/);
      order.push(one.replace(/ solid 3px$/, ""));
    }
    const places = [
      "INPUT search",
      "SELECT experiment",
      "SELECT word",
      "DIV Runs in this report",
      "DIV Chart unavailability-by-members",
      "BUTTON 5m",
      "DIV Figures of each cell, with their 95% intervals",
      `DIV Space-time diagram of ${join(suite.directory, "day.jsonl")}: arrow keys go from event to event, + and - zoom`,
    ].map((name) => order.indexOf(name));
    assert.ok(!places.includes(-1), `${places.join()}: ${order.join("; ")}`);
    assert.deepEqual(
      places.toSorted((a, b) => a - b),
      places,
    );
    await page.close();
  });

  it("has no fault of accessibility that axe knows, contrast included, light, dark, and narrow", async () => {
    for (const colorScheme of ["light", "dark"] as const) {
      for (const width of [1280, 400]) {
        const { page } = await opened();
        await page.emulateMedia({ colorScheme });
        await page.setViewportSize({ width, height: 900 });
        await page.locator("figure svg").first().waitFor();
        await page.locator("figure button").first().click();
        await page.locator("#trace-1").scrollIntoViewIfNeeded();
        await page
          .locator("#trace-1")
          .getByRole("button", { name: /^First divergence/ })
          .click();
        assert.deepEqual(await faults(page), []);
        assert.equal(
          await page.evaluate("document.documentElement.scrollWidth <= innerWidth"),
          true,
          "no sideways scrolling",
        );
        await page.close();
      }
    }
  });

  it("is whole without its program, and on paper", async () => {
    const context = await suite.browser.newContext({ javaScriptEnabled: false });
    const page = await context.newPage();
    await page.goto(pathToFileURL(file).href);
    assert.equal(await page.locator("figure img").count(), 3);
    const picture = page.locator("figure img").first();
    await picture.scrollIntoViewIfNeeded();
    assert.ok((await picture.boundingBox())!.width > 500);
    assert.ok(await page.locator("#filter").isHidden());
    const diagram = page.locator("#trace-1 img");
    await diagram.scrollIntoViewIfNeeded();
    while ((await diagram.boundingBox())!.height < 500) await page.waitForTimeout(50);
    assert.ok(await page.locator("#trace-1 .controls").isHidden());
    await page.emulateMedia({ media: "print" });
    const region = page.locator("#run-machines .scroll:has(#run-machines-figures)");
    const table = page.locator("#run-machines-figures");
    assert.ok((await region.boundingBox())!.height >= (await table.boundingBox())!.height, "no line is cut off");
    await context.close();
  });

  it("of all results is below 3 MB, opens in less than 2 s of CPU, draws every chart, and asks nobody", async () => {
    const { size } = statSync(results);
    const { page, wrong } = await openPage(suite.browser);
    const seconds = await cpuOfOpening(page, results);
    process.stderr.write(`    ${(size / 1e6).toFixed(2)} MB; opened in ${seconds.toFixed(2)} s of CPU\n`);
    assert.ok(size < 3e6, `${size} bytes`);
    assert.ok(seconds < 2, `${seconds} s`);
    const charts = page.locator("figure[data-chart]");
    const count = await charts.count();
    assert.ok(count >= 40);
    for (let i = 0; i < count; i++) {
      await charts.nth(i).scrollIntoViewIfNeeded();
      await charts.nth(i).locator("svg").waitFor();
    }
    assert.deepEqual(wrong, []);
    await page.close();
  });
});
