/**
 * The text of a program in one of the project's languages, and what is wrong with it: file, line, column, and a caret
 * below.
 */

/** Offsets in the text, in UTF-16 code units: from the first, to after the last. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/**
 * What the user wrote cannot be used. The message is a whole sentence, then the line and a caret; the command line
 * exits with 2.
 */
export class BadSource extends Error {
  override readonly name = "BadSource";
}

export class Source {
  readonly file: string;
  readonly text: string;

  constructor(file: string, text: string) {
    this.file = file;
    this.text = text;
  }

  slice({ from, to }: Span): string {
    return this.text.slice(from, to);
  }

  /** Line and column of an offset, from 1. */
  position(offset: number): { readonly line: number; readonly column: number } {
    const before = this.text.slice(0, offset).split("\n");
    return { line: before.length, column: before.at(-1)!.length + 1 };
  }

  /** `file:line:column`. */
  place({ from }: Span): string {
    const { line, column } = this.position(from);
    return `${this.file}:${line}:${column}`;
  }

  /**
   * An error about this part of the text. `problem` is a sentence without its beginning; its full stop may be left out.
   */
  bad(span: Span, problem: string): BadSource {
    const { line, column } = this.position(span.from);
    const written = (this.text.split("\n")[line - 1] ?? "").replace(/\r$/, "");
    const width = Math.max(1, Math.min(span.to - span.from, written.length - column + 1));
    // A tab before the caret stays a tab, so that the caret is below its word.
    const margin = written.slice(0, column - 1).replace(/[^\t]/g, " ");
    const number = String(line);
    const gap = " ".repeat(number.length);
    const picture = `${number} | ${written}\n${gap} | ${margin}${"^".repeat(width)}`;
    return new BadSource(`${this.place(span)}: ${/[.?]$/.test(problem) ? problem : `${problem}.`}\n${picture}`);
  }
}
