/**
 * How callers and Ringmaster members agree on the value of a register: reads and compare-and-swaps, each a loop over the
 * generator of replies that stops at a majority, or as soon as none can be had any more.
 *
 * Source: Lamport's single-decree Paxos per ballot, with the value of each register changed by a function of the value before
 * (Rystsov, CASPaxos). A change function may be applied more than once to values that it has made itself, when a
 * proposal's outcome was not heard: it must recognise them.
 *
 * Proposals to one register outrun each other. One that has been outrun comes again after a random time, about twice as long
 * each time (binary exponential back-off: Metcalfe and Boggs, "Ethernet", 1976). That would not do for a proposer that is slower than
 * the others, whose proposals succeed while it waits. So its next ballot is ahead of what it has seen by twice as many rounds each time: as soon as
 * they cannot catch up before it comes, they are refused; and they learn from the ballot how long to stand back.
 */
import type { Reply } from "../../call/client/explicit-call.ts";
import type { Stub } from "../../call/client/stub.ts";
import { CallError } from "../../errors.ts";
import type { Address, Random } from "../../host.ts";
import type { Program } from "../../program/program.ts";
import type { BindingOptions } from "../options.ts";
import { majorityOf, WellKnownModule, placesAt, ringmasterTroupe } from "./configuration.ts";
import type { Registration } from "./register.ts";
import { compareBallots, Ringmaster, type Accepted, type Ballot, type Vote } from "./ringmaster.ts";

/** Gives the register's next value, or undefined to leave it as it is. */
export type Change = (value: Registration | undefined) => Registration | undefined;

/** What came of an attempt. `refusal`: by a member that has promised another proposal more; undefined: no majority was heard. */
type Outcome<T> = { readonly value: T } | { readonly refusal: Vote | undefined };

/** The longest wait is 2^4 times the shortest; a ballot is at most 2^20 rounds ahead. */
const waitDoublings = 4;
const leapDoublings = 20;

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
    return this.#retrying(async (stub, members, outrun) => {
      // Where votes differ, a proposal is being accepted just now, as a rule: it is let through, and not outrun by one of this reader.
      for (let look = 1; look <= 2; look++) {
        const votes = await this.#votes(stub.read.replies(base), members);
        if (!("value" in votes)) return votes;
        const accepted = unanimous(votes.value);
        if (accepted !== undefined) return { value: accepted?.value };
      }
      return this.#propose(stub, members, base, () => undefined, outrun);
    });
  }

  /** Applies the change to the register's value; the answer is the value that was agreed on. Rejects as `read`. */
  agree(base: number, change: Change): Promise<Registration | undefined> {
    return this.#retrying((stub, members, outrun) => this.#propose(stub, members, base, change, outrun));
  }

  /** What a majority of the Ringmaster's members answer to a question; at least so many, all of one configuration. */
  ask<T>(question: (stub: Stub<Ringmaster>) => AsyncIterableIterator<Reply<T>>): Promise<T[]> {
    return this.#retrying(async (stub, members) => {
      const answers = await this.#majority(question(stub), members);
      return answers === undefined ? { refusal: undefined } : { value: answers };
    });
  }

  async #propose(
    stub: Stub<Ringmaster>,
    members: number,
    base: number,
    change: Change,
    outrun: number,
  ): Promise<Outcome<Registration | undefined>> {
    const { address, incarnation } = this.#program.host;
    this.#round += 2 ** Math.min(outrun, leapDoublings);
    const ballot: Ballot = [this.#round, address, incarnation, outrun];
    const promises = await this.#votes(stub.prepare.replies(base, ballot), members);
    if (!("value" in promises)) return promises;
    let latest: Accepted | null = null;
    for (const { accepted } of promises.value) {
      if (accepted !== null && (latest === null || compareBallots(accepted.ballot, latest.ballot) > 0))
        latest = accepted;
    }
    const value = change(latest?.value) ?? latest?.value;
    if (value === undefined) return { value };
    const accepted = await this.#votes(stub.accept.replies(base, ballot, value), members);
    return "value" in accepted ? { value } : accepted;
  }

  /** The votes of a majority if it grants them; one refusal means that another proposal has overtaken this one. */
  async #votes(replies: AsyncIterableIterator<Reply<Vote>>, members: number): Promise<Outcome<Vote[]>> {
    let refusal: Vote | undefined = undefined;
    const votes = await this.#majority(replies, members, (vote) => {
      this.#round = Math.max(this.#round, vote.promised[0]);
      if (!vote.granted) refusal = vote;
      return vote.granted;
    });
    return votes === undefined ? { refusal } : { value: votes };
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
    attempt: (stub: Stub<Ringmaster>, members: number, outrun: number) => Promise<Outcome<T>>,
  ): Promise<T> {
    const { host } = this.#program;
    const { patience, pollInterval } = this.#options;
    let outrun = 0;
    for (const begun = host.now(); ;) {
      let wait = pollInterval;
      if (this.#stub !== undefined) {
        const outcome = await attempt(this.#stub, this.#configuration!.members.length, outrun);
        if ("value" in outcome) return outcome.value;
        if (outcome.refusal !== undefined) wait *= standBack(outcome.refusal, outrun++);
      }
      if (host.now() - begun > patience) throw new CallError("ringmaster-unavailable", "ringmaster");
      if ((this.#doubtful && (await this.#find())) || wait === 0) continue;
      await this.#program.sleep((0.5 + this.#random.next()) * wait);
    }
  }

  /** Asks at the well-known addresses for the present configuration; true if a later one than before was found. */
  async #find(): Promise<boolean> {
    const members = this.#configuration?.members.map(({ address }) => address) ?? [];
    const addresses = [...new Set([...this.#addresses, ...members])];
    const places = this.#program.import(WellKnownModule, placesAt(addresses), { fixed: true });
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

/** How many times the shortest wait a proposal waits that has been refused, after it had been outrun so often. */
function standBack({ promised, accepted }: Vote, outrun: number): number {
  // What has outrun it is accepted, and need not be waited for.
  if (accepted !== null && compareBallots(accepted.ballot, promised) === 0) return 0;
  return 2 ** Math.min(Math.max(outrun, promised[3]), waitDoublings);
}

/** What all votes have accepted under one ballot, null if none has accepted anything; undefined if they differ. */
function unanimous(votes: readonly Vote[]): Accepted | null | undefined {
  const first = votes[0]!.accepted;
  for (const { accepted } of votes) {
    if ((accepted === null) !== (first === null)) return undefined;
    if (accepted !== null && compareBallots(accepted.ballot, first!.ballot) !== 0) return undefined;
  }
  return first;
}
