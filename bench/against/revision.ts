/** An earlier revision of this repository, built in a temporary folder. */
import { execFileSync, spawnSync, type SpawnSyncReturns } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { didYouMean } from "../../languages/nearest.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));

/** A command line that cannot be carried out; the message is a sentence. */
export class BadUsage extends Error {}

function git(...words: string[]): SpawnSyncReturns<string> {
  return spawnSync("git", ["-C", root, ...words], { encoding: "utf8" });
}

/** The commit that `revision` names. @throws {BadUsage} There is none. */
export function commitOf(revision: string): string {
  const { status, stdout } = git("rev-parse", "--verify", "--quiet", "--end-of-options", `${revision}^{commit}`);
  if (status === 0) return stdout.trim();
  if (git("rev-parse", "--git-dir").status !== 0) {
    throw new BadUsage(`--against ${revision}: expected a checkout of git; ${root} is none.`);
  }
  const names = git("for-each-ref", "--format=%(refname:short)", "refs/heads", "refs/tags").stdout.trim().split("\n");
  throw new BadUsage(
    `--against ${revision}: expected a commit, branch or tag of this repository.${didYouMean(revision, names)}`,
  );
}

/**
 * Builds the commit, hands the folder of its compiled files to `use`, and removes all of it: at the end, after an
 * error, and when the process is interrupted. Packages are those of this checkout.
 */
export async function withBuild<T>(commit: string, use: (dist: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "troupe-against-"));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  const interrupted = (): never => process.exit(130);
  process.once("exit", remove);
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, interrupted);
  try {
    build(commit, folder);
    return await use(join(folder, "dist"));
  } finally {
    remove();
    process.off("exit", remove);
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.off(signal, interrupted);
  }
}

function build(commit: string, folder: string): void {
  mkdirSync(folder, { recursive: true });
  const archive = execFileSync("git", ["-C", root, "archive", commit], { maxBuffer: 2 ** 30 });
  execFileSync("tar", ["-x", "-C", folder], { input: archive });
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"), "dir");
  const compiler = join(root, "node_modules", "typescript", "bin", "tsc");
  const { status, stdout } = spawnSync(process.execPath, [compiler, "-b", "bench"], { cwd: folder, encoding: "utf8" });
  if (status !== 0) {
    throw new BadUsage(`--against ${commit}: it does not compile with the packages of today: ${stdout.split("\n")[0]}`);
  }
}
