/**
 * The real protocol on the simulated network: against ns-3's UDP echo, with many machines, and what an unheard trace
 * costs.
 */
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Benchmark, Row } from "./benchmark.ts";
import { contest, dist, program, ratio, runProgram } from "./contest.ts";
import { ns3 } from "./peers.ts";

const rounds = 5;
const calls = "200000";

const protocol: Benchmark = {
  name: "protocol",
  goal: "replicated calls to a troupe of three: 100,000 a CPU second, five times the datagrams of ns-3's UDP echo",
  run() {
    const echo = ns3("ns3-udp-echo");
    const ours = program("protocol", [calls]);
    const contestants = echo === undefined ? [ours] : [ours, { name: "ns-3 UDP echo", command: [echo, "200000"] }];
    const [us, them] = contest(contestants, rounds);
    const rate = us!.rate;
    const rows: Row[] = [
      {
        what: "datagrams",
        value: rate,
        unit: "M/CPU s",
        goal: { of: "ratio", atLeast: 5 },
        ...(them && { peer: { name: "ns-3 UDP echo", value: them.rate, ratio: ratio(us!, them) } }),
      },
      { what: "calls of degree 3", value: (rate * 1e6) / 6, unit: "1/CPU s", goal: { of: "value", atLeast: 100_000 } },
      { what: "allocation for each call", value: runProgram(ours).bytesPerCall!, unit: "bytes" },
    ];
    return Promise.resolve(rows);
  },
};

/** Both sides with a young generation that the datagrams under way fit into, as the harness gives it to its workers. */
export const heapFlags = ["--expose-gc", "--max-semi-space-size=32"];

const scale: Benchmark = {
  name: "scale",
  goal: "10,000 machines, 2,000 troupes: a datagram costs at most 1.5 times what it costs with 10 machines",
  run() {
    const few = program("scale", ["2", "4", "60000", "10"], heapFlags);
    const many = program("scale", ["2000", "4", "60000", "10000"], heapFlags);
    const atOnce = program("scale", ["2000", "2000", "120", "10000"], heapFlags);
    const [small, large, busy] = contest([few, many, atOnce], 3);
    const cost = (what: string, standing: typeof small): Row => ({
      what: `cost of a datagram, ${what}, over that with 10 machines`,
      value: ratio(small!, standing!),
      unit: "times",
      goal: { of: "value", atMost: 1.5 },
    });
    return Promise.resolve([
      cost("4 calls under way", large),
      cost("2,000 calls under way", busy),
      { what: "memory of a machine", value: runProgram(many).bytesPerMachine!, unit: "bytes" },
    ]);
  },
};

/** A copy of the compiled program without its questions whether anyone hears the trace. */
function withoutTrace(directory: string): number {
  let removed = 0;
  for (const room of ["protocols", "sim", "bench"]) {
    cpSync(join(dist, room), join(directory, room), { recursive: true });
    for (const file of readdirSync(join(directory, room), { recursive: true, encoding: "utf8" })) {
      if (!file.endsWith(".js")) continue;
      const path = join(directory, room, file);
      const text = readFileSync(path, "utf8").replace(
        /\bif \((!?)[\w.#]*(?:\.traced|\btrace\.active)\)/g,
        (_, not: string) => {
          removed++;
          return `if (${not}false)`;
        },
      );
      writeFileSync(path, text);
    }
  }
  return removed;
}

const transactions: Benchmark = {
  name: "transactions",
  goal: "without contention and loss, of bare replicated calls: at least 0.4 by troupe commit and 0.45 by ordered broadcast",
  run() {
    const [bare, commit, broadcast] = contest(
      ["none", "commit", "broadcast"].map((ordering) => program("ordered", [ordering, "60000"])),
      rounds,
    );
    const row = (what: string, standing: typeof bare, atLeast: number): Row => ({
      what: `calls of degree 3 ${what}, of those without transactions`,
      value: ratio(standing!, bare!),
      unit: "times",
      goal: { of: "value", atLeast },
    });
    return Promise.resolve([
      row("by troupe commit", commit, 0.4),
      row("by ordered broadcast", broadcast, 0.45),
      { what: "calls of degree 3 without transactions", value: bare!.rate * 1e6, unit: "1/CPU s" },
    ]);
  },
};

const trace: Benchmark = {
  name: "trace",
  goal: "a trace that nobody listens to costs less than 3%",
  run() {
    // Inside the checkout, so that packages are found.
    const copy = mkdtempSync(join(dist, "untraced-"));
    try {
      const removed = withoutTrace(copy);
      if (removed < 15) throw new Error(`only ${removed} places were found where the trace is asked for`);
      const [plain, bare] = contest([program("protocol", [calls]), program("protocol", [calls], [], copy)], 9);
      const value = 100 * (1 - ratio(plain!, bare!));
      return Promise.resolve([
        { what: "cost of an unheard trace", value, unit: "%", goal: { of: "value", atMost: 3 } },
      ]);
    } finally {
      rmSync(copy, { recursive: true });
    }
  },
};

const endurance: Benchmark = {
  name: "endurance",
  goal: "10^7 calls between two processes (--long; 10^6 without) without growth of memory: at most 1 MiB of heap after the first tenth",
  run({ long }) {
    const { operations, cpuSeconds, growthMiB, remembered } = runProgram(
      program("endurance", [long ? "10000000" : "1000000"], ["--expose-gc"]),
    );
    return Promise.resolve([
      { what: "calls of degree 1", value: operations / cpuSeconds, unit: "1/CPU s" },
      { what: "growth of the heap", value: growthMiB!, unit: "MiB", goal: { of: "value", atMost: 1 } },
      { what: "remembered at most: peers and calls", value: remembered!, unit: "", goal: { of: "value", atMost: 3 } },
    ]);
  },
};

export const simulated: readonly Benchmark[] = [protocol, transactions, scale, trace, endurance];
