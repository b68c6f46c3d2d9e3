/**
 * Serializability of a history (Adya, Liskov and O'Neil, ICDE 2000; what reads show of the order of writes, as in
 * Kingsbury and Alvaro's Elle, VLDB 2020).
 *
 * The checker infers which transaction read, overwrote or preceded which other one. A circle of such edges is an
 * anomaly, and is named as in the literature: G0 (writes only), G1c (writes and reads of what was written), G-single
 * (one read of what was overwritten: lost updates and read skew), G2 (several: write skew). Reads of what a failed
 * transaction wrote (G1a) or of what its writer overwrote itself (G1b) are found without a circle.
 *
 * The cost is linear in the number of accesses and of elements read, as long as the history is serializable.
 */
import { Findings, type Violation } from "../violation.ts";
import { Dependencies } from "./dependencies.ts";
import { edges, type Step } from "./graph.ts";
import type { Transaction } from "./history.ts";

export interface SerializabilityOptions {
  /** For the sentences: what brings the run about again; undefined for a history from elsewhere. */
  readonly seed?: string | undefined;
  /**
   * Whether a transaction that began after another had ended must come later in the serial order (strict
   * serializability). Default: true.
   */
  readonly strict?: boolean;
}

const { ww, wr, rw, order } = edges;
const data = [{ kinds: ww }, { kinds: ww | wr }, { kinds: ww | wr, once: rw }, { kinds: ww | wr | rw }];
const strictly = [...data, ...data.map((search) => ({ ...search, kinds: search.kinds | order }))];

/**
 * The violations of a history, ten circles at the most.
 *
 * @throws BadData for a history that cannot be judged: an object of two kinds, or a value that two transactions write.
 */
export function checkSerializability(
  transactions: readonly Transaction[],
  { seed, strict = true }: SerializabilityOptions,
): Violation[] {
  const findings = new Findings(seed);
  const dependencies = new Dependencies(transactions, findings);
  if (strict) dependencies.addRealTime();
  for (const circle of dependencies.graph.circles(strict ? strictly : data)) {
    const { time } = transactions[circle.at(-1)!.from]!;
    const sentences = circle.map((step) => sentenceOf(step, transactions, dependencies.objects));
    findings.add(time, `${anomalyOf(circle)}: ${sentences.join("; ")}`);
  }
  return findings.violations;
}

function sentenceOf(
  { from, to, kind, label }: Step,
  transactions: readonly Transaction[],
  objects: Dependencies["objects"],
): string {
  const [first, second] = [transactions[from]!.name, transactions[to]!.name];
  if (kind === order) return `${first} ended before ${second} began (real time)`;
  const { name } = objects[label]!;
  if (kind === ww) return `${first} wrote ${name} before ${second} wrote it (ww)`;
  if (kind === wr) return `${first} wrote what ${second} read of ${name} (wr)`;
  return `${first} read ${name} before ${second} wrote it (rw)`;
}

/** The name of the anomaly, and the common name of its simplest form. */
function anomalyOf(circle: readonly Step[]): string {
  const real = circle.some(({ kind }) => kind === order) ? " in real time" : "";
  const count = (kind: number): number => circle.filter((step) => step.kind === kind).length;
  const reads = count(rw);
  if (reads === 0) return `${count(wr) === 0 ? "G0, a circle of writes" : "G1c, circular information flow"}${real}`;
  const sameObject = new Set(circle.filter(({ kind }) => kind !== order).map(({ label }) => label)).size === 1;
  const isPair = circle.length === 2 && real === "";
  if (isPair && sameObject && count(wr) === 0) return "lost update";
  if (isPair && reads === 2) return "G2, write skew";
  return `${reads === 1 ? "G-single, read skew" : "G2"}${real}`;
}
