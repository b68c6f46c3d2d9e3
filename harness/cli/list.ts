/** `troupe list`: lists the experiments of the package. */
import type { Argv } from "yargs";
import { experimentNames } from "../sources.ts";
import { questionOf } from "../questions.ts";
import { table } from "../report/columns.ts";
import { refuseUnknown, type Words } from "./words.ts";

export function declareList(yargs: Argv): Argv {
  return yargs.example("$0 list", "names and questions");
}

export async function listCommand(words: Words): Promise<void> {
  refuseUnknown(words, undefined, ["help", "version"]);
  const rows: string[][] = [];
  for (const name of experimentNames()) {
    try {
      const { question, reproduces = "" } = await questionOf(name);
      rows.push([name, question, reproduces]);
    } catch (error) {
      // One broken file must not hide the others.
      rows.push([name, (error as Error).message, ""]);
    }
  }
  process.stdout.write(`${table(["experiment", "question", "reproduces"], rows)}\n`);
}
