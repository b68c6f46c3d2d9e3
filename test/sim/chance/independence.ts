/**
 * Joint independence of random streams: their first draws, tested in twos, threes and fours.
 *
 * Pairs of streams may look independent where triples are not, so each family of keys is judged by the joint numbers of
 * 2, 3 and 4 neighbouring streams: by chi-square on a grid of their d-th draws, and by the numbers of runs in which all
 * of them are low, or all are high.
 */
import { streams, type Stream } from "../../../sim/chance/random.ts";

/** Answers uniform numbers on (0, 1). */
export type Draw = () => number;
/** How a key becomes a generator. */
export type Generator = (key: string) => Draw;

/** Four neighbouring streams of the given run, as the project keys them. */
export type Family = (run: number) => readonly Stream[];

const four = [1, 2, 3, 4];

/** Every way in which the project makes keys: what differs among the four is what the name of the family says. */
export const families: Readonly<Record<string, Family>> = {
  "members, lives of a replaced troupe": (run) =>
    four.map((i) => streams("1985", run).fork("lives").fork(`store ${i}`)),
  "machines that fail": (run) =>
    four.map((i) => streams("1985", run).fork("failures").fork("failure").fork(`m${i}`).fork("lifetime")),
  "places 1 to 100": (run) =>
    four.map((i) =>
      streams("1985", run >> 5)
        .fork("replacement times")
        .fork(`store ${1 + 3 * (run & 31) + i}`),
    ),
  "names of one length": (run) =>
    ["north", "south", "wests", "easts"].map((name) => streams("1985", run).fork("machine").fork(name)),
  "links to neighbours": (run) =>
    four.map((i) => streams("1985", run).fork("network").fork("client").fork(`m${i}`).fork("network delay")),
  "links from neighbours": (run) =>
    four.map((i) => streams("1985", run).fork("network").fork(`m${i}`).fork("client").fork("loss")),
  "rules of a link": (run) =>
    ["loss", "duplication", "reordering", "corruption"].map((rule) =>
      streams("1985", run).fork("network").fork("m1").fork("m2").fork(rule),
    ),
  "lives of a process": (run) =>
    four.map((i) => streams("1985", run).fork("machine m1").fork("process 1").fork(`life ${i}`)),
  replications: (run) =>
    four.map((i) =>
      streams("1985", 4 * run + i)
        .fork("experiment")
        .fork("wrong"),
    ),
  "replications, with nothing behind": (run) => four.map((i) => streams("1985", 4 * run + i)),
  "seeds that count up": (run) => four.map((i) => streams(String(4 * run + i), 0).fork("calls")),
  "purposes of an experiment": (run) => four.map((i) => streams("1985", run).fork("experiment").fork(`member ${i}`)),
  "purposes of one letter": (run) => ["a", "b", "c", "d"].map((purpose) => streams("1985", run).fork(purpose)),
  "threads of a client": (run) =>
    four.map((i) => streams("1985", run).fork("threads").fork(`thread 257.1.${i}`).fork("path 1")),
  "calls of a thread": (run) =>
    four.map((i) => streams("1985", run).fork("threads").fork("thread 257.1.1").fork(`path ${i}`)),
};

/** Cells along each axis of the grid, by the number of streams. */
const grid = [0, 0, 16, 7, 5];
/** Probability of the corner in which all numbers are low, and of the one in which all are high. */
const corner = 0.001;
/**
 * Standard deviations beyond which a figure counts as dependence: with 15 families, 3 numbers of streams, 4 draws and 3
 * figures, independent streams exceed 5 with probability 3e-4.
 */
const limit = 5;
const draws = 4;

/**
 * What is wrong with the first draws of a family over so many runs: a sentence for each figure beyond the limit.
 * With 250,000 runs a factor of 1.3 in a corner is 4.7 standard deviations from 1: what is beyond 1.35 is always seen.
 */
export function dependences(family: Family, runs: number, generator?: Generator): string[] {
  const counts = grid.map((cells, k) => Array.from({ length: draws }, () => new Int32Array(cells ** k)));
  const low = grid.map(() => new Int32Array(draws));
  const high = grid.map(() => new Int32Array(draws));
  for (let run = 0; run < runs; run++) {
    const generators = family(run).map((stream) =>
      generator === undefined ? () => stream.next() : generator(stream.key),
    );
    for (let d = 0; d < draws; d++) {
      let least = 1;
      let greatest = 0;
      const numbers = generators.map((next) => next());
      for (let k = 1; k <= numbers.length; k++) {
        const number = numbers[k - 1]!;
        least = Math.min(least, number);
        greatest = Math.max(greatest, number);
        if (k < 2) continue;
        const cells = grid[k]!;
        let cell = 0;
        for (let i = 0; i < k; i++) cell = cell * cells + Math.floor(numbers[i]! * cells);
        counts[k]![d]![cell]!++;
        const edge = corner ** (1 / k);
        if (greatest < edge) low[k]![d]!++;
        if (least > 1 - edge) high[k]![d]!++;
      }
    }
  }
  const wrong: string[] = [];
  for (let k = 2; k <= 4; k++) {
    for (let d = 0; d < draws; d++) {
      const cells = counts[k]![d]!;
      const expected = runs / cells.length;
      let chiSquare = 0;
      for (const count of cells) chiSquare += (count - expected) ** 2 / expected;
      // Wilson and Hilferty's cube root, which is near normal.
      const freedom = cells.length - 1;
      const z = (Math.cbrt(chiSquare / freedom) - (1 - 2 / (9 * freedom))) / Math.sqrt(2 / (9 * freedom));
      if (Math.abs(z) > limit)
        wrong.push(`draw ${d + 1} of ${k} streams: chi-square is ${z.toFixed(1)} deviations off`);
      for (const [name, found] of [["low", low[k]![d]!] as const, ["high", high[k]![d]!] as const]) {
        const off = (found - runs * corner) / Math.sqrt(runs * corner * (1 - corner));
        if (Math.abs(off) <= limit) continue;
        wrong.push(
          `draw ${d + 1} of ${k} streams: all ${name} ${(found / (runs * corner)).toFixed(2)} times too often`,
        );
      }
    }
  }
  return wrong;
}
