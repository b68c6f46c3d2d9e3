/** Texts of a diagram: times, reasons, lines of a certain width. */

/** The width of a text in pixels, at a font size in pixels. */
export type Measure = (text: string, size: number, bold?: boolean) => number;

/** The size of the letters beside events. */
export const font = 11;

export function escaped(text: string): string {
  // Controls and halves of surrogate pairs are no XML, not even escaped.
  const printable = text.replace(/(?![\t\n])[\p{Cc}\p{Cs}\ufffe\uffff]/gu, "\ufffd");
  return printable.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}

/** A point of time to about a thousandth of a network's delay: `12.345 ms`, `63.02154 s`. */
export function timeText(time: number): string {
  if (time === 0) return "0";
  return time < 10_000 ? `${Number(time.toFixed(time < 100 ? 3 : 2))} ms` : `${Number((time / 1000).toFixed(5))} s`;
}

/** A span of time in two digits. */
export function spanText(span: number): string {
  const [size, unit] = span < 1000 ? [1, "ms"] : span < 120_000 ? [1000, "s"] : [60_000, "min"];
  return `${Number((span / size).toPrecision(2))} ${unit}`;
}

/** The text, or as much of it as is no wider than `width`. */
export function fitted(text: string, width: number, measure: Measure, bold = false): string {
  if (measure(text, font, bold) <= width) return text;
  let length = Math.min(text.length, Math.ceil(width / 3));
  while (length > 1 && measure(`${text.slice(0, length)}…`, font, bold) > width) length--;
  return `${text.slice(0, length)}…`;
}

export function wrapped(text: string, width: number, measure: Measure): string[] {
  const lines = [""];
  for (const word of text.split(" ")) {
    const longer = lines.at(-1) === "" ? word : `${lines.at(-1)} ${word}`;
    if (lines.at(-1) === "" || measure(longer, 12) <= width) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}

/** Why a message did not arrive, in a word or two. */
export function lostText(reason: string): string {
  const texts: Readonly<Record<string, string>> = {
    partition: "cut off",
    corruption: "corrupted",
    "machine-down": "machine down",
    crash: "lost in the crash",
    "no-receiver": "nobody there",
  };
  return texts[reason] ?? "lost";
}
