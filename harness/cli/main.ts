#!/usr/bin/env node
/**
 * The program `troupe`. Exit status: 0 success; 1 an experiment, a verdict or a call failed; 2 the command line is
 * invalid, and nothing was written; 130 and 143 interrupted.
 */
import { fileURLToPath } from "node:url";
import { BadSource } from "../../languages/source.ts";
import { BadData } from "../../sim/bad-data.ts";
import { CommandFailed, ExperimentFailed } from "../failure.ts";
import { packageRoot } from "../package-root.ts";
import { systemReason } from "../store/directory.ts";
import { commandLine } from "./command-line.ts";

// `troupe list | head` closes the pipe early, which is no error.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
  process.stderr.write(`troupe: standard output: ${systemReason(error) ?? error.message}.\n`);
  process.exit(1);
});

/**
 * The place in a user's own file that threw: the first of the stack outside this package and Node; undefined if none.
 */
function placeOf(stack: string): string | undefined {
  for (const [, place] of stack.matchAll(/\(?((?:file:\/\/)?\/[^\s()]+:\d+:\d+)\)?$/gm)) {
    const path = place!.startsWith("file:") ? fileURLToPath(place!.replace(/:\d+:\d+$/, "")) : place!;
    if (path.startsWith(`${packageRoot}dist/`) && !path.startsWith(`${packageRoot}dist/test/`)) return undefined;
    if (!path.includes("node_modules/")) return place!.replace(/^file:\/\//, "");
  }
  return undefined;
}

/** The message for an error: a sentence; with a stack only if the fault is in this package. */
function sentenceOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const expected = [BadData, BadSource, ExperimentFailed, CommandFailed];
  if (expected.some((kind) => error instanceof kind)) return error.message;
  const reason = systemReason(error);
  if (reason !== undefined) {
    const { path } = error as NodeJS.ErrnoException;
    return `${path === undefined ? "" : `${path}: `}${reason}.`;
  }
  const place = placeOf(error.stack ?? "");
  return place === undefined ? (error.stack ?? error.message) : `${place}: ${error.name}: ${error.message}`;
}

try {
  await commandLine(process.argv.slice(2));
} catch (error) {
  const status = error instanceof BadData || error instanceof BadSource ? 2 : 1;
  // At once: a user's file that was refused may have opened a socket or set a timer while it was loaded.
  process.stderr.write(`troupe: ${sentenceOf(error)}\n`, () => process.exit(status));
}
