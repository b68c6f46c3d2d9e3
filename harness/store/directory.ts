/** The directory of a run. Files are written whole or not at all: to a temporary name first, then renamed. */
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { BadData } from "../../sim/bad-data.ts";

const reasons = new Map([
  ["ENOENT", "there is no such directory"],
  ["ENOTDIR", "that is not a directory"],
  ["EACCES", "permission is denied"],
  ["EPERM", "permission is denied"],
  ["EROFS", "the file system is read-only"],
  ["ENOSPC", "the disk is full"],
  ["EDQUOT", "the disk quota is used up"],
  ["EFBIG", "the file would be too large"],
  ["EIO", "the disk does not answer"],
  ["EMFILE", "too many files are open"],
  ["EISDIR", "that is a directory"],
  ["ENAMETOOLONG", "the name is too long"],
]);

/** The operating system's reason for an error, as half a sentence; undefined if the error is not from the system. */
export function systemReason(error: unknown): string | undefined {
  const { code = "", syscall } = (error ?? {}) as NodeJS.ErrnoException;
  return reasons.get(code) ?? (syscall === undefined ? undefined : `${syscall} failed with ${code}`);
}

/** @throws BadData, with the path, if the text of a file that the user named cannot be read */
export function readNamed(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new BadData(
      `${path}: ${systemReason(error)?.replace("no such directory", "no such file") ?? "it cannot be read"}.`,
    );
  }
}

function reason(error: unknown): string {
  return systemReason(error) ?? String(error);
}

/** Makes a directory level by level: Node's recursive mkdir never returns where every call gives ENOENT (/proc). */
function makeLevels(path: string): void {
  const above = dirname(path);
  if (above !== path && !existsSync(above)) makeLevels(above);
  if (!existsSync(path)) mkdirSync(path);
}

/** @throws BadData if it cannot be made or written; `named` is how the user has named it. */
export function makeDirectory(path: string, named = `--out ${path}`): void {
  try {
    makeLevels(resolve(path));
    readdirSync(path);
    accessSync(path, constants.W_OK);
  } catch (error) {
    throw new BadData(`${named}: ${reason(error)}.`);
  }
}

/** @throws BadData if there is no such directory or it cannot be read. */
export function mustBeDirectory(path: string): void {
  try {
    readdirSync(path);
  } catch (error) {
    throw new BadData(`${path}: ${reason(error)}.`);
  }
}

/** The text of a file, or undefined if there is none. */
export function readIfThere(directory: string, name: string): string | undefined {
  try {
    return readFileSync(join(directory, name), "utf8");
  } catch (error) {
    if (["ENOENT", "ENOTDIR"].includes((error as NodeJS.ErrnoException).code ?? "")) return undefined;
    throw new BadData(`${join(directory, name)}: ${reason(error)}.`);
  }
}

/** Whether the name belongs to a temporary file. Only a killed process leaves one behind. */
export function isTemporary(name: string): boolean {
  return /^\..*\.\d+\.tmp$/.test(name);
}

/**
 * The file that a name stands for: a link stays, and what it points to is written. Undefined for a device or a pipe.
 */
export function fileBehind(path: string): string | undefined {
  if (!existsSync(path)) return path;
  return statSync(path).isFile() ? realpathSync(path) : undefined;
}

/** Writes the file whole or not at all. A device or a pipe is written to: a renamed file would take its place. */
export function writeWhole(directory: string, name: string, content: string | Uint8Array): void {
  const path = fileBehind(join(directory, name));
  if (path === undefined) {
    writeFileSync(join(directory, name), content);
    return;
  }
  const temporary = join(dirname(path), `.${basename(path)}.${process.pid}.tmp`);
  try {
    writeFileSync(temporary, content);
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

export function removeIfThere(directory: string, name: string): void {
  rmSync(join(directory, name), { force: true });
}
