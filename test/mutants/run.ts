/** One process of the mutation test: runs a campaign on seed after seed until one fails, and prints what came of it as JSON. */
import { runSchedule } from "../protocols/binding/schedule.ts";
import { problemsOf } from "./campaign.ts";
import type { Campaign } from "./mutants.ts";

const campaigns: Record<Campaign, (seed: number) => Promise<string[]>> = {
  calls: (seed) => problemsOf(`mutant ${seed}`),
  binding: async (seed) => {
    try {
      return (await runSchedule(String(seed))).problems;
    } catch (error) {
      return [`seed ${seed} threw ${String(error)}`];
    }
  },
};

const [campaign, count] = process.argv.slice(2) as [Campaign, string];
const seeds = Number(count);
let seed = 0;
let problems: string[] = [];
while (problems.length === 0 && seed < seeds) problems = await campaigns[campaign](++seed);
process.stdout.write(JSON.stringify({ seed, problem: problems[0] }));
