/**
 * A report of several runs as one self-contained HTML file: tables, charts, remarks, and the command that remakes each.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { differenceColumns, differenceLines, differenceRemark } from "./differences.ts";
import { remarkLines, resultColumns, resultLines, tellingColumns, type Column } from "./table.ts";
import type { Experiment } from "../experiment.ts";
import type { Written } from "../store/write.ts";

export interface Part extends Written {
  readonly experiment: Experiment;
  /** The directory of the run's files. */
  readonly directory: string;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}

const style = `
body { font: 15px/1.5 "DejaVu Sans", Verdana, sans-serif; color: #222; max-width: 62em; margin: 2em auto; padding: 0 1em }
h1 { font-size: 1.5em } h2 { font-size: 1.2em; margin-top: 2.5em; border-top: 1px solid #ddd; padding-top: 1em }
table { border-collapse: collapse; font-size: 0.85em } th, td { text-align: left; padding: 0.2em 1.2em 0.2em 0 }
th { border-bottom: 1px solid #999; font-weight: normal; color: #666 } td { border-bottom: 1px solid #eee }
.failed td:last-child { color: #b00020; font-weight: bold } img { max-width: 100%; display: block; margin: 1em 0 } p.small { color: #666; font-size: 0.85em }
`;

function tableOf<Line>(
  columns: readonly Column<Line>[],
  lines: readonly Line[],
  isFailed: (line: Line) => boolean = () => false,
): string {
  const telling = tellingColumns(columns, lines);
  const rows = lines.map((line) => {
    const fields = telling.map(([, of]) => `<td>${escaped(of(line))}</td>`);
    return `<tr${isFailed(line) ? ' class="failed"' : ""}>${fields.join("")}</tr>`;
  });
  const head = telling.map(([name]) => `<th>${escaped(name)}</th>`);
  return [`<table><tr>${head.join("")}</tr>`, ...rows, "</table>"].join("\n");
}

function differencesOf({ experiment, differences }: Part): string[] {
  if (differences.length === 0) return [];
  const lines = differenceLines(experiment, differences);
  return [`<p class="small">${escaped(differenceRemark(differences))}</p>`, tableOf(differenceColumns, lines)];
}

function sectionOf(part: Part): string {
  const { experiment, cells, directory, files } = part;
  // As images, since several drawings in one page would mix up the names of their parts.
  const charts = files
    .filter((name) => name.endsWith(".svg"))
    .map((name) => {
      const data = readFileSync(join(directory, name)).toString("base64");
      return `<img alt="${escaped(name)}" src="data:image/svg+xml;base64,${data}">`;
    });
  return [
    `<h2>${escaped(experiment.question)}</h2>`,
    `<p class="small">${escaped(experiment.name)}${experiment.reproduces === undefined ? "" : `; reproduces ${escaped(experiment.reproduces)}`}</p>`,
    ...charts,
    tableOf(resultColumns, resultLines(experiment, cells), ({ failed }) => failed),
    ...differencesOf(part),
    ...remarkLines(experiment, cells).map((line) => `<p class="small">${escaped(line)}</p>`),
  ].join("\n");
}

/** The page. `command` is the command that remakes the page. */
export function reportHtml(title: string, command: string, parts: readonly Part[]): string {
  return [
    "<!doctype html>",
    `<html lang="en"><head><meta charset="utf-8"><title>${escaped(title)}</title><style>${style}</style></head><body>`,
    `<h1>${escaped(title)}</h1>`,
    `<p class="small">Made by <code>${escaped(command)}</code>. Intervals hold 95%; a figure agrees with its model if it lies within three standard errors, or within the tolerance that the experiment states.</p>`,
    ...parts.map(sectionOf),
    "</body></html>",
    "",
  ].join("\n");
}
