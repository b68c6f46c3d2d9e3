/**
 * Agreement of callers and Ringmaster members on the value of a register: read and compare-and-swap. Each operation is
 * a loop over the generator of replies. The loop stops at a majority, or as soon as a majority is impossible.
 *
 * Source: Lamport's single-decree Paxos per ballot; a function changes the register's value into the next (Rystsov,
 * CASPaxos). If a proposer does not hear the outcome of its proposal, it may apply the change function again to a value
 * that the function made itself. The function must recognise such a value.
 *
 * Proposals to one register overtake each other. A proposer that was overtaken tries again after a random wait, whose
 * mean doubles each time (binary exponential back-off: Metcalfe and Boggs, "Ethernet", 1976). Waiting alone does not
 * help a proposer that is slower than the others, whose proposals succeed while it waits. Therefore each next ballot of
 * an overtaken proposer is ahead of the highest ballot seen by 2^outrun rounds. The other proposers are refused once
 * they cannot catch up in time, and the ballot tells them how long to wait.
 */
import type { Reply } from "../../call/client/explicit-call.ts";
import type { Stub } from "../../call/client/stub.ts";
import { CallError } from "../../errors.ts";
import type { Address, Random } from "../../host.ts";
import type { Program } from "../../program/program.ts";
import type { BindingOptions } from "../options.ts";
import { isLater, majorityOf, WellKnownModule, placesAt, ringmasterTroupe } from "./configuration.ts";
import type { Registration } from "./register.ts";
import { compareBallots, Ringmaster, type Accepted, type Ballot, type Vote } from "./ringmaster.ts";

/** Gives the register's next value, or undefined to leave it as it is. */
export type Change = (value: Registration | undefined) => Registration | undefined;

/**
 * The outcome of an attempt. `refusal`: the vote of a member that has promised a higher ballot; undefined if no
 * majority was heard.
 */
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
  /** Whether the configuration must be looked up again: a member refused it, or too few members answered. */
  #doubtful = true;
  /** The well-known addresses of the Ringmaster. */
  readonly #addresses: readonly Address[];
  /** The highest round used or seen. Invariant: no two proposals of this process have the same ballot. */
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

  /**
   * The register's value as agreed at some moment after the call.
   *
   * @throws CallError "ringmaster-unavailable"
   */
  read(base: number): Promise<Registration | undefined> {
    return this.#retrying(async (stub, members, outrun) => {
      // Differing votes usually mean that a proposal is being accepted now. A second look lets it finish instead of
      // overtaking it.
      for (let look = 1; look <= 2; look++) {
        const votes = await this.#votes(stub.read.replies(base), members);
        if (!("value" in votes)) return votes;
        const accepted = unanimous(votes.value);
        if (accepted !== undefined) return { value: accepted?.value };
      }
      return this.#propose(stub, members, base, () => undefined, outrun);
    });
  }

  /**
   * Applies the change to the register's value, and answers the value that was agreed on.
   *
   * @throws CallError "ringmaster-unavailable"
   */
  agree(base: number, change: Change): Promise<Registration | undefined> {
    return this.#retrying((stub, members, outrun) => this.#propose(stub, members, base, change, outrun));
  }

  /**
   * The answers of a majority of the Ringmaster's members to a question, all from one configuration.
   *
   * @throws CallError "ringmaster-unavailable"
   */
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

  /**
   * The votes of a majority if that majority grants them. A single refusal means that another proposal has overtaken
   * this one.
   */
  async #votes(replies: AsyncIterableIterator<Reply<Vote>>, members: number): Promise<Outcome<Vote[]>> {
    let refusal: Vote | undefined = undefined;
    const votes = await this.#majority(replies, members, (vote) => {
      this.#round = Math.max(this.#round, vote.promised[0]);
      if (!vote.granted) refusal = vote;
      return vote.granted;
    });
    return votes === undefined ? { refusal } : { value: votes };
  }

  /** The answers of a majority of `members`; undefined if a majority is impossible or one answer is not acceptable. */
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

  /**
   * Retries until an attempt succeeds, each time under the latest known configuration, with random waits between
   * attempts.
   */
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

  /**
   * Asks the well-known addresses for the present configuration; true if a later configuration than before was found.
   */
  async #find(): Promise<boolean> {
    const members = this.#configuration?.members.map(({ address }) => address) ?? [];
    const addresses = [...new Set([...this.#addresses, ...members])];
    const places = this.#program.import(WellKnownModule, placesAt(addresses), { fixed: true });
    let answers = 0;
    for await (const reply of places.standing.replies()) {
      if (reply.type !== "returned") continue;
      const { configuration } = reply.value;
      if (configuration !== null && isLater(configuration, this.#configuration)) {
        this.learn(configuration);
        return true;
      }
      if (++answers === majorityOf(addresses.length)) break;
    }
    return false;
  }

  /** Adopts a configuration that this process has heard of, unless it knows a later one. */
  learn(configuration: Registration): void {
    if (this.#configuration !== undefined && isLater(this.#configuration, configuration)) return;
    this.#configuration = configuration;
    this.#doubtful = false;
    this.#stub = this.#program.import(Ringmaster, ringmasterTroupe(configuration), { fixed: true });
  }
}

/** The wait of a refused proposal, as a multiple of the shortest wait, after it has been overtaken `outrun` times. */
function standBack({ promised, accepted }: Vote, outrun: number): number {
  // The overtaking proposal is already accepted, so there is no need to wait for it.
  if (accepted !== null && compareBallots(accepted.ballot, promised) === 0) return 0;
  return 2 ** Math.min(Math.max(outrun, promised[3]), waitDoublings);
}

/**
 * The proposal that all votes have accepted under one ballot; null if no vote has accepted any; undefined if the votes
 * differ.
 */
function unanimous(votes: readonly Vote[]): Accepted | null | undefined {
  const first = votes[0]!.accepted;
  for (const { accepted } of votes) {
    if ((accepted === null) !== (first === null)) return undefined;
    if (accepted !== null && compareBallots(accepted.ballot, first!.ballot) !== 0) return undefined;
  }
  return first;
}
