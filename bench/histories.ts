/**
 * Histories of a million operations, judged: linearizability beside Porcupine, one long history of one object,
 * transactions.
 */
import type { Benchmark, Goal, Row } from "./benchmark.ts";
import { contest, program, ratio, runProgram } from "./contest.ts";
import { porcupine } from "./peers.ts";

const operations = 1_000_000;
const time: Goal = { of: "value", atMost: 60 };
const memory: Goal = { of: "value", atMost: 2048 };

/** What one kind of history costs, in CPU seconds and memory. */
function costs(what: string, kind: string): Row[] {
  const { cpuSeconds, peakMiB } = runProgram(program("histories", [kind, String(operations)]));
  return [
    { what: `${what}: time`, value: cpuSeconds, unit: "CPU s", goal: time },
    { what: `${what}: memory`, value: peakMiB, unit: "MiB", goal: memory },
  ];
}

export const histories: Benchmark = {
  name: "histories",
  goal: "a million operations judged in 60 CPU seconds and 2 GB, linearizability as fast as by Porcupine",
  run() {
    const ours = program("histories", ["registers", String(operations)]);
    const peer = porcupine();
    const contestants =
      peer === undefined ? [ours] : [ours, { name: "Porcupine", command: [peer, String(operations)] }];
    const [us, them] = contest(contestants, 3);
    const rate: Row = {
      what: "calls of 1,000 registers: linearizable",
      value: us!.rate,
      unit: "M/CPU s",
      goal: { of: "ratio", atLeast: 1 },
      ...(them && { peer: { name: "Porcupine", value: them.rate, ratio: ratio(us!, them) } }),
    };
    return Promise.resolve([
      rate,
      ...costs("calls of 1,000 registers", "registers"),
      ...costs("calls of one counter", "counter"),
      ...costs("accesses of transactions to 10,000 lists", "lists"),
      ...costs("accesses of transactions to 1,000 counters", "counters"),
    ]);
  },
};
