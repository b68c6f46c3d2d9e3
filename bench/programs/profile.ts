/**
 * Where the time, or the memory, of a replicated call of degree 3 goes, by function: `profile.js time|bytes CALLS
 * [ROWS]`. Functions that the compiler moved into their callers count with them. Bytes are all that is allocated,
 * whether or not it is collected.
 */
import type { HeapProfiler, Profiler } from "node:inspector";
import { Session } from "node:inspector/promises";
import { troupeOfThree } from "./counter.ts";

type Place = Profiler.ProfileNode["callFrame"];

const [what = "time", calls = "100000", rows = "25"] = process.argv.slice(2);
const { world, client, counter } = troupeOfThree();
const session = new Session();
session.connect();

async function run(count: number): Promise<void> {
  void client.thread(async () => {
    for (let i = 0; i < count; i++) await counter.add(1);
  });
  await world.run();
}

const shares = new Map<string, number>();

function add({ functionName, url }: Place, share: number): void {
  const name = `${functionName || "(nameless)"} ${url.split("/dist/").at(-1)!}`;
  shares.set(name, (shares.get(name) ?? 0) + share);
}

/** Milliseconds. */
async function time(): Promise<void> {
  await session.post("Profiler.enable");
  await session.post("Profiler.setSamplingInterval", { interval: 200 });
  await session.post("Profiler.start");
  await run(Number(calls));
  const { nodes, samples, timeDeltas } = (await session.post("Profiler.stop")).profile;
  const places = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]));
  for (const [i, id] of samples!.entries()) add(places.get(id)!, timeDeltas![i]! / 1000);
}

async function bytes(): Promise<void> {
  const all = { includeObjectsCollectedByMajorGC: true, includeObjectsCollectedByMinorGC: true };
  await session.post("HeapProfiler.startSampling", { samplingInterval: 256, ...all });
  await run(Number(calls));
  const visit = ({ callFrame, selfSize, children }: HeapProfiler.SamplingHeapProfileNode): void => {
    add(callFrame, selfSize);
    children.forEach(visit);
  };
  visit((await session.post("HeapProfiler.stopSampling")).profile.head);
}

await run(60_000);
await (what === "bytes" ? bytes() : time());
const sum = [...shares.values()].reduce((total, share) => total + share, 0);
const each = (share: number): string =>
  what === "bytes" ? (share / Number(calls)).toFixed(0) : `${((100 * share) / sum).toFixed(1)}%`;
const unit = what === "bytes" ? "bytes a call" : "of the time";
process.stdout.write(`${each(sum).padStart(7)} ${unit}, of which\n`);
for (const [name, share] of [...shares].toSorted(([, a], [, b]) => b - a).slice(0, Number(rows))) {
  process.stdout.write(`${each(share).padStart(7)} ${name}\n`);
}
