/** Breaks a rule while the modules of a process are loaded: a piece of a compiled file is replaced, or a few. */
import type { LoadHook } from "node:module";
import type { Mutant } from "./mutant.ts";

let mutant: Mutant;

export function initialize(given: Mutant): void {
  mutant = given;
}

export const load: LoadHook = async (url, context, nextLoad) => {
  const loaded = await nextLoad(url, context);
  const edits = [mutant, ...(mutant.also ?? [])].filter(({ file }) => url.endsWith(`/dist/${file}`));
  if (edits.length === 0) return loaded;
  let source = Buffer.from(loaded.source as Uint8Array).toString();
  for (const { file, find, replace } of edits) {
    const count = source.split(find).length - 1;
    if (count !== 1) throw new Error(`"${find}" occurs ${count} times in ${file}; expected once`);
    source = source.replace(find, () => replace);
  }
  return { ...loaded, source };
};
