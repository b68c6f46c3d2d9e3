/** Compiled stubs: how fast a record is encoded and decoded, and what a replicated call costs with them. */
import type { Benchmark, Row } from "./benchmark.ts";
import { contest, program, ratio } from "./contest.ts";

const records = "1000000";
const calls = "60000";
const rounds = 5;

export const stubs: Benchmark = {
  name: "stubs",
  goal: "a record of 94 bytes at least as fast as protobuf-es and twice as fast as msgpackr; calls at 0.8 of the CPU of run-time stubs",
  run() {
    const names = ["ours", "protobuf-es", "msgpackr"];
    const [ours, protobuf, msgpackr] = contest(
      names.map((name) => program("encoding", [name, records])),
      rounds,
    );
    const [compiled, atRunTime] = contest(
      ["compiled", "run-time"].map((kind) => program("stub-calls", [kind, calls])),
      rounds,
    );
    const row = (name: string, theirs: typeof ours, atLeast: number): Row => ({
      what: "records there and back",
      value: ours!.rate,
      unit: "M/CPU s",
      peer: { name, value: theirs!.rate, ratio: ratio(ours!, theirs!) },
      goal: { of: "ratio", atLeast },
    });
    return Promise.resolve([
      row("protobuf-es", protobuf, 1),
      row("msgpackr, plain JavaScript", msgpackr, 2),
      {
        what: "CPU of a call of degree 3 with the record, over that of run-time stubs",
        value: ratio(atRunTime!, compiled!),
        unit: "times",
        goal: { of: "value", atMost: 0.8 },
      },
    ]);
  },
};
