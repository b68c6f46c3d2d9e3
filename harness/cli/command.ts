/** What a command of `troupe` is. */
import type { Argv } from "yargs";
import type { Named } from "./named.ts";
import type { Words } from "./words.ts";

/** What is known before the options are parsed. */
export interface Asked {
  readonly words: readonly string[];
  /** The experiment of `run`, `sweep` or `coverage`. */
  readonly named: Named | undefined;
  /** The experiment that examples in the help name. */
  readonly example: string;
}

/** A command's options, and what it does with them. */
export interface Loaded {
  readonly declare: (yargs: Argv) => Argv;
  readonly run: (words: Words) => unknown;
}

export interface Command {
  /** Its words, as yargs takes them. */
  readonly form: string;
  readonly help: string;
  readonly load: (asked: Asked) => Promise<Loaded>;
}
