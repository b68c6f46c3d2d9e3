/** `troupe list`: lists the experiments of the package. */
import { experimentNames, findExperiment, loadExperiment } from "../load.ts";
import { table } from "../report/table.ts";
import { refuseUnknown, type Words } from "./words.ts";

export async function listCommand(words: Words): Promise<void> {
  refuseUnknown(words, undefined, ["help", "version"]);
  const rows: string[][] = [];
  for (const name of experimentNames()) {
    try {
      const { question, reproduces = "" } = await loadExperiment(findExperiment(name));
      rows.push([name, question, reproduces]);
    } catch (error) {
      // One broken file must not hide the others.
      rows.push([name, (error as Error).message, ""]);
    }
  }
  process.stdout.write(`${table(["experiment", "question", "reproduces"], rows)}\n`);
}
