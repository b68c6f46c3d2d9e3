/** Tables of the search: rules and how often they were reached, mutants and how they were found. */
import { mutants } from "../../search/mutants/all.ts";
import { isInReach, type Mutant } from "../../search/mutants/mutant.ts";
import { table } from "../report/columns.ts";
import { sizeText } from "./failure.ts";
import { runMutant } from "./mutation.ts";

/** How a mutant is caught that the search is not to find. */
function elsewhere({ tests, campaign }: Mutant): string {
  return tests === undefined
    ? `npm run campaign -- --only ${campaign === "pauses" ? "kills" : "agreement"}`
    : `test/protocols/${tests}.test.ts`;
}

export function mutantsList(): string {
  const rows = mutants.map((mutant) => [
    mutant.name,
    mutant.file.replace(/\.js$/, ".ts"),
    isInReach(mutant) ? "troupe fuzz" : elsewhere(mutant),
  ]);
  return table(["mutant", "place", "caught by"], rows);
}

/** Rules that the search is to reach, and did not. */
export function unreached(marks: readonly number[]): Mutant[] {
  return mutants.filter((mutant, place) => isInReach(mutant) && (marks[place] ?? 0) === 0);
}

export function marksTable(marks: readonly number[]): string {
  const rows = mutants.map((mutant, place) => {
    const times = marks[place] ?? 0;
    const note = times > 0 ? "" : isInReach(mutant) ? "never reached" : elsewhere(mutant);
    return [
      `${mutant.file.replace(/\.js$/, ".ts")}: ${mutant.find.trim().split("\n")[0]!.slice(0, 60)}`,
      String(times),
      note,
    ];
  });
  return table(["rule", "times", ""], rows);
}

export interface MutantRow {
  readonly name: string;
  /** "found"; "hangs": a run never ended; "elsewhere": not found, and not in the search's reach. */
  readonly verdict: "found" | "hangs" | "elsewhere" | "NOT FOUND";
  readonly seeds: number;
  readonly seconds: number;
  readonly checker: string;
  readonly size: string;
}

interface Document {
  readonly seeds: number;
  readonly seconds: number;
  readonly failed: readonly { readonly violations: readonly { readonly checker: string }[] }[];
  readonly size?: Parameters<typeof sizeText>[0];
}

/** Searches for the mutant, and shrinks what is found. */
export async function mutantRow(
  mutant: Mutant,
  effort: { readonly seeds: number; readonly time: number },
): Promise<MutantRow> {
  const use = mutant.uses === undefined ? [] : ["--use", mutant.uses.join()];
  const limits = ["--seeds", String(effort.seeds), "--time", `${effort.time}ms`];
  const words = ["fuzz", ...limits, ...use, "--shrink", "--json", "--mutant", mutant.name];
  const { status, output } = await runMutant(mutant.name, words, { limit: 3 * effort.time, shows: false });
  if (status === null)
    return { name: mutant.name, verdict: "hangs", seeds: 0, seconds: effort.time / 1000, checker: "", size: "" };
  if (status > 1 || !output.startsWith("{")) throw new Error(`mutant "${mutant.name}": ${output}`);
  const { seeds, seconds, failed, size } = JSON.parse(output) as Document;
  const [first] = failed;
  const verdict = first !== undefined ? "found" : isInReach(mutant) ? "NOT FOUND" : "elsewhere";
  const checker = first?.violations[0]?.checker ?? "";
  return { name: mutant.name, verdict, seeds, seconds, checker, size: size === undefined ? "" : sizeText(size) };
}

export function mutantsTable(rows: readonly MutantRow[]): string {
  return table(
    ["mutant", "", "seeds", "seconds", "checker", "after shrinking"],
    rows.map(({ name, verdict, seeds, seconds, checker, size }) => [
      name,
      verdict,
      String(seeds),
      seconds.toFixed(1),
      checker,
      size,
    ]),
  );
}
