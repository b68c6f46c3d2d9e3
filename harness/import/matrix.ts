/**
 * Makes complete matrices of one-way delays from matrices of latencies in common forms. The user states the kind and
 * unit of the numbers. Missing, zero and contradictory numbers are treated as the user states, or refused.
 */
import { BadData } from "../../sim/bad-data.ts";
import { meanDelay, type LatencyMatrix } from "../../sim/network/matrix.ts";

export interface MatrixOptions {
  /** The unit of the numbers, in ms. */
  readonly unit: number;
  /** Round trips, or delays from the row's site to the column's. */
  readonly measured: "round-trip" | "one-way";
  /** The choice between two different round trips of one pair of sites. Left out: the matrix is refused. */
  readonly asymmetric?: "mean" | "smaller" | "larger";
  /** The meaning of zeros between different sites. Left out: the matrix is refused. */
  readonly zeros?: "missing" | "keep";
  /**
   * The treatment of missing numbers: sites are left out until no number is missing, or the fastest way through a third
   * site is taken. Left out: the matrix is refused.
   */
  readonly missing?: "leave-out" | "through";
}

export interface ImportedMatrix {
  readonly matrix: LatencyMatrix;
  readonly summary: readonly string[];
}

/** The texts that stand for a pair that was not measured, besides all numbers below 0. */
const absent = /^(-|\?|nan|na|n\/a|null|none|inf|infinity)?$/i;
const isNumber = (text: string): boolean => /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text);

interface Raw {
  sites: readonly string[];
  /** Undefined: not measured. */
  values: (number | undefined)[][];
}

/** The fields of each line, separated by commas, semicolons or white space. */
function fieldsOf(text: string): { readonly line: number; readonly fields: readonly string[] }[] {
  const lines = text
    .replace(/^\uFEFF/, "")
    .split(/\r?\n/)
    .map((content, i) => ({ line: i + 1, content: content.trim() }))
    .filter(({ content }) => content !== "" && !content.startsWith("#"));
  const first = lines[0]?.content ?? "";
  const separator = first.includes(",") ? "," : first.includes(";") ? ";" : /\s+/;
  return lines.map(({ line, content }) => ({ line, fields: content.split(separator).map((field) => field.trim()) }));
}

function readMatrix(text: string, file: string): Raw {
  const lines = fieldsOf(text);
  const value = (field: string, line: number): number | undefined => {
    if (absent.test(field)) return undefined;
    if (!isNumber(field)) throw new BadData(`${file}, line ${line}: "${field}" is not a number.`);
    return Number(field) < 0 ? undefined : Number(field);
  };
  const isMeasure = (field: string): boolean => isNumber(field) || absent.test(field);
  const isNamed = lines.length > 1 && !lines[0]!.fields.every(isMeasure);
  const rows = isNamed ? lines.slice(1) : lines;
  const isSquareOfThree = rows.length === 3 && rows.every(({ fields }) => fields.every(isMeasure));
  if (!isSquareOfThree && lines.every(({ fields }) => fields.length === 3)) return readPairs(lines, file, value);
  const size = rows.length;
  const isLabelled = rows.every(({ fields }) => fields.length === size + 1);
  const header = isNamed ? lines[0]!.fields.slice(lines[0]!.fields.length - size) : [];
  const sites = rows.map(({ fields }, i) => (isLabelled ? fields[0]! : (header[i] ?? `site ${i + 1}`)));
  const values = rows.map(({ line, fields }) => {
    const numbers = isLabelled ? fields.slice(1) : fields;
    if (numbers.length !== size) {
      throw new BadData(
        `${file}, line ${line}: ${numbers.length} numbers; expected ${size}, as many as there are lines.`,
      );
    }
    return numbers.map((field) => value(field, line));
  });
  return { sites, values };
}

