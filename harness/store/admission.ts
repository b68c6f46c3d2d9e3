/** Decides whether a run may write into a directory. Existing results are neither lost nor mixed with others. */
import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { BadData } from "../../sim/bad-data.ts";
import { cellKey, type Cell } from "../plan/grid.ts";
import type { Plan } from "../plan/plan.ts";
import { Contents, computedBy, current, readContents, type Found } from "./contents.ts";
import { isTemporary } from "./directory.ts";
import { areOfOneExperiment, changesBetween, type Identity } from "./identity.ts";
import { readJournal } from "./journal.ts";
import { identityIn, readManifest, type Manifest } from "./manifest.ts";

/** What to do with finished replications in the directory: go on with them, drop them, or (undefined) refuse. */
export type Mode = "resume" | "overwrite" | undefined;

export interface Admission {
  readonly contents: Contents;
  /** The identity of the run, with the files that parameters of kept cells name. */
  readonly identity: Identity;
  /** Whether the run replaces the contents of the directory's other files. */
  readonly replaces: boolean;
  /** Whether the existing journal is continued. */
  readonly goesOn: boolean;
}

/** The greatest number of changes that a message names. */
const named = 5;

function listed(changes: readonly string[]): string {
  const more = changes.length - named;
  return `${changes.slice(0, named).join(", ")}${more > 0 ? `, and ${more} more` : ""}`;
}

/** Removes the half-written files of a killed process. The caller holds the lock. */
function tidy(directory: string): void {
  for (const file of readdirSync(directory)) if (isTemporary(file)) rmSync(join(directory, file), { force: true });
}

/** The visible files of a directory. */
function visible(directory: string): string[] {
  return readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.startsWith("."))
    .map(({ name }) => name)
    .sort((a, b) => (a < b ? -1 : 1));
}

function mustBeOurs(directory: string, found: Found, names: readonly string[]): void {
  if (found.journal !== undefined) return;
  const { manifest } = found;
  const foreign =
    manifest === undefined
      ? visible(directory)
      : names.filter((name) => !manifest.files.includes(name) && existsSync(join(directory, name)));
  if (foreign.length === 0) return;
  const what = `${listed(foreign)}, which ${foreign.length === 1 ? "is" : "are"} not of a run`;
  throw new BadData(`${directory} holds ${what}: use another --out, or --overwrite to write there all the same.`);
}

/** How a finished run differs from the requested run; undefined if it does not. */
function otherwise(manifest: Manifest, plan: Plan, identity: Identity): string | undefined {
  const before = identityIn(manifest);
  if (manifest.experiment !== identity.experiment) return `a finished run of ${manifest.experiment}`;
  if (before !== undefined && !areOfOneExperiment(before, identity)) {
    return `a finished run of another experiment of this name, ${before.source?.file ?? before.experiment}`;
  }
  if (manifest.seed !== plan.seed) return `a finished run under the seed ${manifest.seed}`;
  const keys = manifest.cells.map(({ parameters }) => cellKey(parameters));
  if (!isDeepStrictEqual(new Set(keys), new Set(plan.cells.map(cellKey)))) return "a finished run of other cells";
  if (!isDeepStrictEqual(manifest.shard, plan.shard)) return "a finished run of another shard";
  if (manifest.precision !== plan.precision) return "a finished run to another precision";
  if (manifest.replications !== plan.replications) {
    return `a finished run of ${manifest.replications} replications of each cell`;
  }
  return undefined;
}

function mustBeReplaceable(directory: string, found: Found, plan: Plan, identity: Identity, merges: boolean): void {
  const finished = found.journal?.reduce((sum, { entries }) => sum + entries.length, 0) ?? 0;
  if (finished > 0) {
    throw new BadData(
      `${directory} holds ${finished} finished replications of an interrupted run: ` +
        `${merges ? "" : "--resume goes on with them, "}--overwrite drops them${merges ? ", or merge into another directory" : ""}.`,
    );
  }
  const other = found.manifest === undefined ? undefined : otherwise(found.manifest, plan, identity);
  if (other === undefined) return;
  const isOther = found.manifest!.experiment !== identity.experiment || found.manifest!.seed !== plan.seed;
  const adds = isOther || merges ? "" : "--resume keeps that and adds what is missing, ";
  const elsewhere = merges ? "merge into another directory" : "use another --out";
  throw new BadData(`${directory} holds ${other}: ${adds}--overwrite drops it, or ${elsewhere}.`);
}

