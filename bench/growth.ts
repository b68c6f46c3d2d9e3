/** How the cost of a simulation grows with its size. */
import type { Benchmark, Row } from "./benchmark.ts";
import { contest, program, ratio, type Contestant } from "./contest.ts";

const rounds = 3;
/** Allowed besides n log n, for the garbage collector of a large world. */
const tolerance = 1.5;
/** Where all machines are at work, the 2 kB of each leave the caches; machines that idle cost nothing. */
const ofMachines = 4;

interface Dimension {
  readonly what: string;
  readonly unit: string;
  readonly sizes: readonly number[];
  readonly tolerance: number;
  readonly contestant: (size: number) => Contestant;
}

const datagrams = "600000";

const dimensions: readonly Dimension[] = [
  {
    what: "machines",
    unit: "M datagrams/CPU s",
    tolerance: ofMachines,
    sizes: [10, 100, 1000, 10_000, 100_000],
    contestant: (size) => program("datagrams", [String(size), "plain", "2000000"]),
  },
  {
    what: "members",
    unit: "M datagrams/CPU s",
    tolerance,
    sizes: [1, 3, 5, 7, 9],
    contestant: (size) => program("growth", ["members", String(size), datagrams]),
  },
  {
    what: "calls under way",
    unit: "M datagrams/CPU s",
    tolerance,
    sizes: [1, 10, 100, 1000, 10_000],
    contestant: (size) => program("growth", ["calls", String(size), datagrams]),
  },
  {
    what: "replications",
    unit: "k/CPU s",
    tolerance,
    sizes: [1, 10, 100, 1000, 10_000],
    contestant: (size) => program("growth", ["replications", String(size)]),
  },
];

/** log n, so that growth from 1 has a meaning too. */
const logarithm = (size: number): number => Math.log(size + 1);

function rowsOf({ what, unit, sizes, tolerance, contestant }: Dimension): Row[] {
  const standings = contest(sizes.map(contestant), rounds);
  const scale = unit.startsWith("k") ? 1000 : 1;
  return sizes.map((size, i): Row => {
    const row = { what: `${size.toLocaleString("en")} ${what}`, value: standings[i]!.rate * scale, unit };
    if (i === 0) return row;
    // The rate that would be left if the work of n grew as n log n.
    const share = logarithm(sizes[0]!) / logarithm(size);
    const grown = ratio(standings[i]!, standings[0]!) / share;
    return {
      ...row,
      peer: { name: "n log n", value: standings[0]!.rate * share * scale, ratio: grown },
      goal: { of: "ratio", atLeast: Number((1 / tolerance).toPrecision(2)) },
    };
  });
}

export const growth: Benchmark = {
  name: "growth",
  goal: `work on n machines, members, calls under way or replications grows no faster than n log n, times ${tolerance}; on machines times ${ofMachines}`,
  run: () => Promise.resolve(dimensions.flatMap(rowsOf)),
};