/** Reads a list with a line for each pair: from, to, latency. */
function readPairs(
  lines: ReturnType<typeof fieldsOf>,
  file: string,
  value: (field: string, line: number) => number | undefined,
): Raw {
  const isNamed = !isNumber(lines[0]!.fields[2]!) && !absent.test(lines[0]!.fields[2]!);
  const pairs = isNamed ? lines.slice(1) : lines;
  const sites = [...new Set(pairs.flatMap(({ fields }) => fields.slice(0, 2)))];
  const index = new Map(sites.map((site, i) => [site, i]));
  const values: (number | undefined)[][] = sites.map(() => sites.map(() => undefined));
  const seen = new Map<string, number>();
  for (const { line, fields } of pairs) {
    const [from, to] = [index.get(fields[0]!)!, index.get(fields[1]!)!];
    const before = seen.get(`${from} ${to}`);
    if (before !== undefined) {
      throw new BadData(
        `${file}, line ${line}: ${fields[0]} to ${fields[1]} is in line ${before} already; expected each pair once.`,
      );
    }
    seen.set(`${from} ${to}`, line);
    values[from]![to] = value(fields[2]!, line);
  }
  return { sites, values };
}

/** Calls `of` with each pair of different sites, in both orders or in one. */
function eachPair(size: number, both: boolean, of: (i: number, j: number) => void): void {
  for (let i = 0; i < size; i++) for (let j = both ? 0 : i + 1; j < size; j++) if (i !== j) of(i, j);
}

/**
 * Makes a matrix of one-way delays in ms. `file` is for messages.
 * @throws BadData if the matrix is malformed or needs a choice that `options` does not make
 */
export function importMatrix(text: string, file: string, options: MatrixOptions): ImportedMatrix {
  const raw = readMatrix(text, file);
  const { values } = raw;
  let { sites } = raw;
  const { length: size } = sites;
  const lines = [`sites           ${size} in the file`];
  if (size < 2) throw new BadData(`${file}: ${size} sites; expected 2 at least.`);

  const diagonal = sites.filter((_, i) => (values[i]![i] ?? 0) !== 0).length;
  for (const [i, row] of values.entries()) row[i] = 0;
  lines.push(`diagonal        ${diagonal} of ${size} were not 0; a site is no distance from itself`);

  let zeros = 0;
  eachPair(size, true, (i, j) => (zeros += values[i]![j] === 0 ? 1 : 0));
  if (zeros > 0 && options.zeros === undefined) {
    throw new BadData(`${file}: ${zeros} zeros between different sites; --zeros missing or keep says what they are.`);
  }
  if (options.zeros === "missing") eachPair(size, true, (i, j) => values[i]![j] === 0 && (values[i]![j] = undefined));
  if (zeros > 0)
    lines.push(`zeros           ${zeros} between different sites: ${options.zeros === "keep" ? "kept" : "missing"}`);

  if (options.measured === "round-trip") for (const line of symmetric(raw, options.asymmetric, file)) lines.push(line);
  const before = sites.length;
  const { filled, missing } = whole(raw, options.missing, file);
  if (missing > 0) lines.push(`missing         ${missing} of ${size * (size - 1)}; ${filled}`);
  ({ sites } = raw);
  if (sites.length < 2) throw new BadData(`${file}: of ${before} sites ${sites.length} are left that have all delays.`);

  const factor = options.unit / (options.measured === "round-trip" ? 2 : 1);
  // Rounds to nine digits, so that the written numbers are the numbers of the computation.
  const delays = raw.values.map((row) => row.map((each) => Number((each! * factor).toPrecision(9))));
  const matrix = { sites, delays };
  const trips: number[] = [];
  eachPair(sites.length, false, (i, j) => trips.push(delays[i]![j]! + delays[j]![i]!));
  trips.sort((a, b) => a - b);
  const at = (share: number): string => `${Number(trips[Math.floor(share * (trips.length - 1))]!.toPrecision(4))}`;
  lines.push(
    `round trips     of ${sites.length} sites: ${at(0)} to ${at(1)} ms, median ${at(0.5)}, mean ${Number((2 * meanDelay(matrix)).toPrecision(4))}`,
    `triangles       ${(100 * violations(delays)).toFixed(1)}% of ways by a third site are faster than the direct one`,
  );
  return { matrix, summary: lines };
}

