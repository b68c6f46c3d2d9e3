/** The shapes of a space-time diagram, as SVG. */
import { escaped, fitted, font, type Measure } from "./texts.ts";

export const plain = "#555555";
export const red = "#b00020";
export const ink = "#222222";

export interface Point {
  readonly x: number;
  readonly y: number;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

export class Canvas {
  readonly measure: Measure;
  readonly #parts: string[] = [];

  constructor(measure: Measure) {
    this.measure = measure;
  }

  /** The drawing, as one SVG element of that size. */
  svg(width: number, height: number): string {
    return [
      `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" ` +
        `font-family="'DejaVu Sans', Verdana, sans-serif" font-size="${font}" fill="${ink}">`,
      `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
      ...this.#parts,
      "</svg>",
      "",
    ].join("\n");
  }

  text({ x, y }: Point, text: string, attributes = "", hover = ""): void {
    const title = hover === "" ? "" : `<title>${escaped(hover)}</title>`;
    const more = attributes === "" ? "" : ` ${attributes}`;
    this.#parts.push(`<text x="${round(x)}" y="${round(y)}"${more}>${title}${escaped(text)}</text>`);
  }

  /** A text before a white ground, so that lines behind it do not disturb. */
  label(at: Point, text: string, attributes: string, hover = "", size = font): void {
    const width = this.measure(text, size, attributes.includes("bold"));
    this.rect({ x: at.x - 1, y: at.y - size + 1 }, width + 2, size + 2, `fill="#ffffff" fill-opacity="0.85"`);
    this.text(at, text, attributes, hover);
  }

  rect({ x, y }: Point, width: number, height: number, attributes: string): void {
    this.#parts.push(
      `<rect x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}" ${attributes}/>`,
    );
  }

  line(a: Point, b: Point, attributes: string): void {
    this.#parts.push(
      `<line x1="${round(a.x)}" y1="${round(a.y)}" x2="${round(b.x)}" y2="${round(b.y)}" ${attributes}/>`,
    );
  }

  /** A number in a filled circle. */
  badge({ x, y }: Point, number: number): void {
    this.dot({ x, y }, red, 8);
    this.text({ x, y: y + 4 }, String(number), `font-weight="bold" fill="#ffffff" text-anchor="middle"`);
  }

  dot({ x, y }: Point, colour: string, radius = 3): void {
    this.#parts.push(`<circle cx="${round(x)}" cy="${round(y)}" r="${radius}" fill="${colour}"/>`);
  }

  /** The head of an arrow from `a` to `b`. */
  head(a: Point, b: Point, colour: string): void {
    const angle = Math.atan2(b.y - a.y, b.x - a.x);
    const corner = (turn: number): string =>
      `${round(b.x - 8 * Math.cos(angle + turn))},${round(b.y - 8 * Math.sin(angle + turn))}`;
    this.#parts.push(`<polygon points="${round(b.x)},${round(b.y)} ${corner(0.4)} ${corner(-0.4)}" fill="${colour}"/>`);
  }

  cross({ x, y }: Point, radius: number): void {
    const style = `stroke="${red}" stroke-width="${radius / 2}"`;
    for (const d of [-radius, radius]) this.line({ x: x - radius, y: y - d }, { x: x + radius, y: y + d }, style);
  }

  /** A cross where a message ended, with what it was. */
  lost({ x, y }: Point, text: string): void {
    this.cross({ x, y }, 4);
    this.label({ x: x + 7, y: y + 4 }, this.#lostText(text), `fill="${red}" font-size="10"`, text, 10);
  }

  /** The width of such a text. */
  lostWidth(text: string): number {
    return this.measure(this.#lostText(text), 10);
  }

  #lostText(text: string): string {
    return fitted(text, 160, this.measure);
  }
}
