/**
 * Emitted stubs as a user has them: type-checked under the house's strict settings, compiled, and imported by the
 * package's own name.
 */
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { EmittedFile } from "../../../languages/stubs/emit/module.ts";

export const root = fileURLToPath(new URL("../../../../", import.meta.url));

const made: string[] = [];

process.once("exit", () => made.forEach((path) => rmSync(path, { recursive: true, force: true })));

/** A package that depends on troupe, as a user's does. */
export function directory(): string {
  const path = mkdtempSync(join(tmpdir(), "troupe-stubs-"));
  made.push(path);
  mkdirSync(join(path, "node_modules"));
  symlinkSync(root, join(path, "node_modules", "troupe"), "dir");
  symlinkSync(join(root, "node_modules", "@types"), join(path, "node_modules", "@types"), "dir");
  writeFileSync(join(path, "package.json"), JSON.stringify({ type: "module" }));
  return path;
}

/** Fails with what the compiler or the linter says, if it says anything. */
export function compile(files: readonly EmittedFile[]): string {
  const path = directory();
  for (const { name: file, text } of files) writeFileSync(join(path, file), text);
  const config = {
    extends: join(root, "tsconfig.base.json"),
    compilerOptions: { composite: false, rootDir: ".", outDir: "js" },
    include: ["*.ts"],
  };
  writeFileSync(join(path, "tsconfig.json"), JSON.stringify(config));
  const { status, stdout } = spawnSync(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "-p", path], {
    cwd: root,
    encoding: "utf8",
  });
  assert.equal(status, 0, stdout);
  return path;
}

/** With the house's own rules. */
export function lint(path: string): void {
  const files = readdirSync(path)
    .filter((file) => file.endsWith(".ts"))
    .map((file) => join(path, file));
  const linter = join(root, "node_modules/oxlint/bin/oxlint");
  try {
    execFileSync(
      process.execPath,
      [linter, "--type-aware", "--deny-warnings", "-c", join(root, ".oxlintrc.json"), ...files],
      {
        cwd: root,
        encoding: "utf8",
      },
    );
  } catch (error) {
    assert.fail((error as { stdout?: string }).stdout ?? String(error));
  }
}

/** What a compiled module exports. */
export async function load<T>(path: string, module: string): Promise<T> {
  return (await import(pathToFileURL(join(path, "js", `${module}.js`)).href)) as T;
}
