/** Searches with a rule of the protocols broken, each in a process of its own. */
import { spawn } from "node:child_process";
import { didYouMean } from "../../languages/nearest.ts";
import { mutants } from "../../search/mutants/all.ts";
import type { Mutant } from "../../search/mutants/mutant.ts";
import { BadData } from "../../sim/bad-data.ts";

const register = new URL("../../search/mutants/register.js", import.meta.url).href;
const main = new URL("../cli/main.js", import.meta.url);

/** The mutant that this process is, if it is one. */
export function ownMutant(): string | undefined {
  return process.env["TROUPE_MUTANT"];
}

/** @throws BadData if there is no mutant of this name */
export function mutantNamed(name: string): Mutant {
  const names = mutants.map((mutant) => mutant.name);
  const found = mutants.find((mutant) => mutant.name === name);
  if (found !== undefined) return found;
  const hint = didYouMean(name, names, (each) => `"${each}"`) || " troupe fuzz --list-mutants lists them.";
  throw new BadData(`--mutant: there is no mutant "${name}".${hint}`);
}

export interface Ended {
  /** Null if it was killed: a broken protocol may never come to an end. */
  readonly status: number | null;
  readonly output: string;
}

/**
 * Runs `troupe` with these words in a process with the rule broken, for at most `limit` ms. Output is kept or shown.
 */
export function runMutant(
  name: string,
  words: readonly string[],
  { limit = Infinity, shows }: { readonly limit?: number; readonly shows: boolean },
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ["--import", register, main.pathname, ...words], {
      stdio: ["ignore", shows ? "inherit" : "pipe", shows ? "inherit" : "pipe"],
      env: { ...process.env, TROUPE_MUTANT: name },
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr])
      stream?.on("data", (data: Buffer) => (output += data.toString()));
    const timer = limit === Infinity ? undefined : setTimeout(() => child.kill("SIGKILL"), limit);
    child.on("error", reject);
    child.on("close", (status) => {
      clearTimeout(timer);
      resolve({ status, output });
    });
  });
}
