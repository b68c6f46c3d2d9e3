/** Many campaigns of one plan, each under a seed of its own, to see how its estimates vary. */
import type { Source } from "../sources.ts";
import { summarize, type CellSummary } from "../results/summary.ts";
import { allOrFirstFailure, carryOut } from "./campaign.ts";
import type { Plan } from "../plan/plan.ts";
import { Pool } from "./pool.ts";
import type { Row } from "../plan/row.ts";
import type { Listener } from "./session.ts";
import type { Task } from "./workers.ts";

export interface Campaigns {
  readonly plan: Plan;
  readonly source: Source;
  readonly campaigns: number;
  readonly workers: number;
}

/** The seed of a campaign, counted from 0. With this seed, `troupe run` runs the same campaign alone. */
export function campaignSeed(seed: string, campaign: number): string {
  return `${seed} campaign ${campaign}`;
}

/** Concurrent campaigns for each worker, so that no worker waits for the last replication of a campaign. */
const atOnce = 4;

/**
 * The summaries by campaign and cell. They do not depend on the workers.
 *
 * @throws ReplicationFailure of one that threw.
 */
export async function runCampaigns(request: Campaigns, listener: Listener): Promise<CellSummary[][]> {
  const { plan, source, campaigns, workers } = request;
  const { experiment, cells, precision } = plan;
  const total = campaigns * cells.length * plan.replications;
  const pool = new Pool(Math.min(workers, total), { source, cells });
  const run = async (task: Task): Promise<Row> => {
    const { row } = await pool.run(task);
    listener.finished(task, row);
    return row;
  };
  const summaries: CellSummary[][] = [];
  let next = 0;
  const oneAfterTheOther = async (): Promise<void> => {
    while (next < campaigns) {
      const campaign = next++;
      const seed = campaignSeed(plan.seed, campaign);
      const rows = await carryOut({ ...plan, seed }, run, (additional) => listener.grew(additional));
      summaries[campaign] = cells.map((cell, i) => summarize(experiment, cell, rows[i]!, precision));
    }
  };
  listener.began(0, total);
  listener.hired(pool);
  try {
    await allOrFirstFailure(Array.from({ length: atOnce * workers }, oneAfterTheOther));
  } finally {
    await pool.close();
  }
  return summaries;
}
