/**
 * What must hold in every state, and at the end of every run.
 *
 * Members that are up commit in one order, and each transaction once. At the end they have committed the same
 * transactions, their modules show these in that order, every call of a client that is up has been answered, and each
 * answer is that of this one serial order.
 */
import type { History } from "./histories.ts";
import { namesOf, transactionsOf, type SmallWorld } from "./small-world.ts";
import type { State } from "./state.ts";

/** A property that does not hold. */
export interface Complaint {
  readonly property: "one order" | "once" | "one outcome" | "serializability" | "liveness";
  readonly sentence: string;
}

export class Judge {
  readonly #world: SmallWorld;
  readonly #names: readonly string[];

  constructor(world: SmallWorld) {
    this.#world = world;
    this.#names = namesOf(world);
  }

  #members({ histories }: State): History[] {
    return histories.slice(0, this.#world.members).filter((history) => history !== undefined);
  }

  #clients({ histories }: State): History[] {
    return histories.slice(this.#world.members).filter((history) => history !== undefined);
  }

  /** What has gone wrong at the process at this place. */
  during(state: State, at: number): Complaint | undefined {
    const own = state.histories[at];
    if (own === undefined || at >= this.#world.members || own.view.commits === own.before?.view.commits)
      return undefined;
    const { commits } = own.view;
    const twice = commits.find((each, i) => commits.indexOf(each) < i);
    if (twice !== undefined) return this.#complain("once", `${this.#names[at]!} has committed one transaction twice`);
    for (const other of this.#members(state)) {
      const theirs = other.view.commits;
      const differs = theirs.slice(0, commits.length).some((each, i) => each !== commits[i]);
      if (differs)
        return this.#complain(
          "one order",
          `${this.#names[at]!} and ${this.#names[other.place]!} commit in different orders`,
        );
    }
    return undefined;
  }

  #complain(property: Complaint["property"], sentence: string): Complaint {
    return { property, sentence: `${sentence}.` };
  }

  /** Whether every call has ended, so that what may still happen is of no interest. */
  isOver(state: State): boolean {
    if (state.pending.length > 0) return false;
    const over = (history: History): boolean => !history.view.busy;
    return (
      this.#members(state).every(over) &&
      this.#clients(state).every(
        (client) => over(client) && client.view.answers.length === this.#calls(client).length,
      ) &&
      this.atEnd(state) === undefined
    );
  }

  #calls({ place }: History): string[] {
    return transactionsOf(this.#world, place);
  }

  /** What is wrong in a state in which nothing more happens. */
  atEnd(state: State): Complaint | undefined {
    const members = this.#members(state);
    const [first] = members;
    // Without members nothing can be promised.
    if (first === undefined) return undefined;
    for (const client of this.#clients(state)) {
      const open = this.#calls(client)[client.view.answers.length];
      if (open !== undefined)
        return this.#complain("liveness", `the call of ${this.#names[client.place]!}, ${open}, does not end`);
    }
    for (const { place, view } of members) {
      const missing = first.view.commits.length - view.commits.length;
      const [has, lacks] = missing > 0 ? [first.place, place] : [place, first.place];
      if (missing !== 0)
        return this.#complain(
          "one outcome",
          `${this.#names[has]!} has committed a transaction that ${this.#names[lacks]!} has not`,
        );
      if (view.entries.join(" ") !== first.view.entries.join(" ") || view.entries.length !== view.commits.length) {
        const states = members.map(
          (member) => `${this.#names[member.place]!} shows [${member.view.entries.join(" ")}]`,
        );
        return this.#complain("one outcome", states.join(", "));
      }
    }
    const order = first.view.entries;
    for (const client of this.#clients(state)) {
      const name = this.#names[client.place]!;
      for (const { transaction, result, error } of client.view.answers) {
        if (error !== undefined) return this.#complain("liveness", `${name} got an error of ${transaction}: ${error}`);
        const serial = order.slice(0, order.indexOf(transaction) + 1).join(" ");
        if (result !== serial)
          return this.#complain(
            "serializability",
            `${name} got [${result!}] of ${transaction}, and the members show [${order.join(" ")}]`,
          );
      }
    }
    return undefined;
  }

  /** The outcome of a run, as text. */
  outcomeOf(state: State): string {
    const views = state.histories.map((history) => {
      if (history === undefined) return "dead";
      const { entries, answers } = history.view;
      return history.place < this.#world.members
        ? entries.join(" ")
        : answers.map(({ result, error }) => result ?? error).join("; ");
    });
    return views.join(" | ");
  }
}
