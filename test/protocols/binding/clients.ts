/** Clients of a ledger that call it again and again, and what must be found of their calls in the ledger at the end. */
import { unanimous, type Collator } from "../../../protocols/call/collator.ts";
import { CallError, RemoteError } from "../../../protocols/errors.ts";
import type { Milliseconds } from "../../../protocols/host.ts";
import type { Machine } from "../../../sim/machine/machine.ts";
import { Ledger } from "./ledger.ts";
import type { Town } from "./town.ts";

/** Out of everybody's reach for a while, or the troupe is lost. */
const excused = ["troupe-unavailable", "troupe-lost", "ringmaster-unavailable"];

/** Why a call failed that was to fail as things are; undefined for what should not happen. */
function reasonOf(error: unknown): string | undefined {
  if (error instanceof CallError && excused.includes(error.kind)) return error.kind;
  // The troupe that was called could not call another.
  return error instanceof RemoteError && error.name === "CallError" ? error.message : undefined;
}

/**
 * A program that writes into the ledger under the unanimous collator, where the order of its calls counts; under
 * another, which goes on before all members have answered, it marks.
 */
export class Client {
  readonly name: string;
  readonly machine: Machine;
  readonly collator: Collator;
  /** When each call was answered, by its number from 1. */
  readonly answered = new Map<number, Milliseconds>();
  /** Numbers of those that failed, and may have been executed or not. */
  readonly failed: number[] = [];
  made = 0;
  readonly problems: string[] = [];

  /**
   * Calls until `quiet`, with so many ms of rest after each call. `failing` is told of calls that fail, which is no
   * problem by itself.
   */
  constructor(
    town: Town,
    name: string,
    collator: Collator,
    {
      troupe = "ledger",
      quiet,
      rest,
      failing,
    }: {
      troupe?: string;
      quiet: Milliseconds;
      rest: (call: number) => Milliseconds;
      failing: (kind: string) => void;
    },
  ) {
    const program = town.client();
    const { world } = town;
    this.name = name;
    this.machine = world.machines.at(-1)!;
    this.collator = collator;
    void program
      .thread(async () => {
        const ledger = await program.bind(Ledger, troupe, { collator });
        while (world.now < quiet) {
          const number = ++this.made;
          try {
            const answer = collator === unanimous ? await ledger.write(name, number) : await ledger.mark(name, number);
            this.answered.set(number, world.now);
            if (answer > number) this.problems.push(`${name} got ${answer} for call ${number}`);
          } catch (error) {
            const reason = reasonOf(error);
            if (reason === undefined) throw error;
            this.failed.push(number);
            failing(reason);
          }
          await program.sleep(rest(number));
        }
      })
      .catch((error: unknown) => this.problems.push(`${name}: ${String(error)}`));
  }

  /**
   * What is wrong with the ledger, as this client sees it. `crashed`: when its machine crashed last. What was answered
   * within `trouble` ms before (or ever, if that is undefined) is only certain under the unanimous collator, since
   * nobody but the client sees to it that a call which one member has answered comes to all.
   */
  judge(ledger: Ledger, crashed: Milliseconds | undefined, trouble: Milliseconds | undefined): string[] {
    const { name, answered, failed, made } = this;
    const problems = [...this.problems];
    if (crashed === undefined && answered.size + failed.length !== made) {
      problems.push(`${name} has no answer to call ${made}`);
    }
    for (const [number, time] of answered) {
      const certain = trouble !== undefined && time <= (crashed ?? Infinity) - trouble;
      if (this.collator !== unanimous && !certain) continue;
      if (!ledger._has(name, number)) problems.push(`${name} was answered call ${number}, which is lost`);
    }
    const written = ledger.written.get(name) ?? [];
    if (written.some((number, place) => place > 0 && number < written[place - 1]!)) {
      problems.push(`calls of ${name} are out of order: ${written.join(" ")}`);
    }
    return problems;
  }
}
