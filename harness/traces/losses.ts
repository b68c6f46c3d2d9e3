/** Where messages end that are lost on their way: between two machines, clear of the texts there. */
import type { Point } from "./canvas.ts";

/** A place that a text takes. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

function meet(a: Box, b: Box): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

/** A cross with its text on the right: what `Canvas.lost` draws at a point. */
function boxAt({ x, y }: Point, width: number): Box {
  return { x: x - 6, y: y - 7, width: width + 14, height: 14 };
}

/** From the height of one attempt to the next, in px. */
const step = 10;
const attempts = 6;

export class Losses {
  readonly #taken: Box[];
  readonly #bottom: number;

  /** `texts`: where there are others. `bottom`: of the drawing. */
  constructor(texts: readonly Box[], bottom: number) {
    this.#taken = [...texts];
    this.#bottom = bottom;
  }

  /** The end of an arrow from `from` towards the lane at `x`, with a text of that width. */
  place(from: Point, x: number, width: number): Point {
    const across = from.x + (x - from.x) * 0.55;
    const all = Array.from({ length: attempts }, (_, i) => ({ x: across, y: from.y + 14 + step * i }));
    const isFree = (point: Point): boolean => {
      const box = boxAt(point, width);
      return point.y <= this.#bottom && !this.#taken.some((other) => meet(box, other));
    };
    const found = all.find(isFree) ?? all[0]!;
    this.#taken.push(boxAt(found, width));
    return found;
  }
}
