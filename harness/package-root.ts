/** This package on disk: its version, its state under git, and the data files that come with it. */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** The folder of the package, with a slash at the end. */
export const packageRoot = fileURLToPath(new URL("../../", import.meta.url));
const root = packageRoot;

export function version(): string {
  const { version } = JSON.parse(readFileSync(`${root}package.json`, "utf8")) as { version: string };
  return version;
}

function git(...words: string[]): string {
  return execFileSync("git", ["-C", root, ...words], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
}

let known: string | null | undefined = undefined;

/**
 * The commit of the sources, with `+changes` if they differ from it; null outside a git checkout. It is looked up once,
 * as the code that runs is what was loaded.
 */
export function commit(): string | null {
  return known === undefined ? (known = lookUp()) : known;
}

function lookUp(): string | null {
  if (!existsSync(`${root}.git`)) return null;
  try {
    const head = git("rev-parse", "HEAD");
    const rooms = ["protocols", "sim", "udp", "harness", "experiments", "package-lock.json"];
    const changes = git("status", "--porcelain", "--untracked-files=all", "--", ...rooms);
    return changes === "" ? head : `${head}+changes`;
  } catch {
    return null; // There is no git, or no commit yet.
  }
}

/** The path of a file that the user names: in the current directory, or else in this package. */
export function locate(path: string): string {
  return !existsSync(path) && existsSync(root + path) ? root + path : path;
}
