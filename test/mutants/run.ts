/** One process of the mutation test: runs seed after seed until one fails, and prints what came of it as JSON. */
import { draw, features } from "../../search/draw.ts";
import { run } from "../../search/run.ts";
import { killCases, runCase } from "../campaign/cases.ts";
import type { Report } from "../campaign/report.ts";
import { runAgreement } from "../protocols/binding/agreement.ts";

const campaigns: Record<string, (seed: number) => Promise<string[]>> = {
  search: async (seed) => {
    const { violations } = await run(draw(String(seed), { always }));
    return violations.map(({ checker, sentence }) => `${checker}: ${sentence}`);
  },
  pauses: async (seed) => {
    const steps = pauses.length > 0 ? pauses : (pauses = await pausesOfNewcomer());
    return problemsIn(runCase(steps[seed % steps.length]!));
  },
  agreement: (seed) => problemsIn(runAgreement(String(seed))),
};

let pauses: string[] = [];

async function pausesOfNewcomer(): Promise<string[]> {
  const cases = (await killCases()).filter((name) => /^kill join .* paused$/.test(name));
  // The newcomer's machine was the last to be added.
  const newcomer = cases
    .map((name) => name.split(" ")[2]!)
    .sort((a, b) => (a < b ? -1 : 1))
    .findLast((party) => party.startsWith("ledger"));
  return cases.filter((name) => name.includes(` ${newcomer} `));
}

async function problemsIn(report: Promise<Report>): Promise<string[]> {
  try {
    return (await report).problems;
  } catch (error) {
    return [`it threw ${String(error)}`];
  }
}

const [campaign, count, limit, uses] = process.argv.slice(2) as [string, string, string, string];
const always = features.filter((feature) => uses.split(",").includes(feature));
const seeds = Number(count);
// What takes longer because the machine is busy has not hung.
const end = performance.now() + Number(limit);
let seed = 0;
let problems: string[] = [];
while (problems.length === 0 && seed < seeds && performance.now() < end) problems = await campaigns[campaign]!(++seed);
process.stdout.write(JSON.stringify({ seed, problem: problems[0] }));
