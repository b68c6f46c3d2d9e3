/**
 * How callers and Ringmaster members agree on the value of a register: reads and compare-and-swaps, each a loop over the
 * generator of replies that stops at a majority, or as soon as none can be had any more.
 *
 * Source: Lamport's single-decree Paxos per ballot, with the value of each register changed by a function of the value before
 * (Rystsov, CASPaxos). A change function may be applied more than once to values that it has made itself, when a
 * proposal's outcome was not heard: it must recognise them.
 */
import type { Reply } from "../call/explicit-call.ts";
import type { Program } from "../call/program.ts";
import type { Stub } from "../call/stub.ts";
import { CallError } from "../errors.ts";
import type { Address, Random } from "../host.ts";
import { majorityOf, Place, placesAt, ringmasterTroupe } from "./configuration.ts";
import type { BindingOptions } from "./options.ts";
import type { Registration } from "./register.ts";
import { compareBallots, Ringmaster, type Accepted, type Ballot, type Vote } from "./ringmaster.ts";

/** Gives the register's next value, or undefined to leave it as it is. */
export type Change = (value: Registration | undefined) => Registration | undefined;

export class Consensus {
  readonly #program: Program;
  readonly #options: BindingOptions;
  readonly #random: Random;
  #configuration: Registration | undefined = undefined;
  #stub: Stub<Ringmaster> | undefined = undefined;
  /** A member has refused the configuration, or too few have answered. */
  #doubtful = true;
  /** The well-known addresses of the Ringmaster. */
  readonly #addresses: readonly Address[];
  /** Rounds used so far: no two proposals of this process have the same ballot. */
  #round = 0;

  constructor(program: Program, addresses: readonly Address[], options: BindingOptions) {
    this.#program = program;
    this.#options = options;
    this.#addresses = addresses;
    this.#random = program.host.random.fork("consensus");
  }

  get configuration(): Registration | undefined {
    return this.#configuration;
  }

  /** The register's value as agreed at some moment after the call. Rejects with CallError "ringmaster-unavailable". */
  read(base: number): Promise<Registration | undefined> {
    return this.#retrying(async (stub, members) => {
      const votes = await this.#majority(stub.read.replies(base), members);
      if (votes === undefined) return undefined;
      const value = unanimousValue(votes);
      return value === undefined ? this.#propose(stub, members, base, () => undefined) : { value: value?.value };
    });
  }

  /** Applies the change to the register's value; the answer is the value that was agreed on. Rejects as `read`. */
  agree(base: number, change: Change): Promise<Registration | undefined> {
    return this.#retrying((stub, members) => this.#propose(stub, members, base, change));
  }

  /** What a majority of the Ringmaster's members answer to a question; at least so many, all of one configuration. */
  ask<T>(question: (stub: Stub<Ringmaster>) => AsyncIterableIterator<Reply<T>>): Promise<T[]> {
    return this.#retrying(async (stub, members) => {
      const answers = await this.#majority(question(stub), members);
      return answers === undefined ? undefined : { value: answers };
    });
  }

  /** One proposal; undefined if it was outrun or not heard by a majority, and must be tried again. */
  async #propose(
    stub: Stub<Ringmaster>,
    members: number,
    base: number,
    change: Change,
  ): Promise<{ value: Registration | undefined } | undefined> {
    const { address, incarnation } = this.#program.host;
    const ballot: Ballot = [++this.#round, address, incarnation];
    const promises = await this.#votes(stub.prepare.replies(base, ballot), members);
    if (promises === undefined) return undefined;
    let latest: Accepted | null = null;
    for (const { accepted } of promises) {
      if (accepted !== null && (latest === null || compareBallots(accepted.ballot, latest.ballot) > 0))
        latest = accepted;
    }
    const value = change(latest?.value) ?? latest?.value;
    if (value === undefined) return { value };
    const accepted = await this.#votes(stub.accept.replies(base, ballot, value), members);
    return accepted === undefined ? undefined : { value };
  }

  /** The votes of a majority if it grants them; one refusal means that another proposal has overtaken this one. */
  async #votes(replies: AsyncIterableIterator<Reply<Vote>>, members: number): Promise<Vote[] | undefined> {
    return this.#majority(replies, members, (vote) => {
      if (!vote.granted) this.#round = Math.max(this.#round, vote.promised[0]);
      return vote.granted;
    });
  }

  /** What a majority of so many members answers; undefined if it cannot be had any more, or an answer will not do. */
  async #majority<T>(
    replies: AsyncIterableIterator<Reply<T>>,
    members: number,
    willDo: (answer: T) => boolean = () => true,
  ): Promise<T[] | undefined> {
    const majority = majorityOf(members);
    const answers: T[] = [];
    let silent = 0;
    for await (const reply of replies) {
      if (reply.type !== "returned") {
        this.#doubtful = true;
        if (++silent > members - majority) break;
      } else if (!willDo(reply.value)) break;
      else if (answers.push(reply.value) === majority) return answers;
    }
    return undefined;
  }

  /** Tries until there is an answer: under whatever configuration is the latest, with random waits between. */
  async #retrying<T>(
    attempt: (stub: Stub<Ringmaster>, members: number) => Promise<{ value: T } | undefined>,
  ): Promise<T> {
    const { host } = this.#program;
    const { patience, pollInterval } = this.#options;
    for (const begun = host.now(); ;) {
      if (this.#stub !== undefined) {
        const done = await attempt(this.#stub, this.#configuration!.members.length);
        if (done !== undefined) return done.value;
      }
      if (host.now() - begun > patience) throw new CallError("ringmaster-unavailable", "ringmaster");
      if (this.#doubtful && (await this.#find())) continue;
      await this.#program.sleep((0.5 + this.#random.next()) * pollInterval);
    }
  }

  /** Asks at the well-known addresses for the present configuration; true if a later one than before was found. */
  async #find(): Promise<boolean> {
    const members = this.#configuration?.members.map(({ address }) => address) ?? [];
    const addresses = [...new Set([...this.#addresses, ...members])];
    const places = this.#program.import(Place, placesAt(addresses), { fixed: true });
    let answers = 0;
    for await (const reply of places.standing.replies()) {
      if (reply.type !== "returned") continue;
      const { configuration } = reply.value;
      if (configuration !== null && configuration.epoch > (this.#configuration?.epoch ?? 0)) {
        this.learn(configuration);
        return true;
      }
      if (++answers === majorityOf(addresses.length)) break;
    }
    return false;
  }

  /** A configuration that the process has heard of. */
  learn(configuration: Registration): void {
    if (configuration.epoch < (this.#configuration?.epoch ?? 0)) return;
    this.#configuration = configuration;
    this.#doubtful = false;
    this.#stub = this.#program.import(Ringmaster, ringmasterTroupe(configuration), { fixed: true });
  }
}

/** What all votes have accepted under one ballot, null if none has accepted anything; undefined if they differ. */
function unanimousValue(votes: readonly Vote[]): Accepted | null | undefined {
  const first = votes[0]!.accepted;
  for (const { accepted } of votes) {
    if ((accepted === null) !== (first === null)) return undefined;
    if (accepted !== null && compareBallots(accepted.ballot, first!.ballot) !== 0) return undefined;
  }
  return first;
}
