/** The command line within the process of the test, which is faster than a process of its own. */
import { BadData } from "../../../sim/bad-data.ts";
import { commandLine } from "../../../harness/cli/command-line.ts";
import { CommandFailed, ExperimentFailed } from "../../../harness/failure.ts";

export interface Captured {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

/** Standard error without the lines of progress that a slow machine has in between. */
export function withoutProgress(err: string): string {
  return err.replace(/^[\w-]+(, \d+ campaigns)?: \d+ of \d+ replications(,.*)?\n/gm, "");
}

/** What a command prints, and the status with which the program would end. */
export async function captured(words: readonly string[]): Promise<Captured> {
  const { stdout, stderr } = process;
  const written = { out: "", err: "" };
  const writers = [stdout.write.bind(stdout), stderr.write.bind(stderr)] as const;
  const { log } = console;
  stdout.write = (text: string | Uint8Array) => ((written.out += String(text)), true);
  stderr.write = (text: string | Uint8Array) => ((written.err += String(text)), true);
  console.log = (text: string) => (written.out += `${text}\n`);
  try {
    await commandLine(words);
    return { status: 0, out: written.out, err: withoutProgress(written.err) };
  } catch (error) {
    const isExpected = [BadData, ExperimentFailed, CommandFailed].some((kind) => error instanceof kind);
    if (!isExpected) throw error;
    return {
      status: error instanceof BadData ? 2 : 1,
      out: written.out,
      err: `${withoutProgress(written.err)}troupe: ${(error as Error).message}\n`,
    };
  } finally {
    stdout.write = writers[0];
    stderr.write = writers[1];
    console.log = log;
  }
}
