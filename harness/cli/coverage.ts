/** `troupe coverage`: the share of an experiment's intervals that contain the model's figure. */
import { BadData } from "../../sim/bad-data.ts";
import { modelOf, type Experiment } from "../experiment.ts";
import type { Source } from "../sources.ts";
import { coverageDocument, coverageTable } from "../report/coverage.ts";
import { remarkLines, valueText } from "../report/table.ts";
import { coveragesOf, knownFigures } from "../results/coverage.ts";
import { campaignSeed, runCampaigns } from "../run/coverage.ts";
import type { Cell } from "../plan/grid.ts";
import { ReplicationFailure } from "../run/workers.ts";
import { workersOf } from "./arguments.ts";
import { coverageOptionNames } from "./options.ts";
import { readPlan } from "./read-plan.ts";
import { numberOf, refuseUnknown, type Words } from "./words.ts";
import { progress } from "./progress.ts";
import { failureOf, onInterrupt } from "./run.ts";

const standardCampaigns = 200;

/** @throws BadData if the model gives no figure for any measure of the cell. */
function mustBeKnown(experiment: Experiment, cell: Cell): void {
  if (knownFigures(experiment, cell).size > 0) return;
  const changed = Object.entries(experiment.parameters).filter(([name, parameter]) => cell[name] !== parameter.default);
  const where = changed.map(([name]) => valueText(experiment, name, cell[name]!)).join(", ") || "its defaults";
  const outside = Object.keys(experiment.measures).map((name) => modelOf(experiment, name, cell)?.outside ?? null);
  const reason = outside.find((sentence) => sentence !== null);
  throw new BadData(
    reason === undefined
      ? `${experiment.name} has no model for ${where}: nothing says what its intervals should contain.`
      : `the model of ${experiment.name} does not hold for ${where}: ${reason}`,
  );
}

export async function coverageCommand(words: Words, source: Source, experiment: Experiment): Promise<void> {
  refuseUnknown(words, experiment, coverageOptionNames);
  const { plan } = readPlan(words, experiment, [{}]);
  const campaigns = numberOf(words, "campaigns", 1) ?? standardCampaigns;
  const workers = workersOf(words, experiment);
  for (const cell of plan.cells) mustBeKnown(experiment, cell);

  const bar = progress({ title: `${experiment.name}, ${campaigns} campaigns`, isWanted: words["quiet"] !== true });
  const release = onInterrupt(bar, () => "Interrupted: nothing is kept.\n");
  let summaries;
  try {
    summaries = await runCampaigns({ plan, source, campaigns, workers }, bar);
  } catch (error) {
    throw error instanceof ReplicationFailure ? failureOf({ plan, source }, error) : error;
  } finally {
    bar.stop();
    release();
  }
  const { seed, cells, replications, precision } = plan;
  const coverages = coveragesOf(experiment, cells, summaries);
  if (words["json"] === true) {
    process.stdout.write(`${coverageDocument(experiment, seed, campaigns, coverages)}\n`);
    return;
  }
  if (words["quiet"] === true) return;
  const size = `${replications} ${replications === 1 ? "replication" : "replications"} of each cell`;
  const output = [
    experiment.question,
    `${campaigns} campaigns of ${size}${precision === null ? "" : ` or more, to a precision of ${precision}`}, ` +
      `under the seeds "${campaignSeed(seed, 0)}" to "${campaignSeed(seed, campaigns - 1)}".`,
    "",
    coverageTable(experiment, coverages),
    "",
    "Coverage: the share of campaigns whose 95% interval contains the model's figure. Bias and half-width are relative to that figure.",
    // Measures left out because they are outside the model, and the warnings of the first campaign.
    ...remarkLines(experiment, summaries[0]!),
  ];
  process.stdout.write(`${output.join("\n")}\n`);
}
