/** All processes that are, were or want to be members of one troupe, in a schedule in which they come and go. */
import type { RingmasterBinding } from "../../../protocols/binding/verbs/ringmaster-binding.ts";
import type { Program } from "../../../protocols/program/program.ts";
import { CallError } from "../../../protocols/errors.ts";
import type { Ledger } from "./ledger.ts";
import { describe, type Observer } from "./observer.ts";
import type { Inhabitant, Town } from "./town.ts";

export class Company {
  readonly name: string;
  readonly inhabitants: Inhabitant<Ledger>[] = [];
  readonly #town: Town;
  readonly #make: (program: Program) => Ledger;
  readonly #left = new Set<Inhabitant<Ledger>>();
  /** How many inhabitants there were when the last member left: what comes after is another troupe. */
  #dissolved = 0;

  readonly #anew: boolean;

  /** `anew`: whoever comes founds it anew when it is lost. */
  constructor(town: Town, name: string, make: (program: Program) => Ledger, anew = false) {
    this.#town = town;
    this.name = name;
    this.#make = make;
    this.#anew = anew;
  }

  get dissolved(): boolean {
    return this.#dissolved > 0;
  }

  join(): void {
    this.inhabitants.push(this.#town.member(this.name, this.#make, { anew: this.#anew }));
  }

  /** Those that live and do not mean to leave. */
  get present(): Inhabitant<Ledger>[] {
    return this.inhabitants.filter((each) => each.machine.up && !this.#left.has(each));
  }

  /** False if it cannot: it is no member, or the only one, and the troupe is not to be dissolved. */
  leave(inhabitant: Inhabitant<Ledger> | undefined, dissolves = false): boolean {
    const membership = inhabitant?.membership;
    if (inhabitant === undefined || membership === undefined) return false;
    if (!dissolves && this.present.length < 2) return false;
    this.#left.add(inhabitant);
    const { program } = inhabitant;
    void program.thread(async () => {
      try {
        await (program.binding as RingmasterBinding).leaveTroupe(membership);
        if (membership.registration?.members.length === 0) this.#dissolved = this.inhabitants.length;
      } catch (error) {
        if (!(error instanceof CallError)) throw error;
      }
    });
    return true;
  }

  /** The members at the end; none if all died, and that is what the others were told. */
  judge(observer: Observer, seed: string): Inhabitant<Ledger>[] {
    // One that was dropped before the last left has nothing to come back to.
    const remaining = this.inhabitants.slice(this.#dissolved).filter((each) => this.present.includes(each));
    // Nor has one that was dropped before the rest was lost: it stays out when the troupe is founded anew.
    const isOut = ({ membership, error }: Inhabitant<Ledger>): boolean =>
      membership === undefined && error === undefined;
    const expected = remaining.filter((each) => !this.#anew || !isOut(each));
    const members = observer.judge(this.inhabitants, expected, { seed, time: this.#town.world.now });
    if (members.length === 0) this.#judgeLoss(observer);
    return members;
  }

  #judgeLoss(observer: Observer): void {
    observer.count(`total loss of the ${this.name}`);
    for (const { error, machine } of this.inhabitants) {
      if (machine.up && error !== undefined && !(error instanceof CallError && error.kind === "troupe-lost")) {
        observer.problems.push(`after a total loss ${machine.name} was told ${describe(error)}`);
      }
    }
  }
}
