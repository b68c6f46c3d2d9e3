/** One process of the mutation test: runs the campaign on seed after seed until one fails, and prints what came of it as JSON. */
import { problemsOf } from "./campaign.ts";

const seeds = Number(process.argv[2]);
let seed = 0;
let problems: string[] = [];
while (problems.length === 0 && seed < seeds) problems = await problemsOf(`mutant ${++seed}`);
process.stdout.write(JSON.stringify({ seed, problem: problems[0] }));
