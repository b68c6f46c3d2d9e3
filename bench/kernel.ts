/** The bare engine against the engines of other simulators, and alone over very many events. */
import type { Benchmark, Goal, Row } from "./benchmark.ts";
import { type Contestant, contest, fastest, program, ratio, runProgram } from "./contest.ts";
import { ns3, simpy } from "./peers.ts";

const rounds = 5;

/** Programs that do the same in different ways, of which only the fastest counts. None if the peer is not installed. */
interface Peer {
  readonly contestants: readonly Contestant[];
  readonly goal?: Goal;
}

function race(what: string, ours: Contestant, peers: readonly Peer[]): Row[] {
  const best = peers.map(({ contestants }) => (contestants.length > 0 ? fastest(contestants) : undefined));
  const standings = contest([ours, ...best.filter((each) => each !== undefined)], rounds);
  const us = standings.shift()!;
  return peers.flatMap(({ goal }, i) => {
    const row = { what, value: us.rate, unit: "M/CPU s", ...(goal && { goal }) };
    const name = best[i]?.name;
    if (name === undefined) return goal === undefined ? [] : [row];
    const standing = standings.shift()!;
    return [{ ...row, peer: { name, value: standing.rate, ratio: ratio(us, standing) } }];
  });
}

function ns3Hold(pending: string, events: string): Contestant[] {
  const binary = ns3("ns3-hold");
  if (binary === undefined) return [];
  return ["Heap", "Map", "Calendar", "PriorityQueue"].map((scheduler) => ({
    name: `ns-3 ${scheduler}`,
    command: [binary, `${scheduler}Scheduler`, pending, events],
  }));
}

function ns3Calls(calls: string): Contestant[] {
  const binary = ns3("ns3-calls");
  if (binary === undefined) return [];
  // No removal from ns-3's heap: in 3.37 it can leave the heap in disorder, and then timers fire that were removed.
  const ways = ["Heap cancel", "Map cancel", "Calendar cancel", "PriorityQueue cancel"];
  return [...ways, "Map remove", "Calendar remove", "PriorityQueue remove"].map((way) => {
    const [scheduler, style] = way.split(" ") as [string, string];
    return { name: `ns-3 ${way}`, command: [binary, `${scheduler}Scheduler`, style, calls] };
  });
}

function simpyStyles(script: "simpy_hold.py" | "simpy_calls.py", ...parameters: readonly string[]): Contestant[] {
  const python = simpy(script);
  if (python === undefined) return [];
  return ["callbacks", "processes"].map((style) => ({
    name: `SimPy ${style}`,
    command: [...python, style, ...parameters],
  }));
}

const hold: Benchmark = {
  name: "hold",
  goal: "pop an event, schedule one at now + Exp(1): 1.4 times ns-3's best at 1,000 pending, 1.3 times at 100,000",
  run() {
    const sizes = [
      { pending: "1000", named: "1,000", atLeast: 1.4 },
      { pending: "100000", named: "100,000", atLeast: 1.3 },
    ];
    const rows = sizes.flatMap(({ pending, named, atLeast }) =>
      race(`events, ${named} pending`, program("hold", [pending, "2000000"]), [
        { contestants: ns3Hold(pending, "1000000"), goal: { of: "ratio", atLeast } },
        { contestants: simpyStyles("simpy_hold.py", pending, "100000") },
      ]),
    );
    return Promise.resolve(rows);
  },
};

const memory: Benchmark = {
  name: "memory",
  goal: "the hold model with 100,000 pending in a process of at most 60 MiB",
  run() {
    const { peakMiB } = runProgram(program("hold", ["100000", "2000000"]));
    const what = "peak resident set, 100,000 pending";
    return Promise.resolve([{ what, value: peakMiB, unit: "MiB", goal: { of: "value", atMost: 60 } }]);
  },
};

const calls: Benchmark = {
  name: "calls",
  goal: "three datagrams, timers and replies a call: twice ns-3's best, and as fast with clients as async functions",
  run() {
    const styles = [
      { style: "callbacks", atLeast: 2 },
      { style: "async", atLeast: 1 },
    ];
    const rows = styles.flatMap(({ style, atLeast }) =>
      race(`calls, ${style}`, program("calls", [style, "500000"]), [
        { contestants: ns3Calls("300000"), goal: { of: "ratio", atLeast } },
        { contestants: simpyStyles("simpy_calls.py", "20000") },
      ]),
    );
    return Promise.resolve(rows);
  },
};

const marathon: Benchmark = {
  name: "marathon",
  goal: "10^8 events in one run (--long; 10^7 without) without growth of memory: at most 1 MiB after the first tenth",
  run({ long }) {
    const { operations, cpuSeconds, growthMiB } = runProgram(program("marathon", [long ? "100000000" : "10000000"]));
    return Promise.resolve([
      { what: "events", value: operations / cpuSeconds / 1e6, unit: "M/CPU s" },
      {
        what: `growth of memory over ${operations.toExponential(0)} events`,
        value: growthMiB!,
        unit: "MiB",
        goal: { of: "value", atMost: 1 },
      },
    ]);
  },
};

const chance: Benchmark = {
  name: "streams",
  goal: "streams of random numbers by key are seeded at least 1 / 1.2 times as fast as Alea on the same keys",
  run() {
    const rows = (
      [
        ["seed", "streams seeded, with a first number", "200000"],
        ["draw", "numbers drawn", "20000000"],
      ] as const
    ).flatMap(([what, title, count]) => {
      const alea = { ...program("streams", ["alea", what, count]), name: "Alea" };
      const goal: Goal | undefined = what === "seed" ? { of: "ratio", atLeast: 0.83 } : undefined;
      return race(title, program("streams", ["keyed", what, count]), [{ contestants: [alea], ...(goal && { goal }) }]);
    });
    return Promise.resolve(rows);
  },
};

export const kernel: readonly Benchmark[] = [hold, memory, calls, marathon, chance];
