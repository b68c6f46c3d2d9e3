/** `manifest.json`: everything needed to remake a directory's files, and nothing that differs between two makings. */
import { join } from "node:path";
import * as v from "valibot";
import { BadData } from "../../sim/bad-data.ts";
import type { Plan } from "../plan/plan.ts";
import { columnsOf, columnsSchema } from "../results/columns.ts";
import type { CellSummary } from "../results/summary.ts";
import { readIfThere } from "./directory.ts";
import type { Identity } from "./identity.ts";

export const manifestName = "manifest.json";

/** A replication that gave no row. */
const failureSchema = v.object({
  // Index of the cell.
  cell: v.number(),
  replication: v.number(),
  error: v.string(),
});

/** Rows that other code computed, and that were accepted. */
const acceptedSchema = v.object({
  code: v.string(),
  changes: v.array(v.string()),
  // Indices of cells, and their replications as ranges.
  rows: v.array(v.tuple([v.number(), v.string()])),
});

const identitySchema = {
  experiment: v.string(),
  source: v.nullable(v.object({ file: v.string() })),
  seed: v.string(),
  version: v.string(),
  commit: v.nullable(v.string()),
  node: v.string(),
  v8: v.string(),
  platform: v.string(),
  inputs: v.record(v.string(), v.string()),
  // Missing in manifests of 0.1.0.
  code: v.optional(
    v.object({ hash: v.string(), files: v.record(v.string(), v.string()), unseen: v.array(v.string()) }),
  ),
};

const plain = v.union([v.number(), v.string(), v.boolean()]);

const schema = v.object({
  ...identitySchema,
  reproducible: v.optional(v.boolean(), true),
  command: v.string(),
  replications: v.number(),
  precision: v.nullable(v.number()),
  precisionOf: v.optional(v.string()),
  maxReplications: v.nullable(v.number()),
  // Missing in manifests of 0.1.0.
  columns: v.optional(columnsSchema),
  compare: v.optional(v.string()),
  chart: v.optional(v.record(v.string(), v.union([v.string(), v.boolean()]))),
  shard: v.optional(v.object({ index: v.number(), of: v.number() })),
  cells: v.array(
    v.object({
      parameters: v.record(v.string(), plain),
      replications: v.number(),
      // Replications that were requested and gave no row, as ranges.
      lacking: v.optional(v.string()),
      converged: v.optional(v.boolean(), false),
      notes: v.optional(v.array(v.string()), []),
      warnings: v.optional(v.array(v.string()), []),
    }),
  ),
  failures: v.optional(v.array(failureSchema), []),
  accepted: v.optional(v.array(acceptedSchema), []),
  files: v.array(v.string()),
});

/** A manifest, read back: missing parts have their defaults. */
export type Manifest = v.InferOutput<typeof schema>;

/** The fields of a manifest other than the plan and its figures. */
export interface Kept {
  readonly identity: Omit<Identity, "code"> & { readonly code?: Identity["code"] };
  /** The command that remakes the directory's files. It may differ from the given command line. */
  readonly command: string;
  /** Whether the same command writes the same bytes; not where the real machine is measured, or a check has failed. */
  readonly reproducible: boolean;
  readonly failures: Manifest["failures"];
  readonly accepted: Manifest["accepted"];
  /** Missing replications as ranges, by the index of the cell. */
  readonly lacking: ReadonlyMap<number, string>;
}

/** The manifest's text. */
export function manifestText(plan: Plan, kept: Kept, cells: readonly CellSummary[], files: readonly string[]): string {
  const { experiment, precision, precisionOf, compare, chart, shard } = plan;
  const { identity, command, reproducible, failures, accepted, lacking } = kept;
  const manifest = {
    ...identity,
    question: experiment.question,
    reproduces: experiment.reproduces ?? null,
    reproducible,
    command,
    replications: plan.replications,
    precision,
    ...(precisionOf === undefined ? {} : { precisionOf }),
    maxReplications: precision === null ? null : plan.maxReplications,
    ...(compare === undefined ? {} : { compare }),
    ...(chart === undefined ? {} : { chart }),
    ...(shard === undefined ? {} : { shard }),
    columns: columnsOf(experiment),
    cells: cells.map(({ parameters, replications, converged, notes, warnings }, i) => ({
      parameters,
      replications,
      ...(lacking.has(i) ? { lacking: lacking.get(i)! } : {}),
      converged,
      notes,
      warnings,
    })),
    ...(failures.length === 0 ? {} : { failures }),
    ...(accepted.length === 0 ? {} : { accepted }),
    files,
  };
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

/** The fields of a manifest other than the plan and its figures, read back. */
export function keptIn(manifest: Manifest): Kept {
  const { experiment, source, seed, version, commit, node, v8, platform, inputs, code } = manifest;
  const rest = { experiment, source, seed, version, commit, node, v8, platform, inputs };
  const { command, reproducible, failures, accepted, cells } = manifest;
  return {
    identity: { ...rest, ...(code === undefined ? {} : { code }) },
    command,
    reproducible,
    failures,
    accepted,
    lacking: new Map(cells.flatMap(({ lacking }, place) => (lacking === undefined ? [] : [[place, lacking]]))),
  };
}

/** The part of a manifest that `identityOf` made; undefined if its version did not record the code. */
export function identityIn(manifest: Manifest): Identity | undefined {
  const { experiment, source, seed, version, commit, node, v8, platform, inputs, code } = manifest;
  if (code === undefined) return undefined;
  return { experiment, source, seed, version, commit, node, v8, platform, inputs, code };
}

/**
 * Reads a manifest's text.
 *
 * @throws BadData naming `where`, if the text is not a manifest of this program.
 */
export function parseManifest(text: string, where: string): Manifest {
  try {
    return v.parse(schema, JSON.parse(text));
  } catch (error) {
    const issue = v.isValiError(error) ? error.issues[0] : undefined;
    const place = issue === undefined ? "" : ` at ${v.getDotPath(issue) ?? "its top"}`;
    throw new BadData(`${where} is not a manifest of troupe: ${(error as Error).message}${place}.`);
  }
}

/**
 * The manifest of a directory; undefined if it has none.
 *
 * @throws BadData if the file is not a manifest of this program.
 */
export function readManifest(directory: string): Manifest | undefined {
  const text = readIfThere(directory, manifestName);
  return text === undefined ? undefined : parseManifest(text, join(directory, manifestName));
}
