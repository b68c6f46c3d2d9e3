/** Loaded first in a process: everything that comes later is loaded with the rule broken that TROUPE_MUTANT names. */
import { register } from "node:module";
import { mutants } from "./all.ts";

const name = process.env["TROUPE_MUTANT"];
const data = mutants.find((mutant) => mutant.name === name);
if (data === undefined) throw new Error(`no mutant is named "${name}"`);
register("./hooks.js", { parentURL: import.meta.url, data });
