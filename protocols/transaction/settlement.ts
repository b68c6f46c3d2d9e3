/**
 * Settles a transaction whose clients are dead, among the members of a troupe of a static table: some members may have
 * heard "commit", and others not.
 *
 * The table orders the members. A member that finds all earlier members dead *leads*: it asks all later members whether
 * they have heard the outcome. A member that was asked ignores all clients from then on. If a member has heard the
 * outcome, that is the outcome. Otherwise the transaction is void. Members that do not lead ask the leading member. If
 * the leading member dies, the next member leads. It learns every outcome that the dead member has told a living
 * member.
 *
 * This is sound if every silent process is dead (fail-stop machines, and a network that heals within the patience of
 * messages). A static table assumes that everywhere. A troupe that can change begins its next epoch instead
 * (binding/member/membership.ts).
 */
import type { Export } from "../call/server/export.ts";
import type { Electorate } from "../call/server/ordering.ts";
import type { Process } from "../call/process.ts";
import type { Address } from "../host.ts";
import type { ServerExchange } from "../message/incoming-call.ts";
import { precedes } from "../wire/segment.ts";
import { MalformedError, Writer } from "../wire/bytes.ts";
import { processProcedures, readOutcome, writeProcessHeader, writeResult } from "../wire/call.ts";
import { externalizeList } from "../wire/value.ts";

const writer = new Writer();

/** The time at which a transaction has committed (0 without times); null: it is void, at least in this round. */
export type Settled = number | null;

/** The number of remembered outcomes at which outcomes that nobody can ask for are first removed. */
const fewest = 256;

export class Settlement {
  readonly #process: Process;
  readonly #exported: Export;
  /** From now on, the clients' answers on that transaction are ignored. */
  readonly #enterDoubt: (name: string) => void;
  /** The committed transactions, with the clients whose calls they are. */
  readonly #committed = new Map<string, { readonly time: number; readonly electorate: Electorate | undefined }>();
  #sweepAt = fewest;
  /** How often a transaction was found void here. Its clients may live and try again. */
  readonly #rounds = new Map<string, number>();
  /** The listeners for an outcome, by name of the transaction. */
  readonly #waiting = new Map<string, ((settled: Settled) => void)[]>();

  constructor(process: Process, exported: Export, enterDoubt: (name: string) => void) {
    this.#process = process;
    this.#exported = exported;
    this.#enterDoubt = enterDoubt;
  }

  /** The transaction has committed here. */
  committed(name: string, time: number, electorate: Electorate | undefined): void {
    if (this.#exported.admission.doubts !== undefined) return;
    this.#committed.set(name, { time, electorate });
    if (this.#committed.size > this.#sweepAt) this.#sweep();
    this.#tell(name, time);
  }

  #tell(name: string, settled: Settled): void {
    const waiting = this.#waiting.get(name);
    if (waiting === undefined) return;
    this.#waiting.delete(name);
    for (const told of waiting) told(settled);
  }

  /** Forgets the outcomes of calls with which the clients are finished, since all members have answered those calls. */
  #sweep(): void {
    const { retention } = this.#process.endpoint;
    for (const [name, { electorate }] of this.#committed) {
      if (electorate === undefined) continue;
      if (electorate.origins.every((origin) => precedes(origin.call, retention.oldestOf(origin))))
        this.#committed.delete(name);
    }
    this.#sweepAt = Math.max(fewest, 2 * this.#committed.size);
  }

  /** Tells the outcome of a transaction that is in doubt here. */
  settle(name: string, told: (settled: Settled) => void): void {
    const known = this.#committed.get(name);
    const waiting = this.#waiting.get(name);
    if (known !== undefined) told(known.time);
    else if (waiting !== undefined) waiting.push(told);
    else {
      this.#waiting.set(name, [told]);
      const { members } = this.#exported.troupe;
      const own = members.findIndex(({ address }) => address === this.#process.host.address);
      const addresses = members.map(({ address }) => address);
      this.#follow(name, addresses.slice(0, own), addresses.slice(own + 1));
    }
  }

  /** Asks the first living member before this member; leads if there is none. */
  #follow(name: string, before: readonly Address[], after: readonly Address[]): void {
    const [first, ...rest] = before;
    if (first === undefined) {
      this.#lead(name, after);
      return;
    }
    this.#ask(name, first, false, (value) => {
      if (value === undefined) this.#follow(name, rest, after);
      else this.#decide(name, value as Settled);
    });
  }

  #lead(name: string, after: readonly Address[]): void {
    let open = after.length;
    let outcome: Settled = null;
    if (open === 0) this.#decide(name, null);
    for (const address of after) {
      this.#ask(name, address, true, (value) => {
        if (typeof value === "number") outcome = value;
        if (--open === 0) this.#decide(name, outcome);
      });
    }
  }

  #decide(name: string, settled: Settled): void {
    if (settled !== null) this.#committed.set(name, { time: settled, electorate: undefined });
    else this.#rounds.set(name, this.#round(name) + 1);
    this.#tell(name, settled);
  }

  #round(name: string): number {
    return this.#rounds.get(name) ?? 0;
  }

  /** `answered` gets undefined if the member is dead. */
  #ask(name: string, address: Address, leads: boolean, answered: (value: unknown) => void): void {
    writeProcessHeader(writer, processProcedures.settle);
    externalizeList(writer, [this.#exported.troupe.module, name, this.#round(name), leads], "argument");
    const message = writer.finish();
    this.#process.endpoint.call([address], undefined, message, {
      returned: (_, reply) => {
        const value = valueIn(reply);
        answered(Array.isArray(value) ? (value[0] as unknown) : undefined);
      },
      crashed: () => answered(undefined),
    });
  }

  /**
   * Another member asks. A leading member (`leads`) asks for the outcome that was heard here. Any other member asks for
   * the outcome that will be. `round`: how often the asking member has found the transaction void.
   */
  asked(exchange: ServerExchange, name: string, round: number, leads: boolean): void {
    const tell = (settled: Settled): void => exchange.reply(writeResult(writer, [settled]));
    const known = this.#committed.get(name);
    if (known !== undefined) tell(known.time);
    else if (round < this.#round(name)) tell(null);
    else {
      this.#enterDoubt(name);
      // This member is still settling an earlier round.
      if (round > this.#round(name)) this.settle(name, () => this.asked(exchange, name, round, leads));
      else if (leads) tell(null);
      else this.settle(name, tell);
    }
  }
}

/** The value in a RETURN; undefined if the call failed. */
function valueIn(message: Uint8Array): unknown {
  try {
    const outcome = readOutcome(message);
    return outcome.type === "returned" ? outcome.value : undefined;
  } catch (error) {
    if (error instanceof MalformedError) return undefined;
    throw error;
  }
}
