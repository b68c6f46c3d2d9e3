/**
 * The server side of a process: the modules that it exports, and the CALLs that arrive for them.
 *
 * Source: dissertation, many-to-one calls; chapter 6 for troupe IDs. A CALL that the module's admission admits is
 * executed. Every other CALL goes to the admission, which refuses it as stale, holds it, or answers it again
 * (admission.ts; for a troupe that may change, binding/member/membership.ts).
 */
import type { ServerExchange } from "../../message/incoming-call.ts";
import { baseOf, supersedes } from "../../troupe/troupe-id.ts";
import type { TroupeId } from "../../troupe/troupe.ts";
import { callKey, type Call } from "../../wire/call.ts";
import { headerBytes } from "../../wire/segment.ts";
import type { Process } from "../process.ts";
import { ClientTroupe } from "./client-troupe.ts";
import { ClientTroupes } from "./client-troupes.ts";
import { Export, type ExportOptions, type MemberRules, type Procedure } from "./export.ts";
import { Gatherings } from "./gatherings.ts";
import { refuse, type Incoming } from "./incoming.ts";
import { Invocation } from "./invocation.ts";
import type { Ordering } from "./ordering.ts";
import { SoleCaller } from "./sole-caller.ts";

/** Makes the ordering of a module's calls from its options; undefined for `none`. */
export type OrderingMaker = (
  process: Process,
  exported: Export,
  options: ExportOptions<object>,
) => Ordering | undefined;

export class Reception {
  readonly process: Process;
  /** The exports of the process, usually a single one. */
  readonly #exports: Export[] = [];
  readonly gatherings: Gatherings;
  /** The troupes that call; undefined until the first does. */
  #clients: ClientTroupes | undefined = undefined;

  readonly #makeOrdering: OrderingMaker | undefined;

  /** `makeOrdering`: for troupes with transactions. */
  constructor(process: Process, makeOrdering?: OrderingMaker) {
    this.process = process;
    this.#makeOrdering = makeOrdering;
    this.gatherings = new Gatherings(process);
  }

  get clients(): ClientTroupes {
    return (this.#clients ??= new ClientTroupes(this.process));
  }

  /** Exports the module. `rules`: the rules of a membership that may change. */
  export<T extends object>(module: T, options: ExportOptions<T>, rules?: MemberRules): Export {
    const { troupe } = options;
    if (this.#exported(troupe.module) !== undefined) {
      throw new RangeError(`module number ${troupe.module} of troupe "${troupe.name}" is exported already`);
    }
    const exported = new Export(module, options as ExportOptions<object>, rules);
    exported.ordering = this.#makeOrdering?.(this.process, exported, options as ExportOptions<object>);
    this.#exports.push(exported);
    if (troupe.group !== undefined) this.process.host.join(troupe.group);
    return exported;
  }

  /** Withdraws the export. */
  withdraw(exported: Export): void {
    const place = this.#exports.indexOf(exported);
    if (place < 0) return;
    this.#exports.splice(place, 1);
    const { group } = exported.troupe;
    if (group !== undefined) this.process.host.leave(group);
  }

  #exported(module: number): Export | undefined {
    const exports = this.#exports;
    for (let i = 0; i < exports.length; i++) if (exports[i]!.number === module) return exports[i];
    return undefined;
  }

  /** A CALL has arrived. */
  called(exchange: ServerExchange, call: Call): void {
    if (call.clientTroupe === 0 && !beganThread(exchange, call)) refuse(exchange, "not-a-member");
    else this.dispatch(exchange, call);
  }

  /** Executes the CALL if its module admits it. */
  dispatch(exchange: ServerExchange, call: Call): void {
    const exported = this.#exported(call.module);
    const procedure = exported?.procedures[call.procedure];
    // Only a troupe that can change uses its base as its module number. Therefore this process is not a member of the
    // troupe.
    if (exported === undefined && baseOf(call.serverTroupe) === call.module) refuse(exchange, "stale-binding");
    else if (exported === undefined || procedure === undefined) refuse(exchange, "unknown-procedure");
    else if (!exported.admission.admits(call.serverTroupe)) exported.admission.notAdmitted({ exchange, call });
    else if (call.clientTroupe !== 0 || procedure.takesGenerator) this.#gather({ exchange, call }, exported, procedure);
    else if (exported.admission.changes) this.#executeAndRetain(exchange, call, exported, procedure);
    else {
      const answer = exported.ordering === undefined ? exchange : new SoleCaller(exchange, call);
      new Invocation(this.process, exported, procedure, call, answer).start();
    }
  }

