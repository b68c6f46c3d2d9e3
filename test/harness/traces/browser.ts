/** A real browser for tests of pages, Debian's Chromium. It shall reach no network. */
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium, type Browser, type Page } from "playwright-core";

const executablePath = "/usr/bin/chromium";

/** Undefined, with a message, if there is none. */
async function openBrowser(): Promise<Browser | undefined> {
  if (!existsSync(executablePath)) {
    process.stderr.write("    Chromium is not installed (apt-get install chromium): pages are not opened.\n");
    return undefined;
  }
  // Drawing in software: machines of CI have no graphics.
  const args = ["--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"];
  return chromium.launch({ executablePath, args });
}

/** What the tests of a suite have in common, once they run. */
export interface Suite {
  browser: Browser;
  /** A temporary folder. */
  directory: string;
}

/** Opens a browser before the tests of the suite in which it is called, and leaves them out if there is none. */
export function browserOfSuite(): Suite {
  const suite: Partial<Suite> = {};
  before(async function () {
    const browser = await openBrowser();
    if (browser === undefined) this.skip();
    suite.browser = browser;
    suite.directory = mkdtempSync(join(tmpdir(), "troupe-"));
  });
  after(async () => {
    await suite.browser?.close();
    if (suite.directory !== undefined) rmSync(suite.directory, { recursive: true });
  });
  return suite as Suite;
}

/** A page that keeps what goes wrong in it: errors, and requests that leave the machine. */
export async function openPage(browser: Browser): Promise<{ page: Page; wrong: string[] }> {
  const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
  const wrong: string[] = [];
  page.on("pageerror", (error) => wrong.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error") wrong.push(message.text());
  });
  page.on("request", (request) => {
    if (!/^(file|data|blob):/.test(request.url())) wrong.push(`a request for ${request.url()}`);
  });
  return { page, wrong };
}
