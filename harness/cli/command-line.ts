/** A command line: its command is found, loaded, and run with the options given. */
import yargs from "yargs";
import { didYouMean } from "../../languages/nearest.ts";
import { BadData } from "../../sim/bad-data.ts";
import { experimentNames } from "../sources.ts";
import { version } from "../package-root.ts";
import { commands } from "./commands.ts";
import { findNamed } from "./named.ts";
import type { Words } from "./words.ts";

/** Makes `-1h` in `--lifetime -1h` a value, which the parameter refuses, instead of an option of one letter. */
function withNegativeValues(words: readonly string[]): string[] {
  const joined: string[] = [];
  for (const word of words) {
    const before = joined.at(-1);
    if (/^-[\d.]/.test(word) && before !== undefined && /^--[^=]+$/.test(before))
      joined.splice(-1, 1, `${before}=${word}`);
    else joined.push(word);
  }
  return joined;
}

/**
 * The words that a command was given. A command of yargs leaves by throwing them: when it returns, yargs lays out the
 * help text, asked for or not, which takes a tenth of a second.
 */
class Asked extends Error {
  readonly words: Words;
  constructor(words: Words) {
    super();
    this.words = words;
  }
}

/**
 * Carries out a command line, and prints the results on standard output.
 *
 * @throws BadData if the words cannot be used; ExperimentFailed if an experiment or a verdict failed.
 */
export async function commandLine(given: readonly string[]): Promise<void> {
  const [verb] = given;
  const verbs = Object.keys(commands);
  if (verb !== undefined && !verb.startsWith("-") && !verbs.includes(verb)) {
    const hint = didYouMean(verb, verbs) || ` There are ${verbs.join(", ")}.`;
    throw new BadData(`there is no command ${verb}.${hint}`);
  }
  const { words, named } = await findNamed(withNegativeValues(given));
  const chosen = words.find((word) => verbs.includes(word));
  const example = experimentNames()[0] ?? "./my-experiment.ts";
  const loaded = chosen === undefined ? undefined : await commands[chosen]!.load({ words, named, example });
  const parser = yargs()
    .scriptName("troupe")
    .locale("en")
    .usage("$0 COMMAND\n\nReplicated distributed programs: experiments, simulated; and real ones.")
    .parserConfiguration({ "camel-case-expansion": false, "dot-notation": false, "parse-numbers": false })
    .version(version())
    .wrap(Math.min(110, process.stdout.columns ?? 110))
    .fail((message: string, error: Error | undefined) => {
      const given = /^Not enough non-option arguments: got (\d+)/.exec(message)?.[1];
      if (error === undefined && given !== undefined && chosen !== undefined) {
        const { form } = commands[chosen]!;
        const missing = [...form.matchAll(/<([^>]+)>/g)][Number(given)]?.[1] ?? "argument";
        throw new BadData(`<${missing}> is missing: troupe ${form}.`);
      }
      throw error ?? new BadData(`${message.replaceAll("\n", " ")}.`);
    })
    .exitProcess(false);
  for (const name of verbs) {
    const { form, help } = commands[name]!;
    if (name !== chosen) parser.command(form, help);
    // The command runs when yargs is done, so that yargs takes nothing that it throws for a fault of the words.
    else
      parser.command(form, help, loaded!.declare, (read: Words) => {
        throw new Asked(read);
      });
  }
  if (verb === undefined) {
    parser.showHelp("log");
    return;
  }
  try {
    await parser.parseAsync([...words]);
  } catch (thrown) {
    if (!(thrown instanceof Asked)) throw thrown;
    await loaded!.run(thrown.words);
  }
}
