/**
 * How often a search reaches each rule of the protocols.
 *
 * The rules are those of the catalogue of mutants: the place that a mutant changes is the place of its rule. V8 counts
 * how often each block of the compiled protocols is executed (precise coverage, by the inspector). So the protocols'
 * text has no marks, and a search that does not count costs nothing.
 */
import { readFileSync } from "node:fs";
import { Session, type Profiler } from "node:inspector";
import { pathToFileURL } from "node:url";
import { mutants } from "../../search/mutants/all.ts";
import { packageRoot } from "../package-root.ts";

const dist = pathToFileURL(`${packageRoot}dist/`).href;

/** The executions of the smallest block around a place of a script. */
function countAt(functions: readonly Profiler.FunctionCoverage[], place: number): number {
  let [count, length] = [0, Infinity];
  for (const { ranges } of functions) {
    for (const { startOffset, endOffset, count: times } of ranges) {
      if (place < startOffset || place >= endOffset || endOffset - startOffset >= length) continue;
      [count, length] = [times, endOffset - startOffset];
    }
  }
  return count;
}

export class Marks {
  readonly #session = new Session();
  /** Of each rule: its file, and its place there. */
  readonly #places: readonly { readonly file: string; readonly place: number }[];

  /** Counts from now on, in this thread. */
  constructor() {
    const sources = new Map<string, string>();
    this.#places = mutants.map(({ file, find }) => {
      const source = sources.get(file) ?? readFileSync(`${packageRoot}dist/${file}`, "utf8");
      sources.set(file, source);
      const begin = source.indexOf(find);
      return { file, place: begin + find.search(/\S/) };
    });
    this.#session.connect();
    this.#session.post("Profiler.enable");
    this.#session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: true });
  }

  /** How often each rule of the catalogue was reached since the last time. */
  take(): number[] {
    let counts: number[] = [];
    // The inspector of this very thread answers at once.
    this.#session.post("Profiler.takePreciseCoverage", (error, coverage) => {
      if (error !== null) throw error;
      const scripts = new Map(coverage.result.map(({ url, functions }) => [url, functions]));
      counts = this.#places.map(({ file, place }) => countAt(scripts.get(dist + file) ?? [], place));
    });
    return counts;
  }
}
