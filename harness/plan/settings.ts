/** A settings file, `--config sweep.yaml`: any option and parameter by its name, or the manifest of an earlier run. */
import { readFileSync } from "node:fs";
import { isMap, isScalar, isSeq, parseDocument, type Scalar } from "yaml";
import { BadData } from "../../sim/bad-data.ts";
import type { Cell } from "./grid.ts";
import type { ChartWords } from "./plan.ts";
import { readRanges } from "./ranges.ts";

/**
 * The contents of a settings file: texts as on the command line, and lists of texts for options that may be repeated.
 */
export interface Settings {
  /** The name or file of the experiment, if given. */
  readonly experiment?: string;
  readonly words: Readonly<Record<string, string | boolean | readonly string[]>>;
  /** The cells, if the file is a manifest. */
  readonly cells?: readonly Cell[];
  /** The number of replications of each cell, if they differ from cell to cell. */
  readonly sizes?: readonly number[];
  /** The command that made the rows, if the file is a manifest. */
  readonly command?: string;
}

/** The text of a scalar as it stands in the file: numbers are not rounded, and keep their units. */
function textOf(scalar: Scalar): string | boolean {
  if (typeof scalar.value === "boolean") return scalar.value;
  return typeof scalar.value === "string" ? scalar.value : (scalar.source ?? String(scalar.value));
}

function wordsOf(node: unknown, key: string, file: string): string | boolean | string[] {
  if (isScalar(node)) return textOf(node);
  // A setting is one word that lists several parameters.
  if (isMap(node)) {
    return node.items
      .map((pair) => `${String(pair.key)}=${[wordsOf(pair.value, key, file)].flat().join(",")}`)
      .join(" ");
  }
  if (isSeq(node)) return node.items.map((item) => String(wordsOf(item, key, file)));
  throw new BadData(`${file}: ${key} has no value.`);
}

/** Before the options of charts in the words of a run. */
export const chartPrefix = "chart-";

/** The words of a run by which its charts are drawn. */
export function chartWords(chart: ChartWords = {}): Record<string, string | boolean> {
  return Object.fromEntries(Object.entries(chart).map(([name, word]) => [`${chartPrefix}${name}`, word]));
}

interface OfManifest {
  readonly command: string;
  readonly experiment: string;
  readonly source: { readonly file: string } | null;
  readonly seed: string;
  readonly replications: number;
  readonly precision: number | null;
  readonly precisionOf?: string | undefined;
  readonly maxReplications: number | null;
  readonly compare?: string | undefined;
  readonly chart?: ChartWords | undefined;
  readonly cells: readonly {
    readonly parameters: Cell;
    readonly replications: number;
    readonly lacking?: string | undefined;
  }[];
}

/** The settings that a run had, by its manifest. */
export function settingsOfManifest(manifest: OfManifest): Settings {
  const { experiment, source, seed, replications, precision, precisionOf, maxReplications, compare, chart, cells } =
    manifest;
  // Failed replications count: they were requested too.
  const counts = cells.map((cell) => cell.replications + readRanges(cell.lacking ?? "").length);
  const isAlike = precision !== null || counts.every((count) => count === replications);
  return {
    experiment: source?.file ?? experiment,
    words: {
      seed,
      replications: String(replications),
      ...(precision === null ? {} : { precision: String(precision), "max-replications": String(maxReplications) }),
      ...(precisionOf === undefined ? {} : { "precision-of": precisionOf }),
      ...(compare === undefined ? {} : { compare }),
      ...chartWords(chart),
    },
    command: manifest.command,
    cells: cells.map(({ parameters }) => parameters),
    ...(isAlike ? {} : { sizes: counts }),
  };
}

/**
 * Reads a settings file in YAML or JSON.
 *
 * @param readManifest - parses the text of a manifest.
 * @throws BadData if it cannot be read.
 */
export function readSettings(file: string, readManifest: (text: string, file: string) => OfManifest): Settings {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new BadData(
      `--config ${file}: ${code === "ENOENT" ? "there is no such file" : `it cannot be read (${code})`}.`,
    );
  }
  const document = parseDocument(text);
  const [error] = document.errors;
  if (error !== undefined) throw new BadData(`--config ${file}: ${error.message.split("\n")[0]!.replace(/:?$/, ".")}`);
  const { contents } = document;
  if (!isMap(contents))
    throw new BadData(`--config ${file}: expected options and parameters by name, as in "members: 1..5".`);
  if (contents.has("cells") && contents.has("files")) return settingsOfManifest(readManifest(text, file));
  const words: Record<string, string | boolean | readonly string[]> = {};
  let experiment: string | undefined;
  for (const { key, value } of contents.items) {
    const name = String(key);
    const word = wordsOf(value, name, file);
    if (name === "experiment") experiment = String(word);
    // A list of values becomes one word; only settings may be repeated.
    else words[name] = Array.isArray(word) && name !== "set" ? word.join(",") : word;
  }
  return { ...(experiment === undefined ? {} : { experiment }), words };
}
