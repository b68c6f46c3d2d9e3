/** What each machine is doing at one moment of a trace. */
import type { Item, TraceView } from "./view.ts";

export interface MachineState {
  readonly machine: string;
  readonly status: "not begun" | "up" | "down" | "paused";
  /** Lives that have begun. */
  readonly lives: number;
  /** What it is a member of, executes, waits for; and what it last did. Sentences without their ends. */
  readonly lines: readonly string[];
}

class Machine {
  status: MachineState["status"] = "not begun";
  lives = 0;
  executed = 0;
  last = "";
  readonly memberships = new Map<string, string>();
  readonly executing = new Map<string, string>();
  readonly waiting = new Map<string, { readonly text: string; answers: number }>();
  readonly ready = new Set<string>();

  /** All that a machine knows ends with its process. */
  die(): void {
    for (const each of [this.memberships, this.executing, this.waiting, this.ready]) each.clear();
    this.last = "";
    this.executed = 0;
  }

  take({ type, text, thread, path }: Item): void {
    const key = `${thread} ${path}`;
    if (this.status === "not begun" && type !== "datagram-dropped") this.status = "up";
    if (type === "start") this.lives++;
    else if (type === "crash") this.status = "down";
    else if (type === "restart" || type === "resume") this.status = "up";
    else if (type === "pause") this.status = "paused";
    else if (type === "membership") this.memberships.set(text.replace(/^.* of /, ""), text);
    else if (type === "execute") this.executing.set(key, text);
    else if (type === "executed") {
      this.executed++;
      this.last = `${(this.executing.get(key) ?? "").replace(/^executes /, "")} ${text}`.trim();
      this.executing.delete(key);
    } else if (type === "call") this.waiting.set(key, { text: text.replace(/^calls /, ""), answers: 0 });
    else if (type === "call-done") this.waiting.delete(key);
    else if (type === "message-received" && this.waiting.has(key)) this.waiting.get(key)!.answers++;
    else if (type === "transaction") {
      if (text === "ready") this.ready.add(key);
      else this.ready.delete(key);
    }
    if (type === "crash" || type === "end") this.die();
  }

  get lines(): string[] {
    const answers = (count: number): string => (count === 1 ? "1 answer so far" : `${count} answers so far`);
    return [
      ...this.memberships.values(),
      ...this.executing.values(),
      ...[...this.waiting.values()].map(({ text, answers: count }) => `waits for ${text}, ${answers(count)}`),
      ...(this.ready.size === 0 ? [] : [`is ready to commit ${this.ready.size}`]),
      ...(this.executed === 0 ? [] : [`has executed ${this.executed} in this life, the last: ${this.last}`]),
    ];
  }
}

/** The states of all machines after the item at a place, in the view's order. */
export function stateAt(view: TraceView, place: number): MachineState[] {
  const machines = view.machines.map(() => new Machine());
  for (const item of view.items.slice(0, place + 1)) machines[item.machine]?.take(item);
  return machines.map(({ status, lives, lines }, i) => ({ machine: view.machines[i]!, status, lives, lines }));
}
