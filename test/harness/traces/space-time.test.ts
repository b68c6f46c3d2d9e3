import assert from "node:assert/strict";
import { toPng } from "../../../harness/charts/render.ts";
import { fontFiles, measure } from "../../../harness/charts/font.ts";
import { readTrace } from "../../../harness/traces/read.ts";
import { around, rowsAtAGlance, selected } from "../../../harness/traces/select.ts";
import { spaceTimeSvg } from "../../../harness/traces/space-time.ts";
import { exponential } from "../../../sim/chance/lifetimes.ts";
import { Stage } from "../../../sim/stage.ts";
import type { StampedEvent } from "../../../sim/trace.ts";
import { World } from "../../../sim/world.ts";
import { badDay, conflict } from "./scenes.ts";

class Echo {
  echo(n: number): number {
    return n;
  }
}

interface Text {
  readonly x: number;
  readonly y: number;
  readonly text: string;
  readonly attributes: string;
}

function texts(svg: string): Text[] {
  const pattern = /<text x="([\d.-]+)" y="([\d.-]+)"([^>]*)>(?:<title>[^<]*<\/title>)?([^<]*)<\/text>/g;
  return [...svg.matchAll(pattern)].map(([, x, y, attributes, text]) => {
    return { x: Number(x), y: Number(y), attributes: attributes!, text: text! };
  });
}

function placeOf(trace: readonly StampedEvent[], type: StampedEvent["event"]["type"], nth = 0): number {
  const places = [...trace.keys()].filter((i) => trace[i]!.event.type === type);
  return places.at(nth)!;
}

