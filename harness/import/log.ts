/** What a log of outages says, whatever its form: the common ground of the readers, and what is made of it. */
import type { Milliseconds } from "../../protocols/host.ts";
import { BadData } from "../../sim/bad-data.ts";
import { levels, type Level } from "../../sim/machine/recording.ts";

export interface LoggedOutage {
  readonly system: string;
  readonly node: string;
  readonly cause: string;
  readonly failed: Milliseconds;
  /** Undefined: still down when the log ends. */
  readonly repaired: Milliseconds | undefined;
  /** Its line, for messages. */
  readonly line: number;
}

/** The nodes of a log and of an inventory, and where they are. */
export class Nodes {
  readonly #places = new Map<string, Partial<Record<Level, { readonly name: string; readonly where: string }>>>();
  readonly #names = new Map<string, { readonly system: string; readonly node: string }>();

  /**
   * Takes note of a node, and of what a line says of its places. Throws BadData where that contradicts an earlier line.
   */
  add(system: string, node: string, where: string, placeOf: (level: Level) => string = () => ""): void {
    const key = JSON.stringify([system, node]);
    this.#names.set(key, { system, node });
    const places = this.#places.get(key) ?? {};
    this.#places.set(key, places);
    for (const level of levels) {
      const name = placeOf(level);
      if (name === "") continue;
      const before = places[level];
      if (before === undefined) places[level] = { name, where };
      else if (before.name !== name) {
        throw new BadData(
          `${where}: node "${node}" is in ${level} "${name}", and in ${level} "${before.name}" in ${before.where}; expected one.`,
        );
      }
    }
  }

  has(system: string, node: string): boolean {
    return this.#names.has(JSON.stringify([system, node]));
  }

  all(): readonly { readonly system: string; readonly node: string }[] {
    return [...this.#names.values()];
  }

  place(system: string, node: string, level: Level): string {
    return this.#places.get(JSON.stringify([system, node]))?.[level]?.name ?? "";
  }
}

export interface Log {
  /** Its form, in words. */
  readonly form: string;
  readonly outages: readonly LoggedOutage[];
  /** Those that the log names. */
  readonly nodes: Nodes;
  /** Whether the log names all nodes that there are. */
  readonly isInventory: boolean;
  /** When it was observed, if the form says so. */
  readonly window?: { readonly from: Milliseconds; readonly until: Milliseconds };
  /** What was left out or taken for granted, in sentences. */
  readonly remarks: readonly string[];
}
