/** "Run unchanged": one scenario, one set of protocol files, two worlds. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { playReal, playSimulated, type Played } from "./run.ts";

const sum = (from: number, to: number): number => ((to - from + 1) * (from + to)) / 2;
const expected = {
  receipts: Array.from({ length: 50 }, (_, i) => `received ${i + 1}`),
  printed: 50_000,
  balances: [sum(1, 50), sum(31, 50), sum(1, 50)],
};

/** That the scenario met what it is about: a trace without losses and repetitions would show little. */
function checkPlayed({ outcome, events, complaints }: Played): void {
  assert.deepEqual(outcome, expected);
  assert.deepEqual(complaints, []);
  const types = new Set(events.map(({ event }) => event.type));
  for (const type of ["retransmit", "duplicate", "acknowledge", "peer-crashed", "end", "execute"] as const) {
    assert.ok(types.has(type), `no event "${type}"`);
  }
}

describe("one scenario file", () => {
  it("runs on the simulator", async () => checkPlayed(await playSimulated()));

  it("runs on real sockets, with the same outcome", async () => checkPlayed(await playReal()));

  it("uses the same protocol files in both worlds, byte for byte", () => {
    const directory = mkdtempSync(join(tmpdir(), "troupe-"));
    try {
      const [simulated, real] = ["simulated", "real"].map((world) => {
        const list = join(directory, world);
        const file = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
        const output = execFileSync(process.execPath, ["--import", file("record-modules.js"), file("run.js"), world], {
          env: { ...process.env, LOADED_MODULES: list },
          encoding: "utf8",
        });
        assert.deepEqual(JSON.parse(output), expected);
        return readFileSync(list, "utf8").trim().split("\n").toSorted();
      });
      assert.deepEqual(real, simulated);
      for (const name of ["message/endpoint.js", "message/exchange.js", "program/program.js", "wire/segment.js"]) {
        assert.ok(
          real!.some((line) => line.includes(`/dist/protocols/${name} `)),
          name,
        );
      }
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});
