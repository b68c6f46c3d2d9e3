/** protoc, where it is installed (Debian: protobuf-compiler). */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";

export const hasProtoc = spawnSync("protoc", ["--version"]).status === 0;
if (!hasProtoc) console.error("protoc is not installed (Debian: protobuf-compiler); what needs it is left out.");

/** What the plugin and `troupe stubs` get of a file. */
export function descriptorsOf(path: string, name: string): Uint8Array {
  const out = join(path, "descriptors");
  const flags = ["--include_imports", "--include_source_info", `--descriptor_set_out=${out}`];
  const { stderr, status } = spawnSync("protoc", [`--proto_path=${path}`, ...flags, name]);
  assert.equal(status, 0, stderr.toString());
  return readFileSync(out);
}
