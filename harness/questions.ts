/**
 * The questions of the package's own experiments. The build writes them down, so that `troupe list` need not load the
 * experiments and all that they simulate. What was written of an experiment holds as long as its file is the same.
 */
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { experimentNames, findExperiment } from "./sources.ts";

interface Question {
  readonly question: string;
  readonly reproduces?: string;
}

type Written = Readonly<Record<string, Question & { readonly file: string }>>;

const path = new URL("../experiments/questions.json", import.meta.url);
let written: Written | undefined = undefined;

function fileHash(name: string): string {
  return createHash("sha256")
    .update(readFileSync(new URL(findExperiment(name).url)))
    .digest("hex");
}

async function asked(name: string): Promise<Question> {
  const { loadExperiment } = await import("./load.ts");
  const { question, reproduces } = await loadExperiment(findExperiment(name));
  return { question, ...(reproduces === undefined ? {} : { reproduces }) };
}

/** The question of one of the package's own experiments. Rejects with what its file throws if it has to be loaded. */
export async function questionOf(name: string): Promise<Question> {
  written ??= existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as Written) : {};
  const known = written[name];
  return known?.file === fileHash(name) ? known : asked(name);
}

/** Writes down the questions of all experiments that can be loaded. */
export async function writeQuestions(): Promise<void> {
  const questions: Record<string, Written[string]> = {};
  for (const name of experimentNames()) {
    try {
      questions[name] = { ...(await asked(name)), file: fileHash(name) };
    } catch {
      // `troupe list` shows what is wrong with it.
    }
  }
  writeFileSync(path, JSON.stringify(questions));
}
