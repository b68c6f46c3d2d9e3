/** The content of a log of outages in any form: all readers of logs give it, and the import of outages takes it. */
import type { Milliseconds } from "../../protocols/host.ts";
import { BadData } from "../../sim/bad-data.ts";
import { levels, type Level } from "../../sim/machine/recording.ts";

export interface LoggedOutage {
  readonly system: string;
  readonly node: string;
  readonly cause: string;
  readonly failed: Milliseconds;
  /** Undefined: the node is still down at the end of the log. */
  readonly repaired: Milliseconds | undefined;
  /** The line in the log, for messages. */
  readonly line: number;
}

/** The nodes of a log or of an inventory, and their places. */
export class Nodes {
  readonly #places = new Map<string, Partial<Record<Level, { readonly name: string; readonly where: string }>>>();
  readonly #names = new Map<string, { readonly system: string; readonly node: string }>();

  /**
   * Adds a node, and its places as a line states them.
   * @throws BadData if the line contradicts an earlier line
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
  /** The form of the log, in words. */
  readonly form: string;
  readonly outages: readonly LoggedOutage[];
  /** The nodes that the log names. */
  readonly nodes: Nodes;
  /** Whether the log names all nodes of the system. */
  readonly isInventory: boolean;
  /** The time of observation, if the form states it. */
  readonly window?: { readonly from: Milliseconds; readonly until: Milliseconds };
  /** Sentences on left out lines and on assumptions. */
  readonly remarks: readonly string[];
}
