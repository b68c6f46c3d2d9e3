/** Pieces of HTML that several parts of a report have. All texts that come from outside are escaped here. */
import { escaped } from "../traces/texts.ts";
import { tellingColumns, type Column } from "./table.ts";

export { escaped };

export function paragraph(text: string): string {
  return `<p>${escaped(text)}</p>`;
}

export function listOf(texts: readonly string[]): string {
  return texts.length === 0 ? "" : `<ul>${texts.map((text) => `<li>${escaped(text)}</li>`).join("")}</ul>`;
}

/** A command for a shell. */
export function code(text: string): string {
  return `<code>${escaped(text)}</code>`;
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
