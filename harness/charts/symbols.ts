/** The shapes of a chart's symbols, as paths within a circle of about radius 1, and the dashes of its lines. */
import type { Figure } from "./points.ts";

/** A polygon or a star: radii repeat, corner by corner, from the given angle on, in quarters of a turn. */
function polygon(corners: number, begin: number, radii: readonly number[] = [1.15]): string {
  const points = Array.from({ length: corners }, (_, i) => {
    const angle = (begin / 4 + i / corners) * 2 * Math.PI;
    const radius = radii[i % radii.length]!;
    return `${(radius * Math.cos(angle)).toFixed(2)},${(radius * Math.sin(angle)).toFixed(2)}`;
  });
  return `M${points.join("L")}Z`;
}

export const full = "M-1,0A1,1,0,1,1,1,0A1,1,0,1,1,-1,0Z";
const ring = `${full}M-0.62,0A0.62,0.62,0,1,0,0.62,0A0.62,0.62,0,1,0,-0.62,0Z`;
const bar = "M-1.5,-0.22L1.5,-0.22L1.5,0.22L-1.5,0.22Z";
const downward = "M-1,-0.8L1,-0.8L0,1Z";
const upward = "M-1,0.8L1,0.8L0,-1Z";
const cross = "M-1,-0.7L-0.7,-1L0,-0.3L0.7,-1L1,-0.7L0.3,0L1,0.7L0.7,1L0,0.3L-0.7,1L-1,0.7L-0.3,0Z";
const diamond = "M0,-1.35L1.35,0L0,1.35L-1.35,0ZM0,-0.75L-0.75,0L0,0.75L0.75,0Z";
const openDownward = "M-1.2,-1L1.2,-1L0,1.2ZM-0.6,-0.65L0,0.5L0.6,-0.65Z";

/** A symbol for each kind of figure: outlines are open, so that a cell in doubt never looks like one that is sure. */
export const symbols: readonly (readonly [Figure, string])[] = [
  ["simulated, 95% interval", full],
  ["measured, 95% interval", full],
  ["not converged", ring],
  ["not enough data", cross],
  ["none seen: upper limit", downward],
  ["none seen: lower limit", upward],
  ["0, below the axis", openDownward],
  ["closed form", bar],
  ["published", diamond],
  ["predicted", diamond],
];

/** The shapes that tell series apart without colours, those first that differ most. */
const shapes = [
  full,
  polygon(4, 0.5),
  polygon(3, 3, [1.35]),
  polygon(4, 0, [1.35]),
  polygon(3, 1, [1.35]),
  "M-0.4,-1.2L0.4,-1.2L0.4,-0.4L1.2,-0.4L1.2,0.4L0.4,0.4L0.4,1.2L-0.4,1.2L-0.4,0.4L-1.2,0.4L-1.2,-0.4L-0.4,-0.4Z",
  polygon(10, 3, [1.5, 0.6]),
  polygon(6, 0),
  polygon(3, 2, [1.35]),
  polygon(3, 0, [1.35]),
  polygon(8, 3, [1.5, 0.55]),
  polygon(5, 3, [1.25]),
];

/** Lengths of dashes and gaps, in px. The first is longer than any line. */
const dashes = [
  [10_000, 1],
  [7, 3],
  [2, 2.5],
  [8, 3, 2, 3],
  [13, 3],
  [5, 2, 1, 2, 1, 2],
];

/** How a series looks without colours. */
export interface GreyStyle {
  readonly shape: string;
  readonly dash: readonly number[];
  readonly shade: string;
}

export function greyStyle(series: number): GreyStyle {
  return {
    shape: shapes[series % shapes.length]!,
    dash: dashes[series % dashes.length]!,
    shade: series < dashes.length ? "#1a1a1a" : "#777777",
  };
}

/** A piece of the dashed line with the shape in its middle, for legends. `unit`: px of a path's unit. */
export function greyKey({ shape, dash }: GreyStyle, unit: number): string {
  const half = 4;
  const pieces: string[] = [];
  for (const side of [-1, 1]) {
    let at = 1.5;
    for (let i = 0; at < half && i < 40; i++) {
      const length = dash[i % dash.length]! / unit;
      const end = Math.min(half, at + length);
      if (i % 2 === 0) {
        const [a, b] = [side * at, side * end].sort((x, y) => x - y);
        pieces.push(`M${a!.toFixed(2)},-0.16L${b!.toFixed(2)},-0.16L${b!.toFixed(2)},0.16L${a!.toFixed(2)},0.16Z`);
      }
      at = end;
    }
  }
  return `${shape}${pieces.join("")}`;
}
