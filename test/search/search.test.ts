/** The search itself: it is deterministic, sound protocols pass, and a schedule that fails is made small. */
import assert from "node:assert/strict";
import { search } from "../../harness/fuzz/search.ts";
import { draw, features } from "../../search/draw.ts";
import { run, type Outcome } from "../../search/run.ts";
import { readSchedule } from "../../search/schedule.ts";
import { shrink, sizeOf } from "../../search/shrink.ts";
import { firstDifference } from "../../sim/trace-file.ts";
import type { StampedEvent } from "../../sim/trace.ts";

async function outcomes(seeds: number, workers: number): Promise<Outcome[]> {
  const results: Outcome[] = [];
  const onResult = (_: number, outcome: Outcome): boolean => results.push(outcome) > 0;
  await search({ from: 1, seeds, time: Infinity, workers, always: [], marks: false, onResult });
  return results;
}

describe("the search", function () {
  this.timeout(60_000);

  it("finds the same on one worker and on two", async () => {
    const [one, two] = [await outcomes(12, 1), await outcomes(12, 2)];
    assert.equal(one.length, 12);
    assert.deepEqual(one, two);
    for (const [place, { violations }] of one.entries()) assert.deepEqual(violations, [], `seed ${place + 1}`);
  });

  it("draws what is asked for, always", () => {
    for (const feature of features) {
      for (let seed = 1; seed <= 20; seed++) {
        const { troupes, ringmasters } = draw(`${seed}`, { always: [feature] });
        const has = { nested: troupes.length > 1, binding: ringmasters > 0 } as const;
        const orderings = troupes.map(({ ordering }) => ordering);
        const used = feature === "nested" || feature === "binding" ? has[feature] : orderings.includes(feature);
        assert.ok(used, `seed ${seed}: ${feature}`);
      }
    }
  });

  it("runs a schedule that was saved, event for event", async () => {
    const traces: StampedEvent[][] = [[], []];
    const schedule = draw("17");
    await run(schedule, (event) => traces[0]!.push(event));
    await run(readSchedule(JSON.stringify(schedule), "saved.json"), (event) => traces[1]!.push(event));
    assert.ok(traces[0]!.length > 50);
    assert.equal(firstDifference(traces[0]!, traces[1]!)?.sentence, undefined);
  });

  it("shrinks a schedule to the least that still fails", async () => {
    const drawn = Array.from({ length: 50 }, (_, seed) => draw(`${seed}`, { always: ["nested"] }));
    const schedule = drawn.find((each) => each.ringmasters === 0 && each.clients.length > 1 && each.faults.length > 1)!;
    // A stand-in for a checker: it complains as soon as a client makes two calls, of which one is a mark.
    const fails = (calls: readonly string[]): boolean => calls.length >= 2 && calls.includes("mark");
    const small = await shrink(
      { ...schedule, clients: schedule.clients.map((client) => ({ ...client, threads: [...client.threads, marks] })) },
      async ({ clients }) => {
        await Promise.resolve();
        return clients.some(({ threads }) => threads.some((calls) => fails(calls.map(({ procedure }) => procedure))));
      },
      { runs: 1000, seeds: 0 },
    );
    assert.deepEqual(sizeOf(small), { members: 1, clients: 1, calls: 2, faults: 0 });
    assert.ok(small.clients[0]!.threads[0]!.every(({ rest, work, bytes }) => rest + work + bytes === 0));
  });
});

const mark = { rest: 10, procedure: "mark", work: 7, bytes: 30 } as const;
const marks = [mark, mark, mark];
