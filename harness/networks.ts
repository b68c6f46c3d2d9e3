/** Latency matrices as tables. `troupe import network` writes them; a process reads them once for all replications. */
import { readFileSync } from "node:fs";
import { stringify } from "csv-stringify/sync";
import { BadData } from "../sim/bad-data.ts";
import { readRecords } from "../sim/csv.ts";
import { meanDelay, type LatencyMatrix } from "../sim/network/matrix.ts";
import { locate } from "./package-root.ts";

/** The first field of the table: the kind and unit of its numbers. */
const corner = "one-way ms";

const matrices = new Map<string, LatencyMatrix>();

/**
 * The matrix of a table. The first line has "one-way ms" and the names of sites. Each further line has a site and its
 * delays to all sites. For `replication.world({ network: { matrix: latencyMatrix("network.csv") } })`.
 * @throws BadData naming the line and the expected form
 */
export function latencyMatrix(file: string): LatencyMatrix {
  let found = matrices.get(file);
  if (found === undefined) {
    found = parseMatrix(readFileSync(locate(file), "utf8"), file);
    matrices.set(file, found);
  }
  return found;
}

export function parseMatrix(text: string, file: string): LatencyMatrix {
  const [header, ...rows] = readRecords(text, file);
  const [first, ...sites] = header?.fields ?? [];
  if (first !== corner) {
    throw new BadData(
      `${file}, line 1: the table begins with "${(first ?? "").slice(0, 40)}"; expected "${corner}" and the names of sites. ` +
        "`troupe import network FILE` makes a table that can be read here of most matrices.",
    );
  }
  if (rows.length !== sites.length) {
    throw new BadData(`${file}: ${rows.length} lines of delays; expected ${sites.length}, one for each site.`);
  }
  const delays = rows.map(({ line, fields: [site, ...numbers] }, i) => {
    const where = `${file}, line ${line}`;
    if (site !== sites[i])
      throw new BadData(`${where}: site "${site!}"; expected "${sites[i]!}", in the order of line 1.`);
    if (numbers.length !== sites.length) {
      throw new BadData(`${where}: ${numbers.length} delays; expected ${sites.length}, one for each site.`);
    }
    const wrong = numbers.find((number) => !/^\d+(\.\d+)?(e[+-]?\d+)?$/i.test(number));
    if (wrong !== undefined) throw new BadData(`${where}: "${wrong}" is not a delay in ms.`);
    return numbers.map(Number);
  });
  const matrix = { sites, delays };
  meanDelay(matrix);
  return matrix;
}

export function matrixCsv({ sites, delays }: LatencyMatrix): string {
  return stringify([[corner, ...sites], ...sites.map((site, i) => [site, ...delays[i]!.map(String)])]);
}