  /**
   * Executes the call exactly once, though the client may have called before under another binding. The execution
   * belongs to the exchange of the first attempt.
   */
  #executeAndRetain(exchange: ServerExchange, call: Call, exported: Export, procedure: Procedure): void {
    let home = exchange;
    if (call.first !== 0) {
      const first = this.#firstAttempt(exchange, call);
      if (first === undefined) return;
      if (first.retained !== undefined) {
        first.repeatedBy(exchange);
        return;
      }
      first.retire();
      home = first;
    }
    home.retain(call);
    if (home !== exchange) home.repeatedBy(exchange);
    const answer = exported.ordering === undefined ? home : new SoleCaller(home, call);
    new Invocation(this.process, exported, procedure, call, answer).start();
  }

  /** The exchange of the first attempt; undefined if the client is finished with the call and waits for no answer. */
  #firstAttempt(exchange: ServerExchange, { first }: Call): ServerExchange | undefined {
    const { peer: address, peerIncarnation: incarnation } = exchange;
    return this.process.endpoint.retention.home({ address, incarnation, call: first }, first);
  }

  /**
   * Answers a CALL that was executed under another binding. Answers false if the CALL is not known to have been
   * executed.
   */
  answerAgain(incoming: Incoming): boolean {
    const { exchange, call } = incoming;
    if (call.clientTroupe !== 0) {
      const gathering = this.gatherings.get(callKey(call.message, call.pathEnd));
      if (gathering?.decided !== true) return false;
      // The call was executed under a later binding. An answer would suggest that all members of the CALL's binding
      // have answered, and the client would not call the other members.
      if (supersedes(gathering.call.serverTroupe, call.serverTroupe)) return false;
      this.clients.find(call.clientTroupe, (client) => {
        if (client === undefined) refuse(exchange, "unknown-troupe");
        else gathering.add(incoming, client);
      });
      return true;
    }
    if (call.first === 0) return false;
    const first = this.#firstAttempt(exchange, call);
    if (first === undefined) return true;
    if (first.retained === undefined) return false;
    first.repeatedBy(exchange);
    return true;
  }

  #gather(incoming: Incoming, exported: Export, procedure: Procedure): void {
    const { exchange, call } = incoming;
    const id = call.clientTroupe;
    const client = id === 0 ? clientOf(this.process, exchange) : this.clients.known(id);
    if (client === undefined) {
      this.clients.find(id, (found) => {
        // The module may have stopped admitting the CALL meanwhile.
        if (found === undefined) refuse(exchange, "unknown-troupe");
        else if (!exchange.finished) this.dispatch(exchange, call);
      });
      return;
    }
    if (client.place(exchange) < 0) {
      refuse(exchange, "not-a-member");
      return;
    }
    const key = callKey(call.message, call.pathEnd);
    const gathering = this.gatherings.get(key) ?? this.gatherings.begin(client, key, exported, procedure, call);
    gathering.add(incoming, client);
  }

  /** Whether an unreplicated client's call, whose name ends at `end`, has been executed and is retained. */
  hasExecuted(message: Uint8Array, end: number): boolean {
    for (const { retained } of this.process.endpoint.retention.exchanges()) {
      const executed = retained?.executed;
      if (executed !== undefined && hasName(executed, message, end)) return true;
    }
    return false;
  }

  /** The ordering of the module with that number; undefined if the module is not exported or has no ordering. */
  orderingOf(module: number): Ordering | undefined {
    return this.#exported(module)?.ordering;
  }

  /**
   * The sequence number of the present attempt of a transaction whose first call is executed here; undefined if there
   * is none.
   */
  attemptOf(call: string): number | undefined {
    for (const { ordering } of this.#exports) {
      const attempt = ordering?.attemptOf(call);
      if (attempt !== undefined) return attempt;
    }
    return undefined;
  }

  /** Whether this process belongs to a later membership of the troupe. */
  isOver(troupe: TroupeId): boolean {
    return this.#exports.some((exported) => supersedes(exported.troupe.id, troupe));
  }
}

/** Whether the CALL has the thread ID and path of the message up to `end`. The byte after a path is 0. */
function hasName({ message: executed }: Call, message: Uint8Array, end: number): boolean {
  for (let i = headerBytes; i < end; i++) if (executed[i] !== message[i]) return false;
  return executed[end] === 0;
}

/** An unreplicated client, as a troupe of one. */
function clientOf(process: Process, { peer: address }: ServerExchange): ClientTroupe {
  return new ClientTroupe(process, { id: 0, name: "", module: 0, members: [{ address }] });
}

/**
 * Whether the caller began the thread. An unreplicated caller's CALL that was captured elsewhere is not executed for
 * another process.
 */
function beganThread(exchange: ServerExchange, { origin, incarnation }: Call): boolean {
  return origin === exchange.peer && incarnation === exchange.peerIncarnation;
}
