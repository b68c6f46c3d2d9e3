/** `manifest.json`: all that is needed to make a directory's files again, and nothing that differs when they are. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import * as v from "valibot";
import { BadData } from "../../sim/bad-data.ts";
import type { Source } from "../load.ts";
import { commit, locate, version } from "../package-root.ts";
import type { Plan } from "../plan/plan.ts";
import { readIfThere } from "./directory.ts";
import type { CellSummary } from "../results/summary.ts";

export const manifestName = "manifest.json";

function sha256(path: string): string {
  return createHash("sha256").update(readFileSync(path)).digest("hex");
}

/** What must agree for rows to belong together: experiment, seed, programs and input files. Plain JSON. */
export function identityOf(plan: Plan, source: Source): Record<string, unknown> {
  const inputs = new Set<string>();
  for (const [name, parameter] of Object.entries(plan.experiment.parameters)) {
    if (parameter.kind !== "file") continue;
    for (const cell of plan.cells) if (cell[name] !== "") inputs.add(String(cell[name]));
  }
  return {
    experiment: plan.experiment.name,
    source: source.isUsers ? { file: source.name, sha256: sha256(fileURLToPath(source.url)) } : null,
    seed: plan.seed,
    version: version(),
    commit: commit(),
    node: process.version,
    v8: process.versions.v8,
    platform: `${process.platform}-${process.arch}`,
    inputs: Object.fromEntries([...inputs].map((path) => [path, sha256(locate(path))])),
  };
}

/** The manifest's text. `command` is what remakes the directory's files, whatever else was on the command line. */
export function manifestText(
  plan: Plan,
  identity: Readonly<Record<string, unknown>>,
  command: string,
  cells: readonly CellSummary[],
  files: readonly string[],
): string {
  const manifest = {
    ...identity,
    question: plan.experiment.question,
    reproduces: plan.experiment.reproduces ?? null,
    /** Whether the same command writes the same bytes; not where the real machine is measured. */
    reproducible: plan.experiment.reproducible ?? true,
    command,
    replications: plan.replications,
    precision: plan.precision,
    maxReplications: plan.precision === null ? null : plan.maxReplications,
    ...(plan.compare === undefined ? {} : { compare: plan.compare }),
    cells: cells.map(({ parameters, replications, converged, notes, warnings }) => ({
      parameters,
      replications,
      converged,
      notes,
      warnings,
    })),
    files,
  };
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

const identitySchema = {
  experiment: v.string(),
  source: v.nullable(v.object({ file: v.string(), sha256: v.string() })),
  seed: v.string(),
  version: v.string(),
  commit: v.nullable(v.string()),
  node: v.string(),
  v8: v.string(),
  platform: v.string(),
  inputs: v.record(v.string(), v.string()),
};

const schema = v.object({
  ...identitySchema,
  command: v.string(),
  replications: v.number(),
  precision: v.nullable(v.number()),
  maxReplications: v.nullable(v.number()),
  compare: v.optional(v.string()),
  cells: v.array(v.object({ parameters: v.record(v.string(), v.union([v.number(), v.string(), v.boolean()])) })),
  files: v.array(v.string()),
});

export type Manifest = v.InferOutput<typeof schema>;

/** The part of a manifest that `identityOf` made. */
export function identityIn(manifest: Manifest): Record<string, unknown> {
  return Object.fromEntries(Object.keys(identitySchema).map((name) => [name, manifest[name as keyof Manifest]]));
}

/**
 * Reads the manifest of a directory; undefined if it has none.
 *
 * @throws BadData if it is none of ours.
 */
export function readManifest(directory: string): Manifest | undefined {
  const text = readIfThere(directory, manifestName);
  if (text === undefined) return undefined;
  try {
    return v.parse(schema, JSON.parse(text));
  } catch (error) {
    const issue = v.isValiError(error) ? error.issues[0] : undefined;
    const place = issue === undefined ? "" : ` at ${v.getDotPath(issue) ?? "its top"}`;
    throw new BadData(
      `${join(directory, manifestName)} is not a manifest of troupe: ${(error as Error).message}${place}.`,
    );
  }
}