/** Makes round trips equal in both directions, by the choice of the user. */
function symmetric({ sites, values }: Raw, how: MatrixOptions["asymmetric"], file: string): string[] {
  let [differing, oneSided] = [0, 0];
  let example = "";
  eachPair(sites.length, false, (i, j) => {
    const [there, back] = [values[i]![j], values[j]![i]];
    if (there === back) return;
    if (there === undefined || back === undefined) {
      oneSided++;
      values[i]![j] = values[j]![i] = there ?? back;
      return;
    }
    differing++;
    example ||= `${sites[i]!} to ${sites[j]!} takes ${there}, and back ${back}`;
    const settled =
      how === "smaller" ? Math.min(there, back) : how === "larger" ? Math.max(there, back) : (there + back) / 2;
    values[i]![j] = values[j]![i] = settled;
  });
  if (differing > 0 && how === undefined) {
    throw new BadData(
      `${file}: ${differing} pairs of sites have two round trips (${example}); --asymmetric mean, smaller or larger says which counts.`,
    );
  }
  const pairs = (sites.length * (sites.length - 1)) / 2;
  return [
    ...(differing > 0 ? [`asymmetric      ${differing} of ${pairs} pairs; the ${how} of both counts`] : []),
    ...(oneSided > 0 ? [`one-sided       ${oneSided} of ${pairs} pairs were measured from one side; that counts`] : []),
  ];
}

/** Treats missing numbers, in place. */
function whole(
  raw: Raw,
  how: MatrixOptions["missing"],
  file: string,
): { readonly filled: string; readonly missing: number } {
  const { sites, values } = raw;
  let missing = 0;
  eachPair(sites.length, true, (i, j) => (missing += values[i]![j] === undefined ? 1 : 0));
  if (missing === 0) return { filled: "", missing };
  if (how === undefined) {
    throw new BadData(
      `${file}: ${missing} delays between sites are missing; --missing leave-out leaves sites out, --missing through takes the fastest way by a third site.`,
    );
  }
  if (how === "through") {
    const known = values.map((row) => [...row]);
    eachPair(sites.length, true, (i, j) => {
      if (known[i]![j] !== undefined) return;
      let best = Infinity;
      for (let k = 0; k < sites.length; k++)
        best = Math.min(best, (known[i]![k] ?? Infinity) + (known[k]![j] ?? Infinity));
      if (best === Infinity) {
        throw new BadData(
          `${file}: there is no way from "${sites[i]!}" to "${sites[j]!}" by a third site; expected --missing leave-out.`,
        );
      }
      values[i]![j] = best;
    });
    return { filled: "the fastest way by a third site counts", missing };
  }
  const left = new Set(sites.keys());
  const lacks = sites.map((_, i) => {
    let count = 0;
    for (const j of left) if (values[i]![j] === undefined || values[j]![i] === undefined) count++;
    return count;
  });
  for (;;) {
    let worst = -1;
    for (const i of left) if (lacks[i]! > 0 && (worst < 0 || lacks[i]! > lacks[worst]!)) worst = i;
    if (worst < 0) break;
    left.delete(worst);
    for (const j of left) if (values[worst]![j] === undefined || values[j]![worst] === undefined) lacks[j]!--;
  }
  const kept = [...left];
  const gone = sites.length - kept.length;
  raw.values = kept.map((i) => kept.map((j) => values[i]![j]));
  raw.sites = kept.map((i) => sites[i]!);
  return { filled: `${gone} sites are left out`, missing };
}

/** The share of ways through a third site that are faster than the direct way. */
function violations(delays: readonly (readonly number[])[]): number {
  const { length: size } = delays;
  if (size < 3) return 0;
  let faster = 0;
  eachPair(size, true, (i, j) => {
    const direct = delays[i]![j]!;
    for (let k = 0; k < size; k++) if (k !== i && k !== j && delays[i]![k]! + delays[k]![j]! < direct) faster++;
  });
  return faster / (size * (size - 1) * (size - 2));
}
