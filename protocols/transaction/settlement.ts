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
import type { CallOrigin } from "../message/retention.ts";
import { precedes } from "../wire/segment.ts";
import { MalformedError, Writer } from "../wire/bytes.ts";
import { processProcedures, readOutcome, writeProcessHeader, writeResult } from "../wire/call.ts";
import { externalizeList } from "../wire/value.ts";

const writer = new Writer();

export interface Settled {
  /** The time at which the transaction has committed (0 without times); null: it is void, at least in this round. */
  readonly time: number | null;
  /**
   * The latest attempt of any member, if the transaction is void. All members go on with a later attempt. A living
   * client may have heard a vote on this attempt, and must not combine that vote with a later vote of another member.
   */
  readonly attempt: number;
}

interface Committed {
  readonly name: string;
  readonly time: number;
  /** The calls of the clients. They are all that is kept of an electorate, which keeps messages alive. */
  readonly origins: Electorate["origins"] | undefined;
}

/** The number of remembered outcomes at which outcomes that nobody can ask for are first removed. */
const fewest = 32;

export class Settlement {
  readonly #process: Process;
  readonly #exported: Export;
  /** From now on, the clients' answers on that transaction are ignored. Answers the attempt in doubt, or 0. */
  readonly #enterDoubt: (name: string) => number;
  /** The transactions that have committed here; asked for only after a client has died. */
  #committed: Committed[] = [];
  /** The times of transactions that were found to have committed, and have not committed here yet. */
  readonly #found = new Map<string, number>();
  #sweepAt = fewest;
  /** How often a transaction was found void here, and up to which attempt. Its clients may live and try again. */
  readonly #voids = new Map<string, { readonly round: number; readonly attempt: number }>();
  /** The listeners for an outcome, by name of the transaction. */
  readonly #waiting = new Map<string, ((settled: Settled) => void)[]>();

  constructor(process: Process, exported: Export, enterDoubt: (name: string) => number) {
    this.#process = process;
    this.#exported = exported;
    this.#enterDoubt = enterDoubt;
  }

  /** The transaction has committed here. */
  committed(name: string, time: number, electorate: Electorate | undefined): void {
    if (this.#exported.admission.doubts !== undefined) return;
    this.#committed.push({ name, time, origins: electorate?.origins });
    if (this.#committed.length > this.#sweepAt) this.#sweep();
    if (this.#found.size > 0) this.#found.delete(name);
    if (this.#waiting.size > 0) this.#tell(name, { time, attempt: 0 });
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
    const isOpen = (origin: CallOrigin): boolean => !precedes(origin.call, retention.oldestOf(origin));
    this.#committed = this.#committed.filter(({ origins }) => origins === undefined || origins.some(isOpen));
    this.#sweepAt = Math.max(fewest, 2 * this.#committed.length);
  }

  /** When the transaction has committed; undefined if that is not known. */
  #timeOf(name: string): number | undefined {
    return this.#found.get(name) ?? this.#committed.find((each) => each.name === name)?.time;
  }

  /** Tells the outcome of a transaction of which this attempt is in doubt here. */
  settle(name: string, attempt: number, told: (settled: Settled) => void): void {
    const time = this.#timeOf(name);
    const waiting = this.#waiting.get(name);
    if (time !== undefined) told({ time, attempt: 0 });
    else if (waiting !== undefined) waiting.push(told);
    else {
      this.#waiting.set(name, [told]);
      const { members } = this.#exported.troupe;
      const own = members.findIndex(({ address }) => address === this.#process.host.address);
      const addresses = members.map(({ address }) => address);
      this.#follow(name, attempt, addresses.slice(0, own), addresses.slice(own + 1));
    }
  }

  /** Asks the first living member before this member; leads if there is none. */
  #follow(name: string, attempt: number, before: readonly Address[], after: readonly Address[]): void {
    const [first, ...rest] = before;
    if (first === undefined) {
      this.#lead(name, attempt, after);
      return;
    }
    this.#ask(name, first, false, (settled) => {
      if (settled === undefined) this.#follow(name, attempt, rest, after);
      else this.#decide(name, settled);
    });
  }

  #lead(name: string, own: number, after: readonly Address[]): void {
    let open = after.length;
    let time: number | null = null;
    let attempt = own;
    if (open === 0) this.#decide(name, { time, attempt });
    for (const address of after) {
      this.#ask(name, address, true, (heard) => {
        time = heard?.time ?? time;
        attempt = Math.max(attempt, heard?.attempt ?? 0);
        if (--open === 0) this.#decide(name, { time, attempt });
      });
    }
  }

  #decide(name: string, settled: Settled): void {
    const { time, attempt } = settled;
    if (time !== null) this.#found.set(name, time);
    else this.#voids.set(name, { round: this.#round(name) + 1, attempt });
    this.#tell(name, settled);
  }

  #round(name: string): number {
    return this.#voids.get(name)?.round ?? 0;
  }

  /** `answered` gets undefined if the member is dead. */
  #ask(name: string, address: Address, leads: boolean, answered: (settled: Settled | undefined) => void): void {
    writeProcessHeader(writer, processProcedures.settle);
    externalizeList(writer, [this.#exported.troupe.module, name, this.#round(name), leads], "argument");
    const message = writer.finish();
    this.#process.endpoint.call([address], undefined, message, {
      returned: (_, reply) => {
        const value = valueIn(reply);
        answered(Array.isArray(value) ? { time: value[0] as number | null, attempt: value[1] as number } : undefined);
      },
      crashed: () => answered(undefined),
    });
  }

  /**
   * Another member asks. A leading member (`leads`) asks for the outcome that was heard here. Any other member asks for
   * the outcome that will be. `round`: how often the asking member has found the transaction void.
   */
  asked(exchange: ServerExchange, name: string, round: number, leads: boolean): void {
    const tell = ({ time, attempt }: Settled): void => exchange.reply(writeResult(writer, [time, attempt]));
    const time = this.#timeOf(name);
    const past = this.#voids.get(name);
    if (time !== undefined) tell({ time, attempt: 0 });
    else if (past !== undefined && round < past.round) tell({ time: null, attempt: past.attempt });
    else {
      const attempt = this.#enterDoubt(name);
      // This member is still settling an earlier round.
      if (round > this.#round(name)) this.settle(name, attempt, () => this.asked(exchange, name, round, leads));
      else if (leads) tell({ time: null, attempt });
      else this.settle(name, attempt, tell);
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
