/** What feeder and workers of a queue know of each other: sweeps that are open, on a Redis server. */
import type { Queue } from "bullmq";
import type { Redis } from "ioredis";
import { BadData } from "../../../sim/bad-data.ts";
import type { Thrown } from "../../plan/failure.ts";
import type { Cell } from "../../plan/grid.ts";
import type { Identity } from "../../store/identity.ts";
import type { Result, Task } from "../workers.ts";

/** A sweep that is open to workers. Plain JSON. */
export interface Campaign {
  readonly id: string;
  /** The host that feeds it. */
  readonly host: string;
  /** The experiment as its user named it. */
  readonly source: string;
  /** What a worker's own must be equal to. */
  readonly identity: Identity;
  readonly cells: readonly Cell[];
  /** The real time in ms that a replication may take. */
  readonly timeout?: number;
}

/** One job: replications that one worker runs. */
export interface Batch {
  readonly tasks: readonly Task[];
}

/** What came of a job, in the order of its tasks. */
export interface Answers {
  readonly answers: readonly (Result | { readonly thrown: Thrown })[];
  /** The real time that the job took. */
  readonly milliseconds: number;
}

export type Jobs = Queue<Batch, Answers>;

const open = "troupe:campaigns";
const recordOf = (id: string): string => `troupe:campaign:${id}`;
const refusalsOf = (id: string): string => `troupe:refusals:${id}`;

/** The name of a sweep's queue. */
export const queueOf = (id: string): string => `troupe-${id}`;

/** Seconds after which a sweep whose feeder is silent is given up. */
const patience = 15;

/** An address without its password. */
export function shownAddress(address: string): string {
  return address.replace(/\/\/[^@/]*@/, "//");
}

/**
 * Connects to a Redis server. `lost` is told when the connection is lost later on; it is made again.
 *
 * @throws BadData if there is none at that address, or it does not let us in.
 */
export async function connect(address: string, lost: (text: string) => void): Promise<Redis> {
  if (!/^rediss?:\/\/[^/]+/.test(address) || !URL.canParse(address)) {
    throw new BadData(`--queue takes the address of a Redis server, such as redis://host:6379, not "${address}".`);
  }
  // Loaded only where a queue is asked for.
  const { Redis } = await import("ioredis");
  let isOpen = false;
  const retryStrategy = (times: number): number | null => (isOpen ? Math.min(100 * times, 2000) : null);
  const redis = new Redis(address, {
    lazyConnect: true,
    connectTimeout: 5000,
    maxRetriesPerRequest: null,
    retryStrategy,
  });
  let reason = "";
  let isLost = false;
  redis.on("error", (error: NodeJS.ErrnoException) => (reason = error.code ?? error.message));
  redis.on("ready", () => (isLost = false));
  redis.on("reconnecting", () => {
    if (!isLost) lost(`the connection to ${shownAddress(address)} is lost; it is tried again.`);
    isLost = true;
  });
  try {
    await redis.connect();
    await redis.ping();
  } catch (error) {
    redis.disconnect();
    throw new BadData(`--queue ${shownAddress(address)}: no Redis answers there (${reason || String(error)}).`);
  }
  isOpen = true;
  return redis;
}

/** The feeder keeps its sweep open: again and again, or it is given up. */
export async function announce(redis: Redis, campaign: Campaign): Promise<void> {
  await redis.set(recordOf(campaign.id), JSON.stringify(campaign), "EX", patience);
  await redis.sadd(open, campaign.id);
}

/** The sweeps that are open, and those that have been given up. */
export async function campaigns(redis: Redis): Promise<{ open: Campaign[]; orphans: string[] }> {
  const ids = await redis.smembers(open);
  const texts = await Promise.all(ids.map((id) => redis.get(recordOf(id))));
  const found = texts.flatMap((text) => (text === null ? [] : [JSON.parse(text) as Campaign]));
  return { open: found, orphans: ids.filter((_, place) => texts[place] === null) };
}

/** Removes all that is there of a sweep. */
export async function withdraw(redis: Redis, id: string): Promise<void> {
  const { Queue } = await import("bullmq");
  // Who takes it out of the set cleans up.
  if ((await redis.srem(open, id)) === 0) return;
  await redis.del(recordOf(id), refusalsOf(id));
  const queue = new Queue(queueOf(id), { connection: redis });
  await queue.obliterate({ force: true });
  await queue.close();
}

/** A worker tells a sweep's feeder why it does not work for it. */
export async function tellRefusal(redis: Redis, id: string, text: string): Promise<void> {
  await redis.rpush(refusalsOf(id), text);
  await redis.expire(refusalsOf(id), patience);
}

/** What workers have told since the last time. */
export async function refusals(redis: Redis, id: string): Promise<string[]> {
  return (await redis.lpop(refusalsOf(id), 100)) ?? [];
}
