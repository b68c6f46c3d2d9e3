/**
 * Module hooks for experiments outside this package. The hooks strip types where Node does not, and resolve
 * `troupe/...` to this package from every folder. They run in Node's own thread for hooks.
 */
import { readFileSync } from "node:fs";
import type { LoadHook, ResolveHook } from "node:module";
import { fileURLToPath } from "node:url";

export const resolve: ResolveHook = (specifier, context, nextResolve) => {
  const isOurs = specifier === "troupe" || specifier.startsWith("troupe/");
  // A package resolves its own name. Therefore this file stands in as the importing file.
  return nextResolve(specifier, isOurs ? { ...context, parentURL: import.meta.url } : context);
};

export const load: LoadHook = async (url, context, nextLoad) => {
  const isTypeScript = url.startsWith("file:") && /\.m?ts$/.test(new URL(url).pathname);
  if (!isTypeScript) return nextLoad(url, context);
  const { default: stripper } = await import("@swc/wasm-typescript");
  const path = fileURLToPath(url);
  try {
    const { code } = stripper.transformSync(readFileSync(path, "utf8"), { mode: "strip-only", filename: path });
    return { format: "module", source: code, shortCircuit: true };
  } catch (error) {
    const { message, startLine } = error as { message?: string; startLine?: number };
    throw new SyntaxError(`${path}${startLine === undefined ? "" : `:${startLine}`}: ${message ?? String(error)}`);
  }
};
