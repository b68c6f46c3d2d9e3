/** Pieces of HTML that several parts of a report have. All texts that come from outside are escaped here. */
import { gzipSync } from "node:zlib";
import { escaped } from "../traces/texts.ts";
import { tellingColumns, type Column } from "./table.ts";

export { escaped };

export function paragraph(text: string): string {
  return `<p>${escaped(text)}</p>`;
}

/** `1 run`, `2 runs`. */
export function plural(count: number, one: string, more: string): string {
  return `${count} ${count === 1 ? one : more}`;
}

export function listOf(texts: readonly string[]): string {
  return texts.length === 0 ? "" : `<ul>${texts.map((text) => `<li>${escaped(text)}</li>`).join("")}</ul>`;
}

/** A command for a shell. */
export function code(text: string): string {
  return `<code>${escaped(text)}</code>`;
}

/** A picture as the address of an image, in double quotes. */
export function pictureAddress(svg: string): string {
  const single = svg.replaceAll("'", "&#39;").replaceAll('"', "'");
  return `data:image/svg+xml,${single.replaceAll("%", "%25").replaceAll("#", "%23").replaceAll("&", "&amp;")}`;
}

/** What the page's program reads of an element, in few letters. */
export function packed(value: unknown): string {
  return gzipSync(JSON.stringify(value), { level: 9 }).toString("base64");
}

/** Tables of figures with so many lines have a filter. */
const filtered = 8;

interface TableOptions<Line> {
  /** An id that no other table has. */
  readonly id: string;
  readonly caption: string;
  /** The class of a line. */
  readonly kind?: (line: Line) => string;
  /** The names of columns whose texts are commands. */
  readonly commands?: readonly string[];
  /** Whether lines can be searched, if there are many. */
  readonly isSearched?: boolean;
}

/** A table without its empty columns, in a region of its own that scrolls. */
export function tableOf<Line>(
  columns: readonly Column<Line>[],
  lines: readonly Line[],
  { id, caption, kind = () => "", commands = [], isSearched = false }: TableOptions<Line>,
): string {
  const telling = tellingColumns(columns, lines);
  const rows = lines.map((line) => {
    const name = kind(line);
    const fields = telling.map(([head, of]) => {
      const text = of(line);
      return `<td>${commands.includes(head) && text !== "" ? code(text) : escaped(text)}`;
    });
    return `<tr${name === "" ? "" : ` class="${name}"`}>${fields.join("")}`;
  });
  const filter = `<p class="lines" hidden><label>Show lines with <input type="search" data-table="${id}"></label> <output></output></p>`;
  return [
    ...(isSearched && lines.length >= filtered ? [filter] : []),
    `<div class="scroll" tabindex="0" role="group" aria-label="${escaped(caption)}">`,
    `<table id="${id}"><caption>${escaped(caption)}</caption>`,
    `<thead><tr>${telling.map(([head]) => `<th scope="col">${escaped(head)}`).join("")}</thead><tbody>`,
    ...rows,
    "</tbody></table></div>",
  ].join("\n");
}
