/** Runs the replications of all sweeps that are open at a Redis server, as long as it is let. */
import { hostname } from "node:os";
import { setTimeout as pause } from "node:timers/promises";
import type { Worker } from "bullmq";
import type { Redis } from "ioredis";
import { BadData } from "../../../sim/bad-data.ts";
import { loadExperiment } from "../../load.ts";
import { findExperiment, type Source } from "../../sources.ts";
import { changesBetween, identityOf } from "../../store/identity.ts";
import { Pool } from "../pool.ts";
import { ReplicationFailure, type Task } from "../workers.ts";
import {
  campaigns,
  connect,
  queueOf,
  tellRefusal,
  withdraw,
  type Answers,
  type Batch,
  type Campaign,
} from "./board.ts";

/** ms between looks at the sweeps that are open. */
const lookEach = 500;
/** ms after which a job of a worker that has not been heard of is given to another. */
const lockDuration = 6000;
/** A job that so many workers did not survive is given back. */
const maxStalledCount = 3;
/** At most so many changed files are named. */
const named = 3;

interface Employment {
  readonly worker: Worker<Batch, Answers>;
  readonly pool: Pool;
}

export interface Options {
  /** Of the Redis server. */
  readonly address: string;
  readonly threads: number;
  readonly say: (text: string) => void;
  /** Ends the work; jobs that are under way are finished. */
  readonly signal: AbortSignal;
}

/** Why this machine cannot work for a sweep, or the experiment's source. */
async function admitted({ source: name, identity, cells }: Campaign): Promise<Source | { readonly refusal: string }> {
  try {
    const source = findExperiment(name);
    const own = await identityOf({ experiment: await loadExperiment(source), seed: identity.seed, cells }, source);
    const changes = changesBetween(identity, own);
    if (changes.length === 0) return source;
    const more = changes.length > named ? `, and ${changes.length - named} more` : "";
    return { refusal: `it has other code (${changes.slice(0, named).join(", ")}${more})` };
  } catch (error) {
    if (error instanceof BadData) return { refusal: error.message.replace(/\.$/, "") };
    return { refusal: error instanceof Error ? error.message : String(error) };
  }
}

async function employ(redis: Redis, campaign: Campaign, source: Source, threads: number): Promise<Employment> {
  const { Worker } = await import("bullmq");
  const { cells, timeout } = campaign;
  // Whether the rest goes on is the feeder's affair.
  const pool = new Pool(
    threads,
    { source, cells },
    { keepsGoing: true, ...(timeout === undefined ? {} : { timeout }) },
  );
  const answer = async (task: Task): Promise<Answers["answers"][number]> => {
    try {
      return await pool.run(task);
    } catch (error) {
      if (error instanceof ReplicationFailure) return { thrown: error.thrown };
      throw error;
    }
  };
  const run = async ({ data }: { data: Batch }): Promise<Answers> => {
    const began = performance.now();
    const answers = await Promise.all(data.tasks.map(answer));
    return { answers, milliseconds: performance.now() - began };
  };
  const worker = new Worker<Batch, Answers>(queueOf(campaign.id), run, {
    connection: redis,
    name: `${hostname()}/${process.pid}/${threads}`,
    // One more than threads, so that none waits for the next job.
    concurrency: threads + 1,
    lockDuration,
    stalledInterval: lockDuration / 2,
    maxStalledCount,
  });
  worker.on("error", () => {}); // Told by the connection.
  return { worker, pool };
}

/**
 * Works until the signal. Sweeps that come up meanwhile are taken on; one of other code is refused aloud.
 *
 * @throws BadData if there is no Redis.
 */
export async function work({ address, threads, say, signal }: Options): Promise<void> {
  const redis = await connect(address, say);
  const employments = new Map<string, Employment>();
  const refused = new Set<string>();
  const leave = async (id: string, isGone: boolean): Promise<void> => {
    const { worker, pool } = employments.get(id)!;
    employments.delete(id);
    if (isGone) await pool.close();
    await worker.close(isGone);
    await pool.close();
  };
  while (!signal.aborted) {
    const { open, orphans } = await campaigns(redis);
    for (const orphan of orphans) await withdraw(redis, orphan);
    const ids = new Set(open.map(({ id }) => id));
    for (const id of employments.keys()) {
      if (ids.has(id)) continue;
      await leave(id, true);
      say("that sweep has ended.");
    }
    for (const campaign of open) {
      const { id, host, identity } = campaign;
      if (employments.has(id) || refused.has(id)) continue;
      const what = `the sweep of ${identity.experiment} from ${host}`;
      const source = await admitted(campaign);
      if ("refusal" in source) {
        refused.add(id);
        say(`does not work for ${what}: ${source.refusal}.`);
        await tellRefusal(
          redis,
          id,
          `the worker on ${hostname()}, process ${process.pid}, is refused: ${source.refusal}.`,
        );
      } else {
        employments.set(id, await employ(redis, campaign, source, threads));
        say(`works for ${what}.`);
      }
    }
    await pause(lookEach, undefined, { signal }).catch(() => {});
  }
  await Promise.all([...employments.keys()].map((id) => leave(id, false)));
  redis.disconnect();
}
