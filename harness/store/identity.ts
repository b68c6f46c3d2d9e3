/**
 * The identity of a row: its resolved parameters, seed, replication number, and the code that computed it. The part
 * that all rows of a directory share is stored once, in the manifest and at the head of the journal.
 */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Source } from "../sources.ts";
import { commit, locate, version } from "../package-root.ts";
import type { Plan } from "../plan/plan.ts";
import { codeOf, type Code } from "./code.ts";

/** Plain JSON. */
export interface Identity {
  readonly experiment: string;
  /** The file of a user's experiment, as the user named it; null for an experiment of this package. */
  readonly source: { readonly file: string } | null;
  readonly seed: string;
  readonly version: string;
  /** The commit of the code, for information; the comparison uses the code itself. */
  readonly commit: string | null;
  readonly node: string;
  readonly v8: string;
  readonly platform: string;
  /** Hashes of the files that parameters name. */
  readonly inputs: Readonly<Record<string, string>>;
  readonly code: Code;
}

function sha256(path: string): string {
  return createHash("sha256").update(readFileSync(path)).digest("hex");
}

export async function identityOf(plan: Pick<Plan, "experiment" | "seed" | "cells">, source: Source): Promise<Identity> {
  const inputs = new Set<string>();
  for (const [name, parameter] of Object.entries(plan.experiment.parameters)) {
    if (parameter.kind !== "file") continue;
    for (const cell of plan.cells) if (cell[name] !== "") inputs.add(String(cell[name]));
  }
  return {
    experiment: plan.experiment.name,
    source: source.isUsers ? { file: source.name } : null,
    seed: plan.seed,
    version: version(),
    commit: commit(),
    node: process.version,
    v8: process.versions.v8,
    platform: `${process.platform}-${process.arch}`,
    inputs: Object.fromEntries([...inputs].map((path) => [path, sha256(locate(path))])),
    code: await codeOf(source),
  };
}

function changedNames(kept: Readonly<Record<string, string>>, asked: Readonly<Record<string, string>>): string[] {
  const [before, now] = [new Set(Object.keys(kept)), new Set(Object.keys(asked))];
  return [
    ...[...now].filter((name) => before.has(name) && kept[name] !== asked[name]).map((name) => `${name} has changed`),
    ...[...now].filter((name) => !before.has(name)).map((name) => `${name} is new`),
    ...[...before].filter((name) => !now.has(name)).map((name) => `${name} is gone`),
  ];
}

/**
 * The changes since the kept rows were computed, the user's own files first; empty if there are none. Files that
 * parameters name are compared only if both identities name them: other files belong to other cells.
 */
export function changesBetween(kept: Identity, asked: Identity): string[] {
  const common = Object.keys(kept.inputs).filter((path) => path in asked.inputs);
  const of = ({ inputs }: Identity) => Object.fromEntries(common.map((path) => [path, inputs[path]!]));
  const code = kept.code.hash === asked.code.hash ? [] : changedNames(kept.code.files, asked.code.files);
  const isOurs = (name: string): boolean => name.startsWith("troupe/");
  const changes = [
    ...code.filter((name) => !isOurs(name)),
    ...changedNames(of(kept), of(asked)),
    ...code.filter(isOurs),
  ];
  if (kept.node !== asked.node) changes.push(`Node was ${kept.node} and is ${asked.node}`);
  if (kept.platform !== asked.platform) changes.push(`the platform was ${kept.platform} and is ${asked.platform}`);
  return changes;
}

/** Whether two identities belong to the same experiment, by name and by file or code, even if the code has changed. */
export function areOfOneExperiment(a: Identity, b: Identity): boolean {
  if (a.experiment !== b.experiment) return false;
  return a.source?.file === b.source?.file || a.code.hash === b.code.hash;
}
