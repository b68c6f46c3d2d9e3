/**
 * The specifications that are at hand: those that are compiled, and those that they depend upon, found in the same
 * directories.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Source } from "../../source.ts";
import { parse } from "./parser.ts";
import type { ReferencedProgram, Specification } from "./syntax.ts";

export interface Unit {
  readonly source: Source;
  readonly specification: Specification;
}

/** The module that a specification's stubs go to: name and version, as Berkeley's compiler named its files. */
export function moduleOf({ name, version }: Specification): string {
  return `${name.text}${version ?? ""}`;
}

export class Library {
  readonly #units = new Map<string, Unit>();

  /** @throws BadSource */
  load(file: string): Unit {
    const known = this.#units.get(file);
    if (known !== undefined) return known;
    const source = new Source(file, readFileSync(file, "utf8"));
    const unit = { source, specification: parse(source) };
    this.#units.set(file, unit);
    return unit;
  }

  /**
   * The program that `from` depends upon: by its number and version, if they are given in its specification, and by its
   * name. @throws BadSource
   */
  find(from: Unit, wanted: ReferencedProgram): Unit {
    const { name, number, version } = wanted;
    const fits = ({ specification }: Unit) =>
      specification.name.text === name.text &&
      (specification.number ?? number.value) === number.value &&
      (specification.version ?? version.value) === version.value;
    for (const unit of this.#units.values()) if (fits(unit)) return unit;
    const directory = dirname(from.source.file);
    // A file that has the program's name first; of others one that begins so.
    const likely = [`${name.text}${version.value}.cr`, `${name.text}.cr`];
    const others = existsSync(directory)
      ? readdirSync(directory).filter((file) => file.endsWith(".cr") && file.startsWith(name.text))
      : [];
    const candidates = [...new Set([...likely, ...others])].map((file) => join(directory, file)).filter(existsSync);
    for (const file of candidates) {
      const unit = this.load(file);
      if (fits(unit)) return unit;
    }
    const seen = candidates.length === 0 ? "" : `; ${candidates.join(", ")} is another number or version`;
    throw from.source.bad(
      { from: name.from, to: version.to },
      `program ${name.text} (${number.value}) version ${version.value} is not at hand${seen}; expected ${join(directory, likely[0]!)}, or its file beside ${from.source.file} on the command line`,
    );
  }
}
