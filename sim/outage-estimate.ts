/** The outages of a troupe whose members are replaced, estimated without bias by one of several methods, the protocols in the loop. */
import type { Random } from "../protocols/host.ts";
import type { Distribution } from "./distribution.ts";
import { failureBias } from "./failure-biasing.ts";
import { OutageCycles } from "./outage-cycle.ts";
import type { ReplacedTroupeOptions } from "./replaced-troupe.ts";
import { chain } from "./replacement-model.ts";
import { meanTotals, split } from "./splitting.ts";
import type { World } from "./world.ts";

/** Naive: cycles as they come. The first asks that replacement times be exponential, and the others ask nothing of them. */
export const methods = ["biasing", "splitting", "naive"] as const;

export interface EstimateOptions {
  readonly method: (typeof methods)[number];
  /** Cycles; of splitting, trials at each number of failed members. */
  readonly effort: number;
  readonly troupe: Omit<ReplacedTroupeOptions, "changed"> & { readonly lifetime: Distribution };
  /** Each time a new world under the same seed. */
  readonly world: () => World;
  readonly random: Pick<Random, "next">;
}

export interface Estimate {
  /** Of one cycle, in the order of `total` (outage-cycle.ts). */
  readonly means: readonly number[];
  /** Events simulated, those that are run again to branch included. */
  readonly events: number;
}

export async function estimate({ method, effort, troupe, world, random }: EstimateOptions): Promise<Estimate> {
  const { members, lifetime, replacement, detection, policy } = troupe;
  const model = { members, lifetime: lifetime.mean, replacement: replacement.mean + detection, policy };
  const bias = method === "biasing" ? failureBias(chain(model)) : undefined;
  const form = (): Promise<OutageCycles> => OutageCycles.form(world(), { ...troupe, bias });
  if (method !== "splitting") {
    const cycles = await form();
    return { means: await cycles.means(effort), events: cycles.world.engine.executed };
  }
  let events = 0;
  const stages = await split({
    lowest: 1,
    highest: members,
    effort,
    random,
    begin: async () => (await form()).next(),
    ended: (trial) => (events += trial.world.engine.executed),
  });
  return { means: meanTotals(stages), events };
}
