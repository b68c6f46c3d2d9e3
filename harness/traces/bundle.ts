/** The program of a page, which a browser runs without a network. */
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

/** The compiled module `page` and all that it imports, as one script. */
export async function bundled(page: URL): Promise<string> {
  const { build } = await import("esbuild");
  const path = fileURLToPath(page);
  const { outputFiles } = await build({
    entryPoints: [path],
    // Without it esbuild resolves from where the process was when it loaded esbuild, which may be gone.
    absWorkingDir: dirname(path),
    bundle: true,
    minify: true,
    format: "iife",
    target: "es2023",
    legalComments: "none",
    write: false,
    logLevel: "error",
  });
  return outputFiles[0]!.text;
}
