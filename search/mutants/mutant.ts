/** What a mutant of the protocols is. */
import type { Feature } from "../draw.ts";

export interface Edit {
  /** The compiled file, and a piece of it that occurs in it once. */
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

/** A rule of the protocols, and how it is broken. */
export interface Mutant extends Edit {
  /** What it does wrong. */
  readonly name: string;
  /** What else must be changed for that. */
  readonly also?: readonly Edit[];
  /** What every schedule must use for the search to reach the rule soon. */
  readonly uses?: readonly Feature[];
  /** The tests that catch it, by file below dist/test/protocols, if the search is not to find it. */
  readonly tests?: string;
  /** The part of `npm run campaign` that catches it, if the search is not to find it. */
  readonly campaign?: "agreement" | "pauses";
  /** Caught in few seconds, so that `npm test` catches it. Default: true for messages and calls, else false. */
  readonly quick?: boolean;
}

/** Whether the search is to find it. */
export function isInReach({ tests, campaign }: Mutant): boolean {
  return tests === undefined && campaign === undefined;
}
