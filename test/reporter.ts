/**
 * The reporter of mocha: what fails names lines of TypeScript.
 *
 * `node --enable-source-maps` would read the map of each module that is loaded, in each worker thread that a test
 * starts too. Here a map is read when a stack names its file.
 */
import { existsSync, readFileSync } from "node:fs";
import { SourceMap, type SourceMapPayload } from "node:module";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import Mocha from "mocha";

function mapOf(path: string): SourceMap | undefined {
  const file = `${path}.map`;
  if (!existsSync(file)) return undefined;
  return new SourceMap(JSON.parse(readFileSync(file, "utf8")) as SourceMapPayload);
}

/** A stack, or any text, with places in TypeScript instead of those in what the compiler made of it. */
function inSource(text: string): string {
  return text.replace(/(file:\/\/\/[^\s():]+\.js):(\d+):(\d+)/g, (place, url: string, line: string, column: string) => {
    const path = fileURLToPath(url);
    const entry = mapOf(path)?.findEntry(Number(line) - 1, Number(column) - 1);
    if (entry === undefined || !("originalSource" in entry)) return place;
    const source = relative("", join(dirname(path), entry.originalSource));
    return `${source}:${entry.originalLine + 1}:${entry.originalColumn + 1}`;
  });
}

/** An error as it was thrown, or as a worker has sent it. */
interface Failure {
  stack?: string;
  readonly cause?: unknown;
}

function isFailure(thrown: unknown): thrown is Failure {
  return typeof thrown === "object" && thrown !== null && "stack" in thrown;
}

export default class extends Mocha.reporters.Spec {
  constructor(runner: Mocha.Runner, options: Mocha.MochaOptions) {
    runner.on("fail", (_, thrown: unknown) => {
      const seen = new Set<unknown>();
      for (let each = thrown; isFailure(each) && !seen.has(each); each = each.cause) {
        seen.add(each);
        each.stack = inSource(each.stack ?? "");
      }
    });
    super(runner, options);
  }
}
