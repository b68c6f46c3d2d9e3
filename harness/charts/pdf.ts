/** A chart as PDF: lines and text stay what they are, in the fonts of the chart. The same SVG gives the same bytes. */
import { createRequire } from "node:module";
import PDFDocument from "pdfkit";
import { fontFiles } from "./font.ts";

// The package has no types.
const svgToPdf = createRequire(import.meta.url)("svg-to-pdfkit") as (
  document: PDFKit.PDFDocument,
  svg: string,
  x: number,
  y: number,
  options: {
    readonly width: number;
    readonly height: number;
    readonly fontCallback: (family: string, bold: boolean) => string;
  },
) => void;

/** Points of PDF in a pixel of SVG. */
const points = 0.75;

/** @throws TypeError if the SVG does not tell its size. */
export async function toPdf(svg: string, title: string): Promise<Uint8Array> {
  const [, width, height] = /<svg[^>]* viewBox="0 0 ([\d.]+) ([\d.]+)"/.exec(svg) ?? [];
  if (width === undefined || height === undefined) throw new TypeError("a drawing without a viewBox");
  const size: [number, number] = [Number(width) * points, Number(height) * points];
  const document = new PDFDocument({
    size,
    margin: 0,
    // A date of making, and an identifier made from it, would differ each time.
    info: { CreationDate: new Date(0), Title: title, Creator: "troupe" },
  });
  for (const [i, file] of fontFiles.entries()) document.registerFont(["regular", "bold"][i]!, file);
  const chunks: Uint8Array[] = [];
  document.on("data", (chunk: Uint8Array) => chunks.push(chunk));
  const ended = new Promise<void>((resolve) => document.on("end", resolve));
  const fontCallback = (_family: string, bold: boolean): string => (bold ? "bold" : "regular");
  svgToPdf(document, svg, 0, 0, { width: size[0], height: size[1], fontCallback });
  document.end();
  await ended;
  return new Uint8Array(Buffer.concat(chunks));
}