describe("a space-time diagram", () => {
  let trace: StampedEvent[];
  let transactions: StampedEvent[];
  before(async () => {
    trace = await badDay();
    transactions = await conflict();
  });

  it("says what happened, with the messages decoded", () => {
    const said = new Set(texts(spaceTimeSvg(trace)).map(({ text }) => text));
    for (const text of [
      "teller",
      "bank 3",
      "calls deposit(5)",
      "executes deposit(5)",
      "returns 5",
      "← 5",
      "result 5",
      "← RangeError: refused: no &amp; &lt;never&gt;",
      "executes size(4000 bytes)",
      "call raised an error",
      "CRASH",
      "restarts",
      "pauses",
      "goes on",
      "partition bank 1 | others",
      "partition bank 1 | others heals",
      "executes slowly()",
      "result &apos;done &amp; &lt;well&gt;&apos;".replaceAll("&apos;", "'"),
      "again",
    ]) {
      assert.ok(said.has(text), `${text} is not in ${[...said].join(" | ")}`);
    }
    const isSaid = (pattern: RegExp): boolean => [...said].some((text) => pattern.test(text));
    assert.ok(isSaid(/^raises RangeError/), "an error is told");
    assert.ok(isSaid(/^(lost|cut off): /), "losses are told");
    assert.ok(isSaid(/^gives up bank 2/));
  });

  it("tells which transaction a vote is about", () => {
    const view = readTrace(transactions);
    const votes = view.items.filter(({ text }) => /^(not )?ready( to commit)?, attempt \d$/.test(text));
    assert.ok(votes.length >= 4, `${votes.length} votes`);
    for (const { thread, machine } of votes) {
      assert.ok(view.threads[thread!]!.endsWith(view.machines[machine]!), "a client hears votes on its own thread");
    }
    const isUndone = view.items.some(({ text }) => text === "deadlock, attempt 1");
    assert.ok(isUndone, "the scene has a deadlock");
    // A result stands at the execution that lasted, once for each member and thread.
    const results = view.items.filter(({ type, text }) => type === "executed" && text.startsWith("returns"));
    assert.equal(results.length, 4);
    const executions = view.items.filter(({ type }) => type === "executed");
    assert.ok(executions.length > 4);
  });

  it("points out the marked events, and says why", () => {
    const event = placeOf(trace, "execute", 1);
    const marks = [
      { time: trace[event]!.time, sentence: "The first is wrong & <bad>.", events: [event] },
      { time: trace[placeOf(trace, "crash")]!.time, sentence: "The second has a time alone." },
    ];
    const said = texts(spaceTimeSvg(trace, marks, "A title"));
    const badges = said.filter(({ text, attributes }) => /^[12]$/.test(text) && attributes.includes("#ffffff"));
    assert.deepEqual(badges.map(({ text }) => text).toSorted(), ["1", "1", "2", "2"]);
    for (const text of ["A title", "The first is wrong &amp; &lt;bad&gt;.", "The second has a time alone."]) {
      assert.ok(
        said.some((each) => each.text === text),
        text,
      );
    }
    const marked = said.find(({ y, text }) => text.startsWith("executes") && Math.abs(y - badges[2]!.y) < 2);
    assert.ok(marked?.attributes.includes("bold"), "the badge stands at the marked event");
  });

  it("lets no text of a machine cover another, and time run downward", () => {
    const width = measure(fontFiles[0]!);
    for (const events of [trace, transactions]) {
      const beside = texts(spaceTimeSvg(events)).filter(
        ({ attributes }) => !/text-anchor|font-size/.test(attributes), //
      );
      assert.ok(beside.length > 20);
      for (const [i, a] of beside.entries()) {
        for (const b of beside.slice(i + 1)) {
          if (a.x !== b.x) continue;
          const isClear = Math.abs(a.y - b.y) >= 10;
          assert.ok(isClear, `${a.text} (${width(a.text, 11)} wide) and ${b.text} are ${Math.abs(a.y - b.y)} apart`);
        }
      }
    }
  });

  it("writes what was lost where no other text is", async () => {
    const world = new World({ seed: "1", network: { loss: 0.3, delay: exponential(1) } });
    const events: StampedEvent[] = [];
    world.listen((event) => events.push(event));
    const stage = new Stage(world);
    stage.troupe("echo", () => new Echo(), 5);
    const client = stage.client("client");
    const ended = client.thread(async () => {
      const remote = await client.bind(Echo, "echo");
      for (let i = 0; i < 20; i++) await remote.echo(i);
    });
    await world.run();
    await ended;
    const width = measure(fontFiles[0]!);
    const boxes = texts(spaceTimeSvg(events))
      .filter(({ attributes }) => !attributes.includes("text-anchor") && !attributes.includes('font-size="12"'))
      .map(({ x, y, text, attributes }) => {
        const size = attributes.includes('font-size="10"') ? 10 : 11;
        return { x, y, text, right: x + width(text, size), top: y - size + 3 };
      });
    const lost = boxes.filter(({ text }) => text.startsWith("lost: "));
    assert.ok(lost.length > 30, `${lost.length} losses`);
    for (const a of lost) {
      const over = boxes.filter(
        (b) => b !== a && b.text !== "again" && a.x < b.right && b.x < a.right && a.top < b.y && b.top < a.y,
      );
      assert.deepEqual(
        over.map(({ text }) => text),
        [],
        `over ${a.text} at ${a.y}`,
      );
    }
  });

  it("is one drawing that a renderer takes, and the same again", async () => {
    const svg = spaceTimeSvg(trace, [{ time: 0, sentence: "It begins." }]);
    assert.equal(spaceTimeSvg(await badDay(), [{ time: 0, sentence: "It begins." }]), svg);
    const png = await toPng(svg);
    assert.ok(png.length > 20_000, `${png.length} bytes`);
  });

  it("draws a trace of real sockets, which has messages and no datagrams", () => {
    const messages = trace.filter(({ event }) => !event.type.startsWith("datagram"));
    const view = readTrace(messages);
    const received = messages.filter(({ event }) => event.type === "message-received").length;
    assert.equal(view.arrows.length, received);
    assert.ok(spaceTimeSvg(messages).includes("<polygon"));
  });

  it("shows of a long trace what led to the marked event, and counts the rest", () => {
    // The same day again and again, each on its own threads.
    const days = Array.from({ length: 8 }, (_, day) =>
      transactions.map((stamped) => {
        const { event } = stamped;
        const moved = "thread" in event ? { ...event, thread: `${event.thread}${day}` } : event;
        return { ...stamped, time: stamped.time + 10_000 * day, event: moved } as StampedEvent;
      }),
    ).flat();
    const last = days.findLastIndex(({ event }) => event.type === "execute");
    const mark = { time: days[last]!.time, sentence: "It is wrong.", events: [last] };
    const view = readTrace(days);
    const count = (items: readonly number[]): number => items.filter((at) => view.items[at]!.text !== "").length;
    assert.ok(count(selected(view).items) > 2 * rowsAtAGlance);
    const { items } = around(view, [mark]);
    assert.ok(count(items) <= rowsAtAGlance);
    assert.ok(items.some((at) => view.items[at]!.event === last));
    const said = texts(spaceTimeSvg(days, [mark])).map(({ text }) => text);
    assert.match(said.join(" "), /\d+ further events of the trace are not drawn\.$/);
  });
});
