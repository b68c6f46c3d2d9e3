import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { packageRoot } from "../../../harness/package-root.ts";
import { pcapngOf } from "../../../harness/traces/pcapng.ts";
import { readTrace } from "../../../harness/traces/read.ts";
import { BadData } from "../../../sim/bad-data.ts";
import type { StampedEvent } from "../../../sim/trace.ts";
import { headerBytes } from "../../../protocols/wire/segment.ts";
import { Authentication } from "../../../udp/authentication.ts";
import { badDay, conflict } from "./scenes.ts";

const tshark = "/usr/bin/tshark";
const dissector = join(packageRoot, "harness/traces/troupe.lua");

describe("a capture for Wireshark", () => {
  let directory: string;
  before(function () {
    if (!existsSync(tshark)) {
      process.stderr.write("    tshark is not installed (apt-get install tshark): captures are not read back.\n");
      this.skip();
    }
    directory = mkdtempSync(join(tmpdir(), "troupe-"));
  });
  after(() => {
    if (directory !== undefined) rmSync(directory, { recursive: true });
  });

  /** What tshark reads of each packet, by the names of fields. tshark ends well even if the dissector does not load. */
  function fields(trace: readonly StampedEvent[], names: readonly string[], ...words: string[]): string[][] {
    const file = join(directory, "capture.pcapng");
    writeFileSync(file, pcapngOf(trace, "a trace"));
    const given = [
      "-X",
      `lua_script:${dissector}`,
      "-r",
      file,
      "-T",
      "fields",
      ...names.flatMap((name) => ["-e", name]),
    ];
    const printed = execFileSync(tshark, [...given, ...words], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
    return printed
      .split("\n")
      .slice(0, -1)
      .map((line) => line.split("\t"));
  }

  it("has every datagram, with the paired messages and calls in it readable", async () => {
    const trace = await badDay();
    const sent = trace.filter(({ event }) => event.type === "datagram-sent");
    const names = "frame.interface_name frame.time_epoch ip.dst_host troupe.type troupe.call troupe.thread troupe.path"
      .concat(" troupe.arguments troupe.result troupe.segment troupe.total frame.comment _ws.lua.error _ws.malformed")
      .split(" ");
    const packets = fields(trace, names, "-N", "n");
    assert.equal(packets.length, sent.length);
    for (const [i, [machine, time, to, type, call, , , , , segment, total, comment, ...wrong]] of packets.entries()) {
      const stamped = sent[i]!;
      assert.equal(machine, stamped.machine);
      assert.ok(Math.abs(Number(time) * 1000 - stamped.time) < 1e-6, `${time} s is ${stamped.time} ms`);
      assert.match(to!, /^(teller|bank [123])$/, "names of machines are in the capture");
      assert.match(`${type} ${call} ${segment} ${total}`, /^[01] \d+ [0-3] [13]$/);
      assert.match(comment!, /^(arrives|lost|cut off|machine down|lost in the crash) at [\d.]+ ms/);
      assert.deepEqual(wrong, ["", ""]);
    }
    const [first] = packets;
    assert.deepEqual(first!.slice(2, 8), ["bank 1", "0", "1", "769.1.1", "1", "5"]);
    const said = packets.map((packet) => `${packet[7]} | ${packet[8]}`);
    for (const text of ['"no & <never>" | ', " | 5", " | RangeError: refused: no & <never>", ' | "done & <well>"']) {
      assert.ok(said.includes(text), `${text} is not in ${[...new Set(said)].join("; ")}`);
    }
    assert.ok(packets.some(([, , , , , , , , , segment, total]) => segment === "2" && total === "3"));
  });

  it("finds the CALL of each RETURN, and the votes on transactions", async () => {
    const trace = await conflict();
    const names = ["frame.number", "troupe.type", "troupe.ack", "troupe.request", "troupe.procedure", "troupe.result"];
    const packets = fields(trace, [...names, "troupe.malformed"]);
    const answers = packets.filter(([, type, ack]) => type === "1" && ack === "0");
    assert.ok(answers.length > 10);
    for (const [number, , , request, , result] of answers) {
      const call = packets[Number(request) - 1]!;
      assert.equal(call[1], "0");
      assert.ok(Number(request) < Number(number));
      const isVote = call[4] === "ready_to_commit";
      assert.match(result!, isVote ? /^(commit|abort|gone|unsure) \d+$/ : /^\d+$/, `frame ${number}`);
    }
    assert.ok(packets.every((packet) => packet[6] === ""));
    const votes = readTrace(trace).arrows.filter(
      ({ text }) => text.includes("ready, attempt") || text.includes("ready to commit"),
    );
    assert.ok(packets.filter((packet) => packet[4] === "ready_to_commit").length >= votes.length);
  });

  it("knows what is sealed by a key, and what is none of ours", async () => {
    const trace = await badDay();
    const at = trace.findIndex(({ event }) => event.type === "datagram-sent");
    const first = trace[at]!;
    assert.ok(first.event.type === "datagram-sent");
    const { event } = first;
    const seal = new Authentication(new Uint8Array(32).fill(7), first.address, 1, () => {});
    const replaced = (datagram: Uint8Array): StampedEvent => ({ ...first, event: { ...event, datagram } });
    const strange = new Uint8Array(headerBytes).fill(0x42);
    const sealed = seal.seal(event.to, event.datagram);
    const names = ["_ws.col.Protocol", "troupe.thread", "troupe.sealed"];
    const [[protocol, thread, header], [other]] = fields([replaced(sealed), replaced(strange)], names) as [
      string[],
      string[],
    ];
    assert.deepEqual([protocol, thread, header!.length], ["Troupe", "769.1.1", 2 * 27]);
    assert.equal(other, "UDP");
  });

  it("is refused where there are no datagrams", () => {
    assert.throws(
      () => pcapngOf([], "real.jsonl"),
      (error: Error) => {
        assert.ok(error instanceof BadData);
        return error.message.startsWith("real.jsonl has no datagrams: ");
      },
    );
  });
});
