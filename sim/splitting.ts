/**
 * Importance splitting: rare events that are reached by steps, each of which is not rare.
 *
 * A *level* tells how far a trajectory has come: how many members have failed. The first stage runs trajectories from the
 * beginning until they reach the next level or are over. Stage k begins each of its trials where a trajectory of stage k - 1
 * first reached level k, and runs until level k + 1 is reached or all is over; the last stage runs until all is over. Each stage has a fixed number of
 * trials, spread evenly over the places where it may begin. With R_j of N_j trials of stage j going up, a trial of stage k
 * counts (R_0 / N_0) ... (R_(k-1) / N_(k-1)) / N_k: so the sum over all trials of what they added up is an unbiased estimate of the
 * mean total of one trajectory, whatever is added up and whatever the levels are (M. J. J. Garvels, The splitting method in rare
 * event simulation, 2000: fixed effort; the beginning of each stage by stratified resampling). Only how good it is depends on them.
 *
 * A simulated world cannot be copied in the middle of its life. But it can be run again, to the same moment, and branched
 * there (World.branch): a beginning is the list of the branches that lead to it.
 */
import type { Random } from "../protocols/host.ts";
import type { World } from "./world.ts";

/** One trajectory. `world` is stopped (World.stop) whenever the level has changed or the trajectory is over. */
export interface Trajectory {
  readonly world: World;
  readonly level: number;
  readonly over: boolean;
  /** What has been added up so far, in an order that is always the same. */
  totals(): readonly number[];
}

export interface SplittingOptions {
  /** The level of a trajectory at its beginning, from which the first stage goes up. */
  readonly lowest: number;
  /** The level at which the last stage begins. If it is the lowest, nothing is split: naive simulation. */
  readonly highest: number;
  /** Trials of each stage. */
  readonly effort: number;
  /** Begins a trajectory: each time the same world in the same state, to be branched before anything random has happened. */
  readonly begin: () => Promise<Trajectory>;
  /** Told of each trial that has ended. */
  readonly ended?: (trajectory: Trajectory) => void;
  /** Spreads the trials over their beginnings. */
  readonly random: Pick<Random, "next">;
}

/** What came of one stage. */
export interface Staged {
  /** The probability that a trajectory comes to this level, as estimated by the stages before. */
  readonly reached: number;
  readonly trials: number;
  /** Trials that went up to the next level. */
  readonly up: number;
  /** By trial: what it added up. */
  readonly added: readonly (readonly number[])[];
}

/** A beginning: the branches that lead to it, the first at the start. */
type Beginning = readonly string[];

/** Runs a trajectory up to where it first reaches `level`; false if it was over before. */
async function runTo(trajectory: Trajectory, level: number): Promise<boolean> {
  while (trajectory.level < level && !trajectory.over) {
    if (trajectory.world.engine.pending === 0)
      throw new Error(`at level ${trajectory.level} nothing is left to happen`);
    await trajectory.world.run();
  }
  return trajectory.level >= level;
}

/** Carries out all stages, up to the one that no trajectory reached. */
export async function split({ lowest, highest, effort, begin, ended, random }: SplittingOptions): Promise<Staged[]> {
  const stages: Staged[] = [];
  let beginnings: Beginning[] = [[]];
  let reached = 1;
  for (let stage = lowest; stage <= highest && beginnings.length > 0; stage++) {
    const next: Beginning[] = [];
    const added: number[][] = [];
    const offset = random.next();
    for (let trial = 0; trial < effort; trial++) {
      const beginning = beginnings[Math.floor(((trial + offset) * beginnings.length) / effort)]!;
      const trajectory = await begin();
      for (const [i, branch] of beginning.entries()) {
        await runTo(trajectory, lowest + i);
        trajectory.world.branch(branch);
      }
      const name = `${stage}.${trial}`;
      if (!(await runTo(trajectory, stage))) throw new Error(`trial ${name}: its beginning did not come out alike`);
      // What there is at the beginning of all counts for the first stage.
      const before = stage === lowest ? undefined : trajectory.totals();
      trajectory.world.branch(name);
      if (await runTo(trajectory, stage < highest ? stage + 1 : Infinity)) next.push([...beginning, name]);
      ended?.(trajectory);
      added.push(trajectory.totals().map((total, i) => total - (before?.[i] ?? 0)));
    }
    stages.push({ reached, trials: effort, up: next.length, added });
    reached *= next.length / effort;
    beginnings = next;
  }
  return stages;
}

/** The mean total of one trajectory, estimated without bias, for each of what was added up. */
export function meanTotals(stages: readonly Staged[]): number[] {
  const sums = stages[0]!.added[0]!.map(() => 0);
  for (const { reached, trials, added } of stages) {
    for (const totals of added) totals.forEach((total, i) => (sums[i]! += (reached / trials) * total));
  }
  return sums;
}
