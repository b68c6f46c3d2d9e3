/** The simulated network without protocols. */
import type { Benchmark, Row } from "./benchmark.ts";
import { contest, program, ratio } from "./contest.ts";

const rounds = 3;

export const network: Benchmark = {
  name: "network",
  goal: "a datagram without faults in under 300 ns of CPU time, from send to the end of its receiver: 3.4 million a second",
  run() {
    const styles = [
      { what: "constant delay, no faults", parameters: ["10", "plain", "3000000"], atLeast: 3.4 },
      { what: "drawn delay, loss, duplication", parameters: ["10", "faults", "2000000"] },
      { what: "CPU costs of system calls", parameters: ["10", "costs", "1000000"] },
      { what: "no faults, 10,000 machines", parameters: ["10000", "plain", "3000000"] },
    ];
    const standings = contest(
      styles.map(({ parameters }) => program("datagrams", parameters)),
      rounds,
    );
    const rows = styles.map(({ what, atLeast }, i): Row => {
      const row = { what: `datagrams, ${what}`, value: standings[i]!.rate, unit: "M/CPU s" };
      return atLeast === undefined ? row : { ...row, goal: { of: "value", atLeast } };
    });
    const last = rows.at(-1)!;
    const peer = { name: "10 machines", value: standings[0]!.rate, ratio: ratio(standings.at(-1)!, standings[0]!) };
    return Promise.resolve([...rows.slice(0, -1), { ...last, peer }]);
  },
};
