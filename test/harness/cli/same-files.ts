/** Directories that hold the same files, byte for byte. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

function filesOf(directory: string): Map<string, string> {
  const names = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = names.map((entry) => join(entry.parentPath, entry.name)).sort((a, b) => (a < b ? -1 : 1));
  return new Map(paths.map((path) => [path.slice(directory.length), readFileSync(path, "latin1")]));
}

export function assertSameFiles(a: string, b: string): void {
  const [first, second] = [filesOf(a), filesOf(b)];
  assert.deepEqual([...first.keys()], [...second.keys()]);
  for (const [name, content] of first) assert(content === second.get(name), `${name} differs between ${a} and ${b}`);
  assert(first.size > 0);
}
