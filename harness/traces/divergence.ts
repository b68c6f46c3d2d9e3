/** The first place of a run at which members of a troupe no longer do the same. */
import { timeText } from "./texts.ts";
import type { Item, Mark, TraceView } from "./view.ts";

interface Execution {
  readonly machine: number;
  readonly item: Item;
  /** `deposit(5)`. */
  readonly call: string;
  /** `returns 5`; undefined before it has ended. */
  result?: Item;
}

/** Executions of a troupe: of each call, by member, the last that was not undone. */
class Executions {
  readonly calls = new Map<string, Map<number, Execution>>();
  /** Of each member, when each call took effect: when it was committed, or else executed. */
  readonly effects = new Map<number, Map<string, Item>>();

  add(key: string, execution: Execution): void {
    const members = this.calls.get(key) ?? new Map<number, Execution>();
    this.calls.set(key, members.set(execution.machine, execution));
  }

  effect(machine: number, key: string, item: Item): void {
    const effects = this.effects.get(machine) ?? new Map<string, Item>();
    this.effects.set(machine, effects);
    // The last counts: earlier ones were undone.
    effects.delete(key);
    effects.set(key, item);
  }
}

const keyOf = ({ thread, path }: Item): string => `${thread} ${path}`;

/** An attempt of a transaction has a step behind the path of its first call, beyond what code numbers itself. */
const withoutAttempt = (key: string): string => key.replace(/\.\d{13,}$/, "");

function executionsOf({ items }: TraceView): Map<number, Executions> {
  const troupes = new Map<number, Executions>();
  const committing = new Set(
    items.filter(({ type, text }) => type === "transaction" && text === "committed").map(({ troupe }) => troupe),
  );
  for (const item of items) {
    const { troupe, machine, type, text } = item;
    if (troupe === undefined) continue;
    const executions = troupes.get(troupe) ?? new Executions();
    troupes.set(troupe, executions);
    const key = keyOf(item);
    if (type === "execute") {
      executions.add(key, { machine, item, call: text.replace(/^executes /, "") });
      if (!committing.has(troupe)) executions.effect(machine, key, item);
    } else if (type === "executed" && text !== "") {
      const execution = executions.calls.get(key)?.get(machine);
      if (execution !== undefined) execution.result = item;
    } else if (type === "transaction" && text === "committed") executions.effect(machine, withoutAttempt(key), item);
  }
  return troupes;
}

/** The first call from which two members returned different results. */
function ofResults({ calls }: Executions, machines: readonly string[]): Mark | undefined {
  let first: Mark | undefined;
  for (const members of calls.values()) {
    const ended = [...members.values()].filter(({ result }) => result !== undefined);
    const [one, ...others] = ended.toSorted((a, b) => a.result!.event - b.result!.event);
    const other = others.find(({ result }) => result!.text !== one!.result!.text);
    if (one === undefined || other === undefined) continue;
    const { time, event, text } = other.result!;
    if (first !== undefined && first.time <= time) continue;
    const sentence =
      `First divergence, at ${timeText(time)}: ${machines[other.machine]} ${text} from ${other.call}, ` +
      `where ${machines[one.machine]} ${one.result!.text}.`;
    first = { time, sentence, events: [one.result!.event, event] };
  }
  return first;
}

/** The first two calls that took effect in different orders at two members. */
function ofOrder({ calls, effects }: Executions, machines: readonly string[]): Mark | undefined {
  let first: Mark | undefined;
  const [[one, ofOne] = [-1, new Map<string, Item>()], ...others] = [...effects];
  for (const [other, ofOther] of others) {
    const here = [...ofOne.keys()].filter((key) => ofOther.has(key));
    const there = [...ofOther.keys()].filter((key) => ofOne.has(key));
    const at = here.findIndex((key, i) => key !== there[i]);
    if (at < 0) continue;
    const [a, b] = [here[at]!, there[at]!];
    const time = Math.max(ofOne.get(a)!.time, ofOther.get(b)!.time);
    if (first !== undefined && first.time <= time) continue;
    const name = (key: string, machine: number): string => calls.get(key)?.get(machine)?.call ?? key;
    const sentence =
      `First divergence, at ${timeText(time)}: ${machines[one]} has ${name(a, one)} before ${name(b, one)}, ` +
      `and ${machines[other]} has them the other way round.`;
    first = { time, sentence, events: [ofOne.get(a)!.event, ofOther.get(b)!.event] };
  }
  return first;
}

/**
 * The first divergence of members of one troupe: calls in another order, or another result of the same call. The
 * Ringmaster's members are left out, since each answers for itself.
 */
export function firstDivergence(view: TraceView): Mark | undefined {
  const found = [...executionsOf(view).values()].flatMap((executions) => [
    ofOrder(executions, view.machines),
    ofResults(executions, view.machines),
  ]);
  return found
    .filter((mark) => mark !== undefined)
    .toSorted((a, b) => a.time - b.time)
    .at(0);
}
