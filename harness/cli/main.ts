#!/usr/bin/env node
/**
 * The program `troupe`. Exit status: 0 done; 1 an experiment, a verdict or a call failed; 2 the words cannot be used, and
 * nothing was written; 130 and 143 interrupted.
 */
import { BadSource } from "../../languages/source.ts";
import { BadData } from "../../sim/bad-data.ts";
import { commandLine } from "./command-line.ts";
import { CommandFailed } from "../failure.ts";
import { ExperimentFailed } from "./run.ts";

// `troupe list | head` closes the pipe early, which is no error.
process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 1));

try {
  await commandLine(process.argv.slice(2));
} catch (error) {
  const isBad = error instanceof BadData || error instanceof BadSource;
  const isExpected = isBad || error instanceof ExperimentFailed || error instanceof CommandFailed;
  process.stderr.write(
    `troupe: ${isExpected ? error.message : error instanceof Error ? error.stack : String(error)}\n`,
  );
  process.exitCode = isBad ? 2 : 1;
}
