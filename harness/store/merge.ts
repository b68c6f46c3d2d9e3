/** Merges the directories of one campaign: a complete set of its shards, or runs of different cells. */
import { BadData } from "../../sim/bad-data.ts";
import type { Experiment } from "../experiment.ts";
import { cellKey, type Cell } from "../plan/grid.ts";
import type { Plan } from "../plan/plan.ts";
import { showRanges } from "../plan/ranges.ts";
import { admit } from "./admission.ts";
import { Contents, readContents } from "./contents.ts";

import { makeDirectory } from "./directory.ts";
import { changesBetween, type Identity } from "./identity.ts";
import { readJournal } from "./journal.ts";
import { keptOf } from "./kept.ts";
import { lock } from "./lock.ts";
import { identityIn, readManifest, type Manifest } from "./manifest.ts";
import { fileNames, writeResults } from "./write.ts";

interface Part {
  readonly directory: string;
  readonly manifest: Manifest;
  readonly identity: Identity;
}

function readPart(directory: string): Part {
  if (readJournal(directory) !== undefined) {
    throw new BadData(`${directory} is not finished: troupe merge needs finished runs, and --resume goes on with it.`);
  }
  const manifest = readManifest(directory);
  if (manifest === undefined)
    throw new BadData(`${directory} has no manifest.json: it is not the directory of a finished run.`);
  const identity = identityIn(manifest);
  if (identity === undefined)
    throw new BadData(`${directory} does not tell what code computed it: an earlier version wrote it.`);
  return { directory, manifest, identity };
}

/** Refuses parts of different campaigns. */
function mustBelongTogether([first, ...others]: readonly [Part, ...Part[]]): void {
  for (const other of others) {
    const [a, b] = [first.identity, other.identity];
    const what = a.experiment !== b.experiment ? "experiment" : a.seed !== b.seed ? "seed" : undefined;
    if (what !== undefined) {
      throw new BadData(
        `${first.directory} and ${other.directory} do not belong together: the ${what} is ${a[what]} there and ${b[what]} here.`,
      );
    }
    const [change] = changesBetween(a, b);
    if (change !== undefined) {
      throw new BadData(
        `${first.directory} and ${other.directory} do not belong together: ${change} from the one to the other.`,
      );
    }
  }
}

/** Refuses an incomplete set of shards. */
function mustBeWhole(parts: readonly Part[]): void {
  const shards = parts.map(({ manifest }) => manifest.shard);
  const [first] = shards;
  if (first === undefined && shards.every((shard) => shard === undefined)) return;
  const seen = new Map<number, string>();
  for (const { directory, manifest } of parts) {
    const { shard } = manifest;
    if (shard === undefined || shard.of !== first?.of) {
      const is = shard === undefined ? "no shard" : `of ${shard.of} shards`;
      const was = first === undefined ? "no shard" : `of ${first.of}`;
      throw new BadData(`${directory} is ${is}, and ${parts[0]!.directory} ${was}.`);
    }
    const twin = seen.get(shard.index);
    if (twin !== undefined) throw new BadData(`${twin} and ${directory} are both shard ${shard.index} of ${shard.of}.`);
    seen.set(shard.index, directory);
  }
  const { of } = first!;
  const missing = Array.from({ length: of }, (_, index) => index).filter((index) => !seen.has(index));
  if (missing.length === 0) return;
  throw new BadData(
    `of ${of} shards, 0 to ${of - 1}, ${missing.length === 1 ? "one is" : `${missing.length} are`} missing: ${showRanges(missing)}.`,
  );
}

function planOf(experiment: Experiment, parts: readonly Part[]): Plan {
  const { seed, replications, precision, precisionOf, maxReplications, compare, chart } = parts[0]!.manifest;
  const cells = new Map<string, Cell>();
  for (const { manifest } of parts) {
    for (const { parameters } of manifest.cells) cells.set(cellKey(parameters), parameters);
  }
  return {
    experiment,
    seed,
    cells: [...cells.values()],
    replications,
    precision,
    ...(precisionOf === undefined ? {} : { precisionOf }),
    maxReplications: maxReplications ?? replications,
    ...(compare === undefined ? {} : { compare }),
    ...(chart === undefined ? {} : { chart }),
  };
}

/**
 * Reads the parts and writes the whole.
 *
 * @param load - the experiment of a name or file.
 * @throws BadData if the parts do not belong together or one is missing, and nothing is written.
 */
export async function mergeDirectories(
  out: string,
  directories: readonly string[],
  load: (name: string) => Promise<Experiment>,
  options: { readonly charts: boolean; readonly overwrites: boolean },
): Promise<{ readonly files: readonly string[]; readonly cells: number; readonly replications: number }> {
  const parts = directories.map(readPart) as [Part, ...Part[]];
  mustBelongTogether(parts);
  mustBeWhole(parts);
  const [{ manifest, identity }] = parts;
  const experiment = await load(manifest.source?.file ?? manifest.experiment);
  const contents = new Contents();
  for (const part of parts) readContents(part.directory, experiment, { manifest: part.manifest }, contents);
  const plan = planOf(experiment, parts);
  const rows = plan.cells.map((cell) => contents.rows(cell));
  const inputs = Object.assign({}, ...parts.map((part) => part.identity.inputs)) as Identity["inputs"];
  const kept = keptOf(plan, { ...identity, inputs }, contents, {
    command: manifest.command,
    reproducible: parts.every((part) => part.manifest.reproducible),
  });
  makeDirectory(out);
  const release = await lock(out);
  try {
    const mode = options.overwrites ? "overwrite" : undefined;
    admit(out, plan, identity, (cells) => fileNames(plan, cells, options.charts), {
      mode,
      accepts: false,
      merges: true,
    });
    const to = { directory: out, plan, charts: options.charts };
    const { files, cells } = await writeResults(to, kept, rows);
    return { files, cells: cells.length, replications: rows.reduce((sum, { length }) => sum + length, 0) };
  } finally {
    release();
  }
}
