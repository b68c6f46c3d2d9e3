/** Lives of real processes: their end, and how they are told apart. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { Trace, type StampedEvent } from "../../sim/trace.ts";
import { newIncarnation } from "../../udp/clock.ts";
import { UdpHost } from "../../udp/host.ts";

describe("the life of a UDP host", function () {
  // Real sockets and a real clock: a machine that is busy otherwise may make it late.
  this.retries(2);
  it("leaves nothing that keeps Node alive", () => {
    const url = new URL("../../udp/host.js", import.meta.url).href;
    const program = `
      import { UdpHost } from ${JSON.stringify(url)};
      const host = new UdpHost({ seed: "1" });
      host.join(${(239 * 2 ** 24 + 1) * 65536 + 40_001});
      host.after(60_000, () => {}, undefined);
      host.after(0, () => host.turn(async () => { host.close(); console.log("closed"); return true; }), undefined);
    `;
    const child = spawnSync(process.execPath, ["--input-type=module", "-e", program], {
      encoding: "utf8",
      timeout: 10_000,
    });
    assert.deepEqual([child.status, child.stdout, child.stderr], [0, "closed\n", ""]);
  });

  it("has a number greater than those before, also within one step of the clock", () => {
    const numbers = Array.from({ length: 5 }, newIncarnation);
    for (let i = 1; i < numbers.length; i++) assert.ok(numbers[i]! > numbers[i - 1]!);
  });

  it("is traced from start to end, with stamps", () => {
    const events: StampedEvent[] = [];
    const trace = new Trace();
    trace.listen((event) => events.push(event));
    const host = new UdpHost({ seed: "1", name: "alice", trace });
    host.trace({ type: "note", text: "hello" });
    host.close();
    host.trace({ type: "note", text: "after the end" });
    host.close();
    assert.deepEqual(
      events.map(({ event }) => event),
      [{ type: "start" }, { type: "note", text: "hello" }, { type: "end", reason: "stop" }],
    );
    for (const { machine, address, incarnation, time } of events) {
      assert.deepEqual([machine, address, incarnation], ["alice", host.address, host.incarnation]);
      assert.ok(Math.abs(host.now() - time) < 1000);
    }
  });

  it("runs nothing any more when it has ended", async () => {
    const host = new UdpHost({ seed: "1" });
    let ran = 0;
    const run = (): boolean => ++ran > 0;
    host.after(1, run, undefined);
    host.turn(run, undefined);
    host.close();
    host.after(1, run, undefined);
    host.turn(run, undefined);
    host.send(host.address, new Uint8Array(1));
    await new Promise((resolve) => setTimeout(resolve, 10));
    assert.equal(ran, 0);
  });

  it("cannot begin where another one lives, nor without an address of its own", () => {
    const host = new UdpHost({ seed: "1" });
    assert.throws(() => new UdpHost({ seed: "2", port: host.address % 65536 }), /EADDRINUSE/);
    assert.throws(() => new UdpHost({ seed: "2", ip: "0.0.0.0" }), /expected one address/);
    assert.throws(() => host.join(host.address), /is no multicast group/);
    assert.throws(() => host.send(host.address, new Uint8Array(65_508)), /at most 65507/);
    host.close();
  });
});
