/**
 * The width of a text in DejaVu Sans, from the font file itself. Without a canvas Vega estimates widths, and leaves a
 * third too much room. Reads four tables of the OpenType format: head, hhea, hmtx and cmap.
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

/** The font files of the charts: regular and bold. */
export const fontFiles = ["DejaVuSans.ttf", "DejaVuSans-Bold.ttf"].map((name) =>
  require.resolve(`dejavu-fonts-ttf/ttf/${name}`),
);

/** The segments of a cmap subtable of format 4, the one for the Basic Multilingual Plane. */
function glyphs(cmap: DataView): (code: number) => number {
  const records = Array.from({ length: cmap.getUint16(2) }, (_, i) => cmap.getUint32(4 + 8 * i + 4));
  const start = records.find((offset) => cmap.getUint16(offset) === 4)!;
  const doubled = cmap.getUint16(start + 6);
  const ends = start + 14;
  const starts = ends + doubled + 2;
  const deltas = starts + doubled;
  const offsets = deltas + doubled;
  return (code) => {
    for (let i = 0; i < doubled; i += 2) {
      if (code > cmap.getUint16(ends + i)) continue;
      const first = cmap.getUint16(starts + i);
      if (code < first) return 0;
      const offset = cmap.getUint16(offsets + i);
      const glyph = offset === 0 ? code : cmap.getUint16(offsets + i + offset + 2 * (code - first));
      return glyph === 0 ? 0 : (glyph + cmap.getUint16(deltas + i)) & 0xffff;
    }
    return 0;
  };
}

/** A function that measures text in a font: in pixels, at a font size in pixels. */
export function measure(path: string): (text: string, size: number) => number {
  const bytes = readFileSync(path);
  const file = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const tables = new Map<string, DataView>();
  for (let i = 0; i < file.getUint16(4); i++) {
    const record = 12 + 16 * i;
    const [offset, length] = [file.getUint32(record + 8), file.getUint32(record + 12)];
    tables.set(
      bytes.toString("latin1", record, record + 4),
      new DataView(bytes.buffer, bytes.byteOffset + offset, length),
    );
  }
  const unitsPerEm = tables.get("head")!.getUint16(18);
  const measured = tables.get("hhea")!.getUint16(34);
  const widths = tables.get("hmtx")!;
  const glyph = glyphs(tables.get("cmap")!);
  return (text, size) => {
    let units = 0;
    // Glyphs behind the last measured one are as wide as that.
    for (const letter of text) units += widths.getUint16(4 * Math.min(glyph(letter.codePointAt(0)!), measured - 1));
    return (units / unitsPerEm) * size;
  };
}
