/** Feeds replications to workers on any machine, through BullMQ on a Redis server. */
import { randomBytes } from "node:crypto";
import { hostname } from "node:os";
import type { QueueEvents } from "bullmq";
import type { Redis } from "ioredis";
import { CommandFailed } from "../../failure.ts";
import { withoutStack } from "../../plan/failure.ts";
import { identityOf } from "../../store/identity.ts";
import type { Hire, Request } from "../session.ts";
import { Abandoned, ReplicationFailure, type Result, type Running, type Task, type Workers } from "../workers.ts";
import {
  announce,
  connect,
  queueOf,
  refusals,
  shownAddress,
  withdraw,
  type Answers,
  type Campaign,
  type Jobs,
} from "./board.ts";

/** A job is to take about so many ms: long against what the queue costs, short against what a killed worker loses. */
const wantedTime = 500;
const largestBatch = 200;
/** Jobs in the queue for each thread, so that none waits for the feeder. */
const ahead = 3;
/** ms between looks at who works. */
const lookEach = 1000;
/** ms after which the lack of workers is told first, and then again and again. */
const firstComplaint = 2000;
const complaintEach = 30_000;

interface Waiting {
  readonly task: Task;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: Error) => void;
}

interface Parts {
  readonly redis: Redis;
  readonly queue: Jobs;
  readonly events: QueueEvents;
  readonly campaign: Campaign;
  readonly keepsGoing: boolean;
  readonly address: string;
  /** Tells the user a sentence. */
  readonly say: (text: string) => void;
}

class Feeder implements Workers {
  readonly #parts: Parts;
  #waiting: Waiting[] = [];
  /** What is in the queue, by job. */
  readonly #fed = new Map<string, readonly Waiting[]>();
  /** Jobs that were not found there at the last look. */
  #missing = new Set<string>();
  /** When a job of one task began. */
  readonly #since = new Map<string, number>();
  #jobs = 0;
  #seats = 0;
  /** ms of one replication, smoothed. */
  #mean: number | undefined;
  #isFeeding = false;
  #closed: Error | undefined;
  #told = performance.now() + firstComplaint - complaintEach;
  readonly #timer: NodeJS.Timeout;
  #looking: Promise<void> = Promise.resolve();

