/**
 * Measured delays between sites, as a network's own: machines are put on sites, and each pair of sites has a delay of
 * its own.
 */
import type { Milliseconds } from "../../protocols/host.ts";
import { BadData } from "../bad-data.ts";

export interface LatencyMatrix {
  /** Names, each once. */
  readonly sites: readonly string[];
  /** From departure to arrival in ms: `delays[i][j]` from the i-th site to the j-th. */
  readonly delays: readonly (readonly Milliseconds[])[];
  /**
   * On which site machines are, by name. Those that are not named are on the sites in the order in which they are made.
   */
  readonly at?: Readonly<Record<string, string>>;
}

/** The mean delays of those that have been looked through: many worlds have the same one. */
const means = new WeakMap<LatencyMatrix["delays"], Milliseconds>();

/** The mean delay in ms from a site to another. Throws BadData if the matrix is not square, or a delay is below 0. */
export function meanDelay({ sites, delays }: LatencyMatrix): Milliseconds {
  const known = means.get(delays);
  if (known !== undefined) return known;
  if (delays.length !== sites.length || delays.some((row) => row.length !== sites.length)) {
    throw new BadData(`latency matrix: expected ${sites.length} rows of ${sites.length} delays, one for each site.`);
  }
  let sum = 0;
  for (const [i, row] of delays.entries()) {
    for (const [j, delay] of row.entries()) {
      if (!(Number.isFinite(delay) && delay >= 0)) {
        const pair = `from "${sites[i]!}" to "${sites[j]!}"`;
        throw new BadData(`latency matrix: the delay ${pair} is ${delay}; expected a number of at least 0.`);
      }
      if (i !== j) sum += delay;
    }
  }
  const mean = sum / Math.max(1, sites.length * (sites.length - 1));
  means.set(delays, mean);
  return mean;
}

/** Delays between machines, each with its index and name. */
export class Sites {
  /** Of two different sites. */
  readonly mean: Milliseconds;
  readonly #matrix: LatencyMatrix;
  readonly #index: ReadonlyMap<string, number>;

  /** @throws BadData if the matrix is not square, a delay is below 0, or a machine is on a site that is not there. */
  constructor(matrix: LatencyMatrix) {
    const { sites, at = {} } = matrix;
    this.#matrix = matrix;
    this.mean = meanDelay(matrix);
    this.#index = new Map(sites.map((site, i) => [site, i]));
    if (this.#index.size < sites.length)
      throw new BadData("latency matrix: two sites have one name; expected a name once.");
    for (const [machine, site] of Object.entries(at)) {
      if (!this.#index.has(site))
        throw new BadData(`latency matrix: machine "${machine}" is on "${site}", which is no site.`);
    }
  }

  /** @throws BadData for a machine beyond the last site. */
  delay(from: number, to: number, fromName: string, toName: string): Milliseconds {
    return this.#matrix.delays[this.#site(from, fromName)]![this.#site(to, toName)]!;
  }

  #site(index: number, name: string): number {
    const { at, sites } = this.#matrix;
    const site = at !== undefined && Object.hasOwn(at, name) ? this.#index.get(at[name]!)! : index;
    if (site < sites.length) return site;
    throw new BadData(
      `latency matrix: machine "${name}" is number ${index + 1}, and there are ${sites.length} sites; expected its site in \`at\`.`,
    );
  }
}
