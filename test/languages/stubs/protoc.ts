/** protoc and its standard files, where both are installed (Debian: protobuf-compiler and libprotobuf-dev). */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";

// Debian keeps google/protobuf/timestamp.proto and its like in a package of their own.
const standard = ["--descriptor_set_out=/dev/null", "google/protobuf/timestamp.proto"];
export const hasProtoc = spawnSync("protoc", standard).status === 0;
if (!hasProtoc) {
  console.error(
    "protoc or its standard files are not installed (Debian: protobuf-compiler, libprotobuf-dev); what needs them is left out.",
  );
}

/** What the plugin and `troupe stubs` get of a file. */
export function descriptorsOf(path: string, name: string): Uint8Array {
  const out = join(path, "descriptors");
  const flags = ["--include_imports", "--include_source_info", `--descriptor_set_out=${out}`];
  const { stderr, status } = spawnSync("protoc", [`--proto_path=${path}`, ...flags, name]);
  assert.equal(status, 0, stderr.toString());
  return readFileSync(out);
}
