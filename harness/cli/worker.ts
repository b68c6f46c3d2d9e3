/** `troupe worker`: runs the replications of sweeps that other machines feed. */
import { availableParallelism } from "node:os";
import type { Argv } from "yargs";
import { BadData } from "../../sim/bad-data.ts";
import { numberOf, refuseUnknown, textOf, type Words } from "./words.ts";

const options = {
  queue: { type: "string", describe: "the Redis server, the same as of the sweep: redis://host:6379" },
  workers: { type: "string", describe: "threads to run on", defaultDescription: "all cores" },
} as const;

export function declareWorker(yargs: Argv): Argv {
  return yargs
    .usage(
      "$0 worker --queue redis://HOST\n\nRuns replications of all sweeps with the same --queue, until it is ended.",
    )
    .options(options)
    .example(
      "$0 worker --queue redis://10.0.0.1",
      "on each machine, beside `troupe sweep ... --queue redis://10.0.0.1`",
    );
}

export async function workerCommand(words: Words): Promise<void> {
  refuseUnknown(words, undefined, [...Object.keys(options), "help", "version"]);
  const address = textOf(words, "queue");
  if (address === undefined)
    throw new BadData("troupe worker needs the Redis server of the sweep: --queue redis://HOST.");
  const threads = numberOf(words, "workers", 1) ?? availableParallelism();
  const ending = new AbortController();
  const say = (text: string): void => void process.stderr.write(`troupe worker: ${text}\n`);
  // A second time ends it at once, as the system does.
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => ending.abort());
  const { work } = await import("../run/queue/work.ts");
  await work({ address, threads, say, signal: ending.signal });
}
