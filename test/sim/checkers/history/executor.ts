/** Executes transactions one after the other, at moments within the spans in which their clients wait for them. */
import type { Access, Transaction, Value } from "../../../../sim/checkers/history/history.ts";

/** The accesses of each transaction. */
export type Program = readonly (readonly { readonly object: number; readonly writes: boolean }[])[];

type State = Value | readonly Value[];

/**
 * The history of a program. Each transaction takes effect whole, at one moment between its beginning and its end; some
 * fail and take none, and of some the client does not hear. `stale`: reads answer now and then what was there before.
 */
export function execute(
  program: Program,
  kind: "register" | "list" | "counter",
  chance: () => number,
  stale = false,
): Transaction[] {
  const initial: State = kind === "register" ? null : kind === "list" ? [] : 0;
  const states = new Map<number, State>();
  const earlier = new Map<number, State>();
  let written = 0;
  const drawn = program.map((intents, number) => {
    const moment = chance();
    return { intents, number, moment, begun: moment - 0.3 * chance(), ended: moment + 0.3 * chance(), luck: chance() };
  });
  const history: Transaction[] = [];
  for (const { intents, number, moment, begun, ended, luck } of drawn.toSorted((a, b) => a.moment - b.moment)) {
    const outcome = luck < 0.1 ? "failed" : luck < 0.2 ? "unknown" : "committed";
    // What is not heard of has effects or has none.
    const lasts = outcome === "committed" || (outcome === "unknown" && luck < 0.15);
    const saved = new Map(states);
    const accesses = intents.map(({ object, writes }): Access => {
      const before = states.get(object) ?? initial;
      const name = `x${object}`;
      if (!writes) {
        const old = stale && chance() < 0.5 ? (earlier.get(object) ?? initial) : before;
        return { kind: "read", object: name, value: outcome === "committed" ? old : undefined };
      }
      earlier.set(object, before);
      const value = ++written;
      if (kind === "register") {
        states.set(object, value);
        return { kind: "write", object: name, value };
      }
      if (kind === "list") {
        states.set(object, [...(before as readonly Value[]), value]);
        return { kind: "append", object: name, value };
      }
      states.set(object, (before as number) + 1);
      return { kind: "increment", object: name, value: outcome === "committed" ? (before as number) + 1 : undefined };
    });
    if (!lasts) {
      for (const object of states.keys()) {
        const before = saved.get(object);
        if (before === undefined) states.delete(object);
        else states.set(object, before);
      }
    }
    history.push({
      process: `${number}`,
      name: `T${number}`,
      outcome,
      accesses,
      begun,
      ended: outcome === "unknown" ? Infinity : ended,
      time: moment,
    });
  }
  return history;
}
