/**
 * Streams of random numbers, found by key and never by order of drawing.
 *
 * A key names the seed of the run, the replication, the component that draws and what it draws for. So a new draw
 * somewhere disturbs no other stream, and two policies compared under one seed meet the same failures. The generator is
 * Baagøe's Alea, from seedrandom: numbers are multiples of 2^-32.
 */
import seedrandom from "seedrandom";
import type { Random } from "../../protocols/host.ts";

/** Joins the parts of a key; a control character, so that no two lists of names give one key. */
const joint = "\u001f";

export class Stream implements Random {
  readonly key: string;
  /** Made at the first draw: seeding costs a hundred times a draw, and most streams are only forked. */
  private generator: (() => number) | undefined = undefined;

  constructor(key: string) {
    this.key = key;
  }

  next(): number {
    return (this.generator ??= seedrandom.alea(this.key))();
  }

  fork(purpose: string): Stream {
    return new Stream(this.key + joint + purpose);
  }
}

/** The root of all streams of one replication. */
export function streams(seed: string, replication: number): Stream {
  return new Stream(seed + joint + String(replication));
}
