/** Breaks a rule while the modules of a process are loaded: one piece of one compiled file is replaced. */
import type { LoadHook } from "node:module";
import type { Mutant } from "./mutants.ts";

let mutant: Mutant;

export function initialize(given: Mutant): void {
  mutant = given;
}

export const load: LoadHook = async (url, context, nextLoad) => {
  const loaded = await nextLoad(url, context);
  if (!url.endsWith(`/dist/${mutant.file}`)) return loaded;
  const source = Buffer.from(loaded.source as Uint8Array).toString();
  const count = source.split(mutant.find).length - 1;
  if (count !== 1) throw new Error(`"${mutant.find}" occurs ${count} times in ${mutant.file}; expected once`);
  return { ...loaded, source: source.replace(mutant.find, () => mutant.replace) };
};
