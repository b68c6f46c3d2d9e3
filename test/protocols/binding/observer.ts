/**
 * What must hold of the members of troupes of ledgers at every moment, and at the end, whatever happens to them:
 *
 * - nothing is executed twice by one life of a member, nor by a member whose state includes it already;
 * - members that stand still for a change, and have been levelled, have equal states;
 * - once a member has entered an epoch, no process executes a call under an earlier one;
 * - at the end all members are in the latest epoch and have equal states.
 */
import { baseOf, epochOf, hashOfName } from "../../../protocols/troupe/troupe-id.ts";
import { checkEqualState } from "../../../sim/checkers/equal-state.ts";
import type { StampedEvent } from "../../../sim/trace.ts";
import type { World } from "../../../sim/world.ts";
import type { Ledger } from "./ledger.ts";
import type { Inhabitant } from "./town.ts";

export class Observer {
  readonly problems: string[] = [];
  /** What happened in the run, counted: a run without its faults would test nothing. */
  readonly counts: Record<string, number> = {};
  /** Told of each step of the binding protocols, by the name of the machine that takes it. */
  onStep: (machine: string, procedure: string) => void = () => undefined;
  /** By base of the troupes observed: the latest epoch that any member has entered. */
  readonly #epochs: Map<number, number>;
  /** What newcomers found when they received the state. */
  readonly #differences: { readonly machine: string; readonly sentence: string }[] = [];
  /** How often each process has been put out, and how often each of its lives as a member has executed each call. */
  readonly #outs = new Map<string, number>();
  readonly #executions = new Map<string, number>();

  /** Of the troupes of these names. */
  constructor(world: World, names: readonly string[] = ["ledger"]) {
    this.#epochs = new Map(names.map((name) => [hashOfName(name), 0]));
    world.listen((stamped) => this.#observe(stamped));
  }

  count(what: string): void {
    this.counts[what] = (this.counts[what] ?? 0) + 1;
  }

  #observe({ time, machine, address, incarnation, event }: StampedEvent): void {
    if (event.type === "membership" && this.#epochs.has(hashOfName(event.name))) {
      this.count(`${event.name} ${event.state}`);
      // Its state is replaced before it is a member again.
      if (event.state === "out") this.#outs.set(machine, (this.#outs.get(machine) ?? 0) + 1);
      const base = hashOfName(event.name);
      if (event.state === "member") this.#epochs.set(base, Math.max(this.#epochs.get(base)!, epochOf(event.troupe)));
    } else if (event.type === "rebind") this.count("rebind");
    else if (event.type === "call-done" && event.outcome === "troupe-lost") this.count("told of a loss");
    else if (event.type === "call-done" && event.outcome === "not-a-member") this.count("refused as no member");
    else if (event.type === "disagreement" && event.path === "get_state") {
      this.#differences.push({
        machine,
        sentence: `at ${time} ms ${machine} found that the members' states differ`,
      });
    }
    if (event.type !== "execute") return;
    const { procedure, troupe, thread, path } = event;
    this.count(`execute ${procedure}`);
    if (procedure !== "write" && procedure !== "mark") {
      this.onStep(machine, procedure);
      return;
    }
    const latest = this.#epochs.get(baseOf(troupe))!;
    if (epochOf(troupe) < latest) {
      this.problems.push(`at ${time} ms ${machine} executed a call of epoch ${epochOf(troupe)} in ${latest}`);
    }
    const key = `${address} ${incarnation} ${this.#outs.get(machine) ?? 0} ${thread} ${path}`;
    const times = (this.#executions.get(key) ?? 0) + 1;
    this.#executions.set(key, times);
    if (times > 1) this.problems.push(`at ${time} ms ${machine} executed call ${thread} ${path} again`);
  }

  /** At the end: those of the inhabitants that are `expected` are to be members. Answers all that are. */
  judge(
    inhabitants: readonly Inhabitant<Ledger>[],
    expected: readonly Inhabitant<Ledger>[],
    { seed, time }: { readonly seed: string; readonly time: number },
  ): Inhabitant<Ledger>[] {
    const members = inhabitants.filter(({ machine, membership }) => machine.up && membership?.state === "member");
    if (members.length === 0) return members;
    for (const difference of this.#differences) {
      const found = inhabitants.some(({ machine }) => machine.name === difference.machine);
      if (found) this.problems.push(difference.sentence);
    }
    const latest = Math.max(...members.map(({ membership }) => epochOf(membership!.id)));
    for (const { membership, machine } of members) {
      const epoch = epochOf(membership!.id);
      if (epoch !== latest) this.problems.push(`${machine.name} is in epoch ${epoch}, not ${latest}`);
    }
    for (const inhabitant of expected) {
      if (members.includes(inhabitant)) continue;
      const { machine, membership, error } = inhabitant;
      const instead = membership?.state ?? describe(error ?? "joining");
      this.problems.push(`${machine.name} is no member at the end: ${instead}`);
    }
    const states = members.map(({ machine, module }) => ({ name: machine.name, state: module }));
    this.problems.push(...checkEqualState(states, { seed, time }).map(({ sentence }) => sentence));
    for (const { module } of members) {
      if (module.twice.length > 0) this.problems.push(`executed twice: ${module.twice.join(", ")}`);
    }
    return members;
  }
}

export function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error as string);
}
