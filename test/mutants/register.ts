/** Loaded first in a process of the mutation test: everything that comes later is loaded with the rule MUTANT broken. */
import { register } from "node:module";
import { bindingMutants } from "./binding-mutants.ts";
import { callMutants } from "./mutants.ts";
import { transactionMutants } from "./transaction-mutants.ts";

const name = process.env["MUTANT"];
const data = [...callMutants, ...bindingMutants, ...transactionMutants].find((mutant) => mutant.name === name);
if (data === undefined) throw new Error(`no mutant is named "${name}"`);
register("./hooks.js", { parentURL: import.meta.url, data });
