/**
 * Streams of random numbers, found by key and never by order of drawing.
 *
 * A key names the seed of the run, the replication, the component that draws and what it draws for. So a new draw
 * somewhere disturbs no other stream, and two policies compared under one seed meet the same failures. The generator is
 * Baagøe's Alea, from seedrandom: numbers are multiples of 2^-32.
 */
import seedrandom from "seedrandom";
import type { Random } from "../protocols/host.ts";

/** Joins the parts of a key; a control character, so that no two lists of names give one key. */
const joint = "\u001f";

/** Which future the streams of one replication draw: they begin anew, under other keys, at each branch. */
class Future {
  /** Counts branches. */
  number = 0;
  /** What the keys end with. */
  key = "";
}

export class Stream implements Random {
  readonly key: string;
  private readonly future: Future;
  /** Made at the first draw: seeding costs a hundred times a draw, and most streams are only forked. */
  private generator: (() => number) | undefined = undefined;
  /** The future that the generator was made for. */
  private made = 0;

  constructor(key: string, future = new Future()) {
    this.key = key;
    this.future = future;
  }

  next(): number {
    const { future } = this;
    if (this.generator === undefined || this.made !== future.number) {
      this.generator = seedrandom.alea(this.key + future.key);
      this.made = future.number;
    }
    return this.generator();
  }

  fork(purpose: string): Stream {
    return new Stream(this.key + joint + purpose, this.future);
  }

  /**
   * From now on this stream and all that come from the same root draw numbers that depend on `name`, too, and on nothing that
   * was drawn before. The past stays as it was: a simulation that is run again up to here and branched by another name has the
   * same past and another future.
   */
  branch(name: string): void {
    this.future.number++;
    this.future.key = `${joint}branch${joint}${name}`;
  }
}

/** The root of all streams of one replication. */
export function streams(seed: string, replication: number): Stream {
  return new Stream(seed + joint + String(replication));
}
