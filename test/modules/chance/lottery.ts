/** Chance of a helper in another file, and at the top of a file. */
import { pick, salt, started } from "./helpers/chance.ts";

export default class Lottery {
  drawn: number[] = [];

  draw(): number {
    this.drawn.push(pick(49), salt, started);
    return this.drawn.length;
  }
}
