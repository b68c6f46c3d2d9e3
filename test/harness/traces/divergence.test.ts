import assert from "node:assert/strict";
import { firstDivergence } from "../../../harness/traces/divergence.ts";
import { readTrace } from "../../../harness/traces/read.ts";
import { stateAt } from "../../../harness/traces/state.ts";
import type { TraceView } from "../../../harness/traces/view.ts";
import { exponential } from "../../../sim/chance/lifetimes.ts";
import { Stage } from "../../../sim/stage.ts";
import type { StampedEvent } from "../../../sim/trace.ts";
import { World } from "../../../sim/world.ts";
import { badDay, conflict } from "./scenes.ts";

class Journal {
  readonly entries: string[] = [];
  enter(entry: string): string {
    this.entries.push(entry);
    return entry;
  }
}

/** Two clients that write at the same time, each through a call of its own. */
async function twoWriters(ordering: "none" | "commit" | "broadcast"): Promise<StampedEvent[]> {
  const world = new World({ seed: "1", network: { delay: exponential(10) } });
  const trace: StampedEvent[] = [];
  world.listen((event) => trace.push(event));
  const stage = new Stage(world);
  stage.troupe("journal", () => new Journal(), 3, ordering === "none" ? {} : { ordering });
  const ended = ["a", "b"].map((name) => {
    const client = stage.client(name);
    const journal = client.import(Journal, "journal");
    return client.thread(() => journal.enter(name));
  });
  await world.run();
  await Promise.all(ended);
  return trace;
}

describe("the first divergence of members", () => {
  it("is where a result differs", async () => {
    const trace = await badDay();
    const mark = firstDivergence(readTrace(trace))!;
    assert.match(
      mark.sentence,
      /^First divergence, at [\d.]+ ms: bank 2 returns 7 from deposit\(7\), where bank [13] returns 12\.$/,
    );
    const [one, other] = mark.events!.map((event) => trace[event]!);
    assert.deepEqual([one!.event.type, other!.event.type], ["executed", "executed"]);
    assert.equal(other!.time, mark.time);
    const before = trace.filter(({ time }) => time < mark.time);
    assert.equal(firstDivergence(readTrace(before)), undefined);
  });

  it("is where two calls take effect in different orders, and not where they are ordered", async () => {
    const trace = await twoWriters("none");
    const mark = firstDivergence(readTrace(trace))!;
    assert.match(
      mark.sentence,
      /journal \d has enter\('[ab]'\) before enter\('[ab]'\), and journal \d has them the other way round\.$/,
    );
    const [one, other] = mark.events!.map((event) => trace[event]!);
    assert.ok(one!.event.type === "execute" && other!.event.type === "execute");
    assert.notEqual(one!.event.thread, other!.event.thread);
    assert.notEqual(one!.machine, other!.machine);
    for (const ordering of ["commit", "broadcast"] as const) {
      assert.equal(firstDivergence(readTrace(await twoWriters(ordering))), undefined, ordering);
    }
    assert.equal(firstDivergence(readTrace(await conflict())), undefined, "what was undone does not count");
  });
});

describe("the state of machines at a moment", () => {
  let view: TraceView;
  before(async () => {
    view = readTrace(await badDay());
  });

  const at = (time: number): Record<string, string> => {
    const place = view.items.findLastIndex((item) => item.time <= time);
    const states = stateAt(view, place).map(({ machine, status, lives, lines }) => [
      machine,
      `${status} ${lives}: ${lines.join("; ")}`,
    ]);
    return Object.fromEntries(states) as Record<string, string>;
  };

  it("tells what is executed, waited for and past, until a crash", () => {
    assert.deepEqual(at(0), {
      teller: "up 1: waits for deposit(5), 0 answers so far",
      "bank 1": "up 1: ",
      "bank 2": "up 1: ",
      "bank 3": "up 1: ",
    });
    assert.equal(
      at(499)["bank 2"],
      "up 1: executes slowly(); has executed 3 in this life, the last: size(4000 bytes) returns 4000",
    );
    assert.match(at(499)["teller"]!, /^up 1: waits for slowly\(\), 0 answers so far$/);
    assert.equal(at(500)["bank 2"], "down 1: ");
    assert.equal(at(700)["bank 2"], "up 2: ");
    assert.match(at(320)["bank 3"]!, /^paused 1: /);
    const end = at(Infinity);
    assert.equal(end["bank 2"], "up 2: has executed 1 in this life, the last: deposit(7) returns 7");
    assert.equal(end["teller"], "up 1: ");
  });
});