/**
 * @throws BadData if the kept rows do not belong together with the requested rows. Otherwise answers accepted changes.
 */
function mustBelongTogether(directory: string, kept: Identity, asked: Identity, accepts: boolean): string[] {
  for (const name of ["experiment", "seed"] as const) {
    if (kept[name] === asked[name]) continue;
    throw new BadData(
      `${directory} holds replications of another run: its ${name} is "${kept[name]}", not "${asked[name]}". ` +
        "Use another --out, or --overwrite to drop them.",
    );
  }
  const changes = changesBetween(kept, asked);
  if (changes.length > 0 && !accepts) {
    throw new BadData(
      `${directory} holds replications that something else has computed: ${listed(changes)}. ` +
        "--accept-changes keeps them all the same, --overwrite drops them.",
    );
  }
  return changes;
}

/** The kept contents of an earlier run, and the identity of both runs together. */
function resumed(
  directory: string,
  found: Found,
  plan: Plan,
  identity: Identity,
  accepts: boolean,
): { contents: Contents; whole: Identity } {
  const { manifest, journal = [] } = current(found);
  const before = manifest === undefined ? undefined : identityIn(manifest);
  if (manifest !== undefined && before === undefined) {
    throw new BadData(
      `${directory} does not tell what code computed its replications: an earlier version wrote it. --overwrite drops them.`,
    );
  }
  const identities = [...(before === undefined ? [] : [before]), ...journal.map(({ head }) => head.identity)];
  const latest = identities.at(-1);
  const isAccepted = latest !== undefined && changesBetween(latest, identity).length === 0;
  // Changes that an earlier run has accepted stay accepted as long as nothing else changes.
  const changes = identities.map((kept) => mustBelongTogether(directory, kept, identity, accepts || isAccepted));
  const contents = readContents(directory, plan.experiment, found);
  const inputs = Object.assign({}, ...identities.map((kept) => kept.inputs), identity.inputs) as Identity["inputs"];
  const whole = { ...identity, inputs };
  for (const [i, kept] of identities.entries()) {
    if (changes[i]!.length === 0) continue;
    for (const cell of contents.cells) {
      const by = computedBy(kept, cell);
      const isNew = !contents.accepted.has(by) && by !== computedBy(whole, cell);
      if (isNew) contents.accepted.set(by, changes[i]!);
    }
  }
  return { contents, whole };
}

/**
 * Inspects a locked directory, and answers what a run may use of it.
 *
 * @param namesOf - the files that the run will write, by all its cells.
 * @param merges - whether finished runs are put together, so that there is no run to go on with.
 * @throws BadData with one sentence: what the directory holds, and what the user can do.
 */
export function admit(
  directory: string,
  plan: Plan,
  identity: Identity,
  namesOf: (cells: readonly Cell[]) => readonly string[],
  { mode, accepts, merges = false }: { readonly mode: Mode; readonly accepts: boolean; readonly merges?: boolean },
): Admission {
  tidy(directory);
  if (mode === "overwrite") return { contents: new Contents(), identity, replaces: true, goesOn: false };
  const manifest = readIfOurs(directory);
  const journal = readJournal(directory);
  const found: Found = {
    ...(manifest === undefined ? {} : { manifest }),
    ...(journal === undefined ? {} : { journal }),
  };
  mustBeOurs(directory, found, namesOf(plan.cells));
  if (mode === undefined) {
    mustBeReplaceable(directory, found, plan, identity, merges);
    return { contents: new Contents(), identity, replaces: true, goesOn: false };
  }
  const { contents, whole } = resumed(directory, found, plan, identity, accepts);
  mustBeOurs(directory, found, namesOf([...plan.cells, ...contents.cells]));
  return { contents, identity: whole, replaces: false, goesOn: journal !== undefined };
}

function readIfOurs(directory: string): Manifest | undefined {
  try {
    return readManifest(directory);
  } catch (error) {
    if (error instanceof BadData) throw new BadData(`${error.message} Use another --out, or --overwrite.`);
    throw error;
  }
}
