/** The page of a trace in a real browser: it draws, filters, moves, and asks the network for nothing. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Page } from "playwright-core";
import { tracePage } from "../../../harness/traces/page.ts";
import { readTrace } from "../../../harness/traces/read.ts";
import type { Mark, TraceView } from "../../../harness/traces/view.ts";
import { browserOfSuite, openPage } from "./browser.ts";
import { badDay, conflict } from "./scenes.ts";

describe("the page of a trace, in a browser", () => {
  const suite = browserOfSuite();

  async function opened(view: TraceView, marks: readonly Mark[] = []): Promise<{ page: Page; wrong: string[] }> {
    const file = join(suite.directory, "trace.html");
    writeFileSync(file, await tracePage(view, marks, "</script> & <a title>"));
    const { page, wrong } = await openPage(suite.browser);
    await page.goto(pathToFileURL(file).href);
    await page.locator(".drawing svg").waitFor();
    return { page, wrong };
  }

  const texts = async (page: Page): Promise<string[]> =>
    page.$$eval(".drawing text", (all: { lastChild: { textContent: string } }[]) =>
      all.map((text) => text.lastChild.textContent),
    );

  it("draws the trace, and shows what is asked for", async () => {
    const { page, wrong } = await opened(readTrace(await badDay()));
    assert.equal(await page.title(), "</script> & <a title>");
    const whole = await texts(page);
    for (const text of [
      "executes deposit(5)",
      "CRASH",
      "partition bank 1 | others",
      "← RangeError: refused: no & <never>",
    ]) {
      assert.ok(whole.includes(text), text);
    }
    await page.getByLabel("bank 2", { exact: true }).uncheck();
    assert.ok(!(await texts(page)).includes("CRASH"));
    await page.getByLabel("bank 2", { exact: true }).check();
    assert.deepEqual(await texts(page), whole);
    const lines = async (): Promise<number> => page.locator(".drawing line").count();
    const before = await lines();
    await page.getByLabel("acknowledgements").check();
    assert.ok((await lines()) > before + 10);
    assert.deepEqual(wrong, []);
    await page.close();
  });

  it("shows one thread of two", async () => {
    const view = readTrace(await conflict());
    const { page, wrong } = await opened(view);
    const calls = async (): Promise<number> => (await texts(page)).filter((text) => text.startsWith("calls")).length;
    assert.equal(await calls(), 2);
    const [thread] = Object.keys(view.threads);
    await page.getByLabel("Thread").selectOption(thread!);
    assert.equal(await calls(), 1);
    assert.deepEqual(wrong, []);
    await page.close();
  });

  it("goes to marks and to the first divergence, and tells the state there, by mouse and by keyboard", async () => {
    const trace = await badDay();
    const crash = trace.findIndex(({ event }) => event.type === "crash");
    const marks = [{ time: trace[crash]!.time, sentence: "A machine crashes.", events: [crash] }];
    const { page, wrong } = await opened(readTrace(trace), marks);
    await page.getByRole("button", { name: "A machine crashes." }).click();
    assert.match(
      await page.locator(".state").innerText(),
      /^State at 500 ms\s+after event \d+: bank 2, CRASH\s[\s\S]*bank 2: down\s/,
    );
    await page.locator(".scroller").focus();
    await page.keyboard.press("ArrowUp");
    assert.match(await page.locator(".states").innerText(), /bank 2: up\s+executes slowly\(\)/);
    await page.getByRole("button", { name: /^First divergence/ }).press("Enter");
    assert.match(
      await page.locator(".states").innerText(),
      /bank 2: up, life 2\s+has executed 1 in this life, the last: deposit\(7\) returns 7/,
    );
    const text = await page
      .locator(".drawing text")
      .filter({ hasText: /^returns 7/ })
      .boundingBox();
    const view = await page.locator(".scroller").boundingBox();
    assert.ok(text!.y > view!.y && text!.y < view!.y + view!.height, "it has come into view");
    await page.locator(".scroller").press("Home");
    await page.locator(".drawing text").filter({ hasText: /^← 5/ }).first().click();
    assert.match(await page.locator(".when").innerText(), /^State at 0\.\d+ ms$/);
    assert.match(await page.locator(".states").innerText(), /waits for deposit\(5\), 1 answer so far/);
    const width = async (): Promise<number> => (await page.locator(".drawing svg").boundingBox())!.width;
    const before = await width();
    await page.locator(".scroller").focus();
    await page.keyboard.press("+");
    assert.ok(Math.abs((await width()) / before - 1.25) < 0.01);
    assert.deepEqual(wrong, []);
    await page.close();
  });

  it("has a long trace part by part", async () => {
    const day = await badDay();
    const days = Array.from({ length: 12 }, (_, i) =>
      day.map((stamped) => ({ ...stamped, time: stamped.time + 5000 * i })),
    ).flat();
    const { page, wrong } = await opened(readTrace(days));
    const range = page.locator(".range");
    const [, total] = /^Lines 1 to 300 of (\d+)$/.exec(await range.innerText())!;
    assert.ok(Number(total) > 600);
    await page.getByRole("button", { name: "Later" }).click();
    assert.equal(await range.innerText(), `Lines 301 to 600 of ${total}`);
    await page.getByRole("button", { name: "Earlier" }).click();
    assert.equal(await range.innerText(), `Lines 1 to 300 of ${total}`);
    assert.ok(await page.getByRole("button", { name: "Earlier" }).isDisabled());
    assert.deepEqual(wrong, []);
    await page.close();
  });

  it("has a contrast of at least 4.5 to 1 in all its texts", async () => {
    const { page } = await opened(readTrace(await badDay()));
    await page.getByRole("button", { name: /^First divergence/ }).click();
    const colours = await page.evaluate<string[]>(`[...document.querySelectorAll("body *")]
      .filter((each) => [...each.childNodes].some((node) => node.nodeType === 3 && node.data.trim() !== ""))
      .filter((each) => !each.closest("script, style, :disabled"))
      .map((each) => (each.closest("svg") ? getComputedStyle(each).fill : getComputedStyle(each).color))`);
    assert.ok(colours.length > 60);
    const luminance = (colour: string): number => {
      const [r, g, b] = /\d+, \d+, \d+/
        .exec(colour)![0]
        .split(", ")
        .map((part) => {
          const value = Number(part) / 255;
          return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
        }) as [number, number, number];
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    for (const colour of new Set(colours)) {
      // White letters stand in red circles.
      if (colour === "rgb(255, 255, 255)") continue;
      assert.ok(1.05 / (luminance(colour) + 0.05) >= 4.5, colour);
    }
    await page.close();
  });
});