  constructor(parts: Parts) {
    this.#parts = parts;
    const { events } = parts;
    events.on("active", ({ jobId }) => this.#since.set(jobId, performance.now()));
    events.on("completed", ({ jobId, returnvalue }) => this.#hear(jobId, returnvalue as unknown as Answers));
    events.on("failed", ({ jobId, failedReason }) => this.#lose(jobId, failedReason));
    this.#timer = setInterval(() => {
      this.#looking = this.#looking.then(() => this.#guarded(this.#look()));
    }, lookEach);
  }

  run(task: Task): Promise<Result> {
    if (this.#closed) return Promise.reject(this.#closed);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ task, resolve, reject });
      // All that is asked for in one go is shared out in batches.
      if (this.#waiting.length === 1) setImmediate(() => void this.#guarded(this.#feed()));
    });
  }

  /** Redis refuses, for want of memory, say: all that waits ends with that reason. */
  async #guarded(step: Promise<void>): Promise<void> {
    try {
      await step;
    } catch (error) {
      if (this.#closed instanceof CommandFailed) return;
      const { message } = error as Error;
      this.#closed = new CommandFailed(`${shownAddress(this.#parts.address)}: ${message.replace(/\.$/, "")}.`);
      this.#dropAll(this.#closed);
    }
  }

  #dropAll(reason: Error): void {
    for (const { reject } of [...this.#waiting.splice(0), ...[...this.#fed.values()].flat()]) reject(reason);
    this.#fed.clear();
  }

  running(): Running[] {
    const now = performance.now();
    const alone = [...this.#since].flatMap(([job, since]): Running[] => {
      const tasks = this.#fed.get(job) ?? [];
      return tasks.length === 1 ? [{ task: tasks[0]!.task, milliseconds: now - since }] : [];
    });
    return alone.sort((a, b) => b.milliseconds - a.milliseconds);
  }

  async close(reason: Error = new Abandoned()): Promise<void> {
    this.#closed ??= reason;
    clearInterval(this.#timer);
    this.#dropAll(reason);
    await this.#looking;
    const { redis, queue, events, campaign } = this.#parts;
    await events.close();
    await withdraw(redis, campaign.id);
    await queue.close();
    redis.disconnect();
  }

  /** As many as fill the wanted time, but so few that no thread is left without at the end. */
  #batchSize(): number {
    if (this.#mean === undefined) return 1;
    const fair = Math.ceil(this.#waiting.length / (2 * Math.max(1, this.#seats)));
    return Math.max(1, Math.min(largestBatch, fair, Math.round(wantedTime / this.#mean)));
  }

  async #feed(): Promise<void> {
    if (this.#isFeeding) return;
    this.#isFeeding = true;
    try {
      while (this.#waiting.length > 0 && this.#fed.size < Math.max(8, ahead * this.#seats)) {
        const room = Math.max(8, ahead * this.#seats) - this.#fed.size;
        const batches: Waiting[][] = [];
        while (batches.length < room && this.#waiting.length > 0)
          batches.push(this.#waiting.splice(0, this.#batchSize()));
        await this.#add(batches);
      }
    } finally {
      this.#isFeeding = false;
    }
  }

  async #add(batches: readonly (readonly Waiting[])[]): Promise<void> {
    const jobs = batches.map((batch) => {
      // A whole number alone is refused as a job's name.
      const jobId = `job${this.#jobs++}`;
      this.#fed.set(jobId, batch);
      return this.#job(jobId);
    });
    await this.#parts.queue.addBulk(jobs);
  }

  #job(jobId: string): Parameters<Jobs["addBulk"]>[0][number] {
    const tasks = this.#fed.get(jobId)!.map(({ task }) => task);
    return { name: "batch", data: { tasks }, opts: { jobId, removeOnComplete: true, removeOnFail: true } };
  }

  #take(jobId: string): readonly Waiting[] {
    const batch = this.#fed.get(jobId) ?? [];
    this.#fed.delete(jobId);
    this.#since.delete(jobId);
    return batch;
  }

  /** A job may be done twice, when its worker was thought dead: the first answer counts. */
  #hear(jobId: string, { answers, milliseconds }: Answers): void {
    const batch = this.#take(jobId);
    if (batch.length === 0) return;
    const each = milliseconds / batch.length;
    this.#mean = this.#mean === undefined ? each : 0.8 * this.#mean + 0.2 * each;
    for (const [place, waiting] of batch.entries()) {
      const answer = answers[place]!;
      if ("row" in answer) waiting.resolve(answer);
      else this.#fail(waiting, new ReplicationFailure(waiting.task, answer.thrown));
    }
    void this.#guarded(this.#feed());
  }

  /**
   * A job that killed worker after worker is run again replication by replication: then it is known which of them does
   * it.
   */
  #lose(jobId: string, reason: string): void {
    const batch = this.#take(jobId);
    if (batch.length > 1 && this.#closed === undefined)
      void this.#guarded(this.#add(batch.map((waiting) => [waiting])));
    else {
      for (const waiting of batch) {
        const thrown = withoutStack(`no worker has got through it: ${reason}`);
        this.#fail(waiting, new ReplicationFailure(waiting.task, thrown));
      }
    }
  }

  /** Unless the rest goes on, what is not in the queue is not begun any more. */
  #fail({ reject }: Waiting, failure: ReplicationFailure): void {
    reject(failure);
    // Bad input is bad for all.
    if (this.#parts.keepsGoing && failure.thrown.name !== "BadData") return;
    this.#closed ??= new Abandoned();
    for (const waiting of this.#waiting.splice(0)) waiting.reject(this.#closed);
  }

  /** Keeps the sweep open, and looks who works for it. */
  async #look(): Promise<void> {
    const { redis, queue, campaign, address, say } = this.#parts;
    await announce(redis, campaign);
    const workers = await queue.getWorkers();
    this.#seats = workers.reduce((sum, { name = "" }) => sum + Number(/\d+$/.exec(name)?.[0] ?? 1), 0);
    for (const text of await refusals(redis, campaign.id)) say(text);
    const now = performance.now();
    if (workers.length > 0) this.#told = now + firstComplaint - complaintEach;
    else if (now - this.#told > complaintEach && this.#fed.size > 0) {
      this.#told = now;
      const waiting = this.#waiting.length + [...this.#fed.values()].flat().length;
      say(
        `no worker is at ${shownAddress(address)}: ${waiting} replications wait. ` +
          `On this machine or others: troupe worker --queue ${shownAddress(address)}`,
      );
    }
    await this.#restore();
    await this.#feed();
  }

  /** A server that was started anew has forgotten its jobs: what is gone at two looks is put there again. */
  async #restore(): Promise<void> {
    const { queue } = this.#parts;
    const jobs = [...this.#fed.keys()];
    const found = await Promise.all(jobs.map((job) => queue.getJobState(job)));
    const missing = new Set(jobs.filter((job, place) => found[place] === "unknown" && this.#fed.has(job)));
    const lost = [...missing].filter((job) => this.#missing.has(job));
    this.#missing = missing;
    if (lost.length > 0) await queue.addBulk(lost.map((job) => this.#job(job)));
  }
}

/**
 * Opens a sweep to the workers at a Redis server. What `hire` makes is closed by the session; `close` ends what was not
 * hired.
 *
 * @throws BadData if there is no Redis.
 */
export async function openQueue(
  address: string,
  { plan, source, keepsGoing, timeout }: Request,
  say: (text: string) => void,
): Promise<{ hire: Hire; close(): void }> {
  const redis = await connect(address, say);
  const { Queue, QueueEvents } = await import("bullmq");
  const identity = await identityOf(plan, source);
  const id = randomBytes(6).toString("hex");
  const hire: Hire = (_, cells) => {
    const limit = timeout === undefined ? {} : { timeout };
    const campaign: Campaign = { id, host: hostname(), source: source.name, identity, cells, ...limit };
    const queue: Jobs = new Queue(queueOf(id), { connection: redis });
    // From the beginning, since the queue is new: nothing is missed before the first read.
    const events = new QueueEvents(queueOf(id), { connection: redis.duplicate(), lastEventId: "0-0" });
    // Told by the connection.
    queue.on("error", () => {});
    events.on("error", () => {});
    void announce(redis, campaign);
    return new Feeder({ redis, queue, events, campaign, keepsGoing, address, say });
  };
  return { hire, close: () => redis.disconnect() };
}
