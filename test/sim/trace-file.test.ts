/** Traces on paper: written, read again, compared. */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { exponential } from "../../sim/chance/lifetimes.ts";
import { firstDifference, parseTrace, TraceFile, traceLine } from "../../sim/trace-file.ts";
import type { StampedEvent, TraceListener } from "../../sim/trace.ts";
import { World } from "../../sim/world.ts";

/** Two machines that play ping-pong over a faulty network, with a crash. */
async function play(seed: string, listener?: TraceListener): Promise<StampedEvent[]> {
  const world = new World({ seed, network: { delay: exponential(3), loss: 0.05, duplication: 0.05 } });
  const trace: StampedEvent[] = [];
  const deaf = world.listen((event) => trace.push(event));
  if (listener !== undefined) world.listen(listener);
  const echo = world.machine("echo");
  const { address } = echo.start((host) => host.listen((from, datagram) => host.send(from, datagram.slice(1))));
  world.machine("player").start((host) => {
    const serve = (): void => {
      if (host.traced) host.trace({ type: "note", text: "serve" });
      host.send(
        address,
        Uint8Array.from({ length: 8 }, () => Math.floor(host.random.next() * 256)),
      );
      host.after(10, serve, undefined);
    };
    serve();
  });
  world.fail(echo, { lifetime: exponential(100), repair: exponential(20) });
  await world.run(1000);
  deaf();
  return trace;
}

describe("a trace", () => {
  it("is equal in two runs with one seed, byte for byte, and differs under another seed", async () => {
    const first = await play("1");
    assert.ok(first.length > 300);
    for (const type of ["datagram-sent", "datagram-delivered", "datagram-dropped", "crash", "restart", "note"]) {
      assert.ok(
        first.some(({ event }) => event.type === type),
        type,
      );
    }
    assert.equal(firstDifference(first, await play("1")), undefined);
    assert.notEqual(firstDifference(first, await play("2")), undefined);
  });

  it("shows the first event that differs: a byte, a time, an end", async () => {
    const first = await play("1");
    const copy = (): StampedEvent[] => structuredClone(first);
    const byte = copy();
    const sent = byte.findIndex(({ event }) => event.type === "datagram-sent");
    (byte[sent]!.event as { datagram: Uint8Array }).datagram[3]! ^= 1;
    assert.equal(firstDifference(first, byte)?.index, sent);
    const late = copy();
    late[100] = { ...late[100]!, time: late[100]!.time + 1e-9 };
    assert.equal(firstDifference(first, late)?.index, 100);
    const short = firstDifference(first, first.slice(0, 50))!;
    assert.deepEqual([short.index, short.second], [50, undefined]);
    assert.equal(short.sentence, `Event 50 differs: the first trace has ${traceLine(first[50]!)}, the second nothing.`);
  });

  it("is written to a file and read again unchanged", async () => {
    const directory = mkdtempSync(join(tmpdir(), "trace-"));
    try {
      const path = join(directory, "trace.jsonl");
      const file = new TraceFile(path);
      const trace = await play("1", file.listener);
      file.close();
      const text = readFileSync(path, "utf8");
      assert.equal(text.split("\n").length, trace.length + 2);
      assert.deepEqual(parseTrace(text, path), { events: trace, isWhole: true });
      const lines = text.trimEnd().split("\n");
      for (const cut of [lines.slice(0, -1), lines.slice(0, 100), lines.toSpliced(100, 1), [...lines, lines[0]!]])
        assert.equal(parseTrace(cut.join("\n"), path).isWhole, false);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  it("with a malformed line is refused with the number of the line", () => {
    const good = traceLine({ time: 0, machine: "a", address: 1, incarnation: 1, event: { type: "start" } });
    for (const bad of ["{", "3", "{}", `{"time":0,"machine":"a","event":{}}`]) {
      assert.throws(() => parseTrace(`${good}\n${bad}\n`, "t.jsonl"), {
        name: "BadData",
        message: "t.jsonl, line 2: expected a trace event in one line of JSON.",
      });
    }
  });

  it("without listeners costs nothing: hosts say so, and no event is made", async () => {
    const world = new World({ seed: "deaf" });
    const host = world.machine().start(() => {}).life!;
    assert.equal(host.traced, false);
    const heard: StampedEvent[] = [];
    const stop = world.listen((event) => heard.push(event));
    assert.equal(host.traced, true);
    host.trace({ type: "note", text: "heard" });
    stop();
    assert.equal(host.traced, false);
    host.trace({ type: "note", text: "unheard" });
    assert.equal(heard.length, 1);
    await world.run();
  });
});
