/**
 * Streams of random numbers, found by key and never by order of drawing.
 *
 * A key names the seed of the run, the replication, the component that draws and the purpose of its draws. A new draw
 * in one component therefore disturbs no other stream, and two policies compared under one seed meet the same failures.
 *
 * The generator is Tyche-i, from seedrandom (S. Neves and F. Araujo, Fast and Small Nonlinear Pseudorandom Number
 * Generators for Computer Simulation, 2011). Its 128 bits of state take in the key one character after the other, with
 * a round of the generator behind each and 20 rounds behind the last: a change of any character changes each bit of the
 * numbers with probability 1/2 (test/sim/chance/random.test.ts). Alea, keyed by names that end in a counter, gave
 * streams whose first numbers were dependent in threes: members of a troupe died together too often.
 */
import seedrandom from "seedrandom";
import type { Random } from "../../protocols/host.ts";

/** Ends each part of a key; a control character, so that no two lists of names give one key. */
const joint = "\u001f";

export class Stream implements Random {
  readonly key: string;
  /** Made at the first draw: seeding costs as much as some fifty draws, and most streams are only forked. */
  private generator: seedrandom.PRNG | undefined = undefined;

  constructor(key: string) {
    this.key = key;
  }

  /** Uniform on (0, 1): a multiple of 2^-53, so that the tails of laws reach as far as a float64 can tell. */
  next(): number {
    // The joint behind the last part: Tyche-i's seeding takes a trailing NUL for one more round.
    return (this.generator ??= seedrandom.tychei(this.key + joint)).double();
  }

  /** A stream of its own; its numbers depend on this stream's key and on `purpose`, not on what was drawn before. */
  fork(purpose: string): Stream {
    return new Stream(this.key + joint + purpose);
  }
}

/** The root of all streams of one replication. */
export function streams(seed: string, replication: number): Stream {
  return new Stream(seed + joint + String(replication));
}
