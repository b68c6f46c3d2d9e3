/** Reading of a file that the user names. */
import { readFileSync } from "node:fs";
import { BadData } from "../../sim/bad-data.ts";

/** @throws BadData if the file cannot be read. */
export function readInput(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const reason =
      code === "ENOENT"
        ? "there is no such file"
        : code === "EISDIR"
          ? "that is a directory"
          : `it cannot be read (${code})`;
    throw new BadData(`${path}: ${reason}.`);
  }
}
