/** The same protocol on real sockets, against gRPC's unary calls. The CPU time of clients and servers counts. */
import { fileURLToPath } from "node:url";
import { median, type Benchmark, type Row } from "./benchmark.ts";
import { runProgram, type Contestant } from "./contest.ts";
import type { RpcMeasurement } from "./programs/rpc-parties.ts";

const rounds = 3;
const calls = "10000";
const parallel = "16";

function program(name: string, script: string, ...parameters: readonly string[]): Contestant {
  const path = fileURLToPath(new URL(`programs/${script}.js`, import.meta.url));
  return { name, command: [process.execPath, path, ...parameters] };
}

function troupeOf(degree: number, transport: "unicast" | "multicast"): Contestant {
  const name = `troupe of ${degree}, ${transport}`;
  return program(name, "udp-calls", String(degree), transport, calls, parallel);
}

const grpc = program("gRPC", "grpc-calls", calls, parallel);

const troupes = [
  troupeOf(1, "unicast"),
  troupeOf(3, "unicast"),
  troupeOf(5, "unicast"),
  troupeOf(3, "multicast"),
  troupeOf(5, "multicast"),
];

export const udp: Benchmark = {
  name: "udp",
  goal: "calls on loopback: a troupe of one answers at least as many a CPU second as gRPC (@grpc/grpc-js, unary)",
  run() {
    const contestants = [grpc, ...troupes];
    const measured: RpcMeasurement[][] = contestants.map(() => []);
    for (let round = 0; round < rounds; round++) {
      for (const [i, contestant] of contestants.entries()) {
        measured[i]!.push(runProgram<RpcMeasurement>(contestant));
      }
    }
    const rates = measured.map((results) => results.map(({ operations, cpuSeconds }) => operations / cpuSeconds));
    const [theirs, ...ours] = rates;
    const rows = troupes.flatMap(({ name }, i): Row[] => {
      const value = median(ours[i]!);
      const ratio = median(ours[i]!.map((rate, round) => rate / theirs![round]!));
      const wall = median(measured[i + 1]!.map(({ operations, seconds }) => operations / seconds));
      return [
        {
          what: `calls to a ${name}`,
          value,
          unit: "1/CPU s",
          peer: { name: "gRPC", value: median(theirs!), ratio },
          ...(i === 0 && { goal: { of: "ratio", atLeast: 1 } }),
        },
        { what: `calls to a ${name}`, value: wall, unit: "1/s" },
      ];
    });
    return Promise.resolve(rows);
  },
};
