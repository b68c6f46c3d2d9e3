/** What a user asks of the stub compiler besides the interfaces themselves, in words: `deposit=majority`. */
import { collators } from "../../protocols/call/collator.ts";
import { BadSource } from "../source.ts";
import type { EmitOptions } from "./emit/module.ts";
import type { Program, Replication } from "./form.ts";
import { meant } from "./names.ts";

export interface Request {
  /** `PROCEDURE=COLLATOR`, of results. */
  readonly collators: readonly string[];
  /** `PROCEDURE=COLLATOR`, of the arguments of replicated callers. */
  readonly argumentCollators: readonly string[];
  /** Procedures whose modules take the generator of arguments. */
  readonly calls: readonly string[];
  readonly binding: "implicit" | "explicit";
}

/** @throws BadSource, if a procedure or a collator is not there. */
export function emitOptions(request: Request, programs: readonly Program[]): EmitOptions {
  const names = programs.flatMap(({ procedures }) => procedures.map(({ name }) => name));
  const replication = new Map<string, Replication>();
  const ask = (procedure: string, what: Replication): void => {
    if (!names.includes(procedure))
      throw new BadSource(
        `there is no procedure ${procedure} in ${programs.map(({ source }) => source).join(", ")}${meant(procedure, names)}.`,
      );
    replication.set(procedure, { ...replication.get(procedure), ...what });
  };
  for (const word of request.collators) ask(...collatorIn(word, "results"));
  for (const word of request.argumentCollators) ask(...collatorIn(word, "arguments"));
  for (const procedure of request.calls) ask(procedure, { calls: true });
  return { replication, binding: request.binding };
}

function collatorIn(word: string, of: "results" | "arguments"): [procedure: string, what: Replication] {
  const [procedure = "", name] = word.split("=");
  if (name === undefined || !Object.hasOwn(collators, name)) {
    const known = Object.keys(collators);
    throw new BadSource(
      `${word}: expected PROCEDURE=COLLATOR with one of ${known.join(", ")}${meant(name ?? "", known)}.`,
    );
  }
  return [procedure, { [of]: name }];
}
