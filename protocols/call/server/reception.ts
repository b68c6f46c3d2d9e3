/**
 * The server side of a process: the modules that it exports, and the CALLs that come for them.
 *
 * A CALL is executed if it carries the ID that the module admits (dissertation, chapter 6). One that does not is refused as stale,
 * or goes to the gate of a module whose troupe may change (binding/member/membership.ts).
 */
import type { Receiver } from "../../message/endpoint.ts";
import type { ServerExchange } from "../../message/incoming-call.ts";
import { answerInquiry } from "../../program/call-status.ts";
import type { Program } from "../../program/program.ts";
import { baseOf, supersedes } from "../../troupe/troupe-id.ts";
import type { TroupeId } from "../../troupe/troupe.ts";
import { MalformedError } from "../../wire/bytes.ts";
import { callKey, readCallHeader, type CallHeader } from "../../wire/call.ts";
import { headerBytes } from "../../wire/segment.ts";
import { ClientTroupe } from "./client-troupe.ts";
import { ClientTroupes } from "./client-troupes.ts";
import { Export, type ExportOptions, type Procedure } from "./export.ts";
import { Invocation, refuse } from "./invocation.ts";
import { Gathering } from "./many-to-one.ts";

export class Reception implements Receiver {
  readonly #program: Program;
  /** Few: mostly one. */
  readonly #exports: Export[] = [];
  /** Calls of replicated callers, by thread and path; only where there are such. */
  #gatherings: Map<string, Gathering> | undefined = undefined;
  readonly clients: ClientTroupes;

  constructor(program: Program) {
    this.#program = program;
    this.clients = new ClientTroupes(program);
  }

  export<T extends object>(module: T, options: ExportOptions<T>): Export {
    const { troupe } = options;
    if (this.#exported(troupe.module) !== undefined) {
      throw new RangeError(`module number ${troupe.module} of troupe "${troupe.name}" is exported already`);
    }
    const exported = new Export(module, options as ExportOptions<object>);
    this.#exports.push(exported);
    if (troupe.group !== undefined) this.#program.host.join(troupe.group);
    return exported;
  }

  /** Exports the module no longer. */
  withdraw(exported: Export): void {
    const place = this.#exports.indexOf(exported);
    if (place < 0) return;
    this.#exports.splice(place, 1);
    const { group } = exported.troupe;
    if (group !== undefined) this.#program.host.leave(group);
  }

  #exported(module: number): Export | undefined {
    const exports = this.#exports;
    for (let i = 0; i < exports.length; i++) if (exports[i]!.troupe.module === module) return exports[i];
    return undefined;
  }

  /** A CALL has come (Receiver). */
  called(exchange: ServerExchange, message: Uint8Array): void {
    let header: CallHeader;
    try {
      header = readCallHeader(message);
    } catch (error) {
      if (!(error instanceof MalformedError)) throw error;
      this.#program.endpoint.counters.malformed++;
      refuse(exchange, "bad-arguments");
      return;
    }
    if (header.serverTroupe === 0) answerInquiry(this.#program, exchange, message, header);
    else if (header.clientTroupe === 0 && !beganThread(exchange, header)) refuse(exchange, "not-a-member");
    else this.dispatch(exchange, message, header);
  }

  /** Executes the CALL, if the module that it is for admits it. */
  dispatch(exchange: ServerExchange, message: Uint8Array, header: CallHeader): void {
    const exported = this.#exported(header.module);
    const procedure = exported?.procedures[header.procedure];
    // Only a troupe that can change has its base for a module number: this process is no member of it, or not any more.
    if (exported === undefined && baseOf(header.serverTroupe) === header.module) refuse(exchange, "stale-binding");
    else if (exported === undefined || procedure === undefined) refuse(exchange, "unknown-procedure");
    else if (exported.isOpenTo(header.serverTroupe, this.#program.host)) {
      if (header.clientTroupe !== 0 || procedure.takesGenerator) {
        this.#gather(exchange, message, header, exported, procedure);
      } else if (exported.gate === undefined) {
        new Invocation(this.#program, exported, procedure, message, header, exchange).start();
      } else this.#executeAndKeep(exchange, message, header, exported, procedure);
    } else if (exported.gate !== undefined) exported.gate.called(exchange, message, header);
    else refuse(exchange, "stale-binding");
  }

  /** Exactly once, though the client may have called before under another binding: under the exchange of its first attempt. */
  #executeAndKeep(
    exchange: ServerExchange,
    message: Uint8Array,
    header: CallHeader,
    exported: Export,
    procedure: Procedure,
  ): void {
    let home = exchange;
    if (header.first !== 0) {
      const first = this.#firstAttempt(exchange, header);
      if (first === undefined) return;
      if (first.kept !== undefined) {
        first.repeatedBy(exchange);
        return;
      }
      first.retire();
      home = first;
    }
    home.keep(message);
    if (home !== exchange) home.repeatedBy(exchange);
    new Invocation(this.#program, exported, procedure, message, header, home).start();
  }

  /** Undefined: the client is finished with that call, and waits for no answer. */
  #firstAttempt(exchange: ServerExchange, header: CallHeader): ServerExchange | undefined {
    const { peer: address, peerIncarnation: incarnation } = exchange;
    return this.#program.endpoint.retention.home({ address, incarnation, call: header.first }, header.first);
  }

  /** Answers a CALL that was executed under another binding; false if it was not, or is not known to have been. */
  answerAgain(exchange: ServerExchange, message: Uint8Array, header: CallHeader): boolean {
    if (header.clientTroupe !== 0) {
      const gathering = this.gathering(callKey(message, header.pathEnd));
      if (gathering?.decided !== true) return false;
      // Executed for a fellow under a later binding: those that this CALL is for would seem to have all answered it, and others be left out.
      if (supersedes(gathering.header.serverTroupe, header.serverTroupe)) return false;
      this.clients.find(header.clientTroupe, (client) => {
        if (client === undefined) refuse(exchange, "unknown-troupe");
        else gathering.add({ exchange, message, header }, client);
      });
      return true;
    }
    if (header.first === 0) return false;
    const first = this.#firstAttempt(exchange, header);
    if (first === undefined) return true;
    if (first.kept === undefined) return false;
    first.repeatedBy(exchange);
    return true;
  }

  #gather(
    exchange: ServerExchange,
    message: Uint8Array,
    header: CallHeader,
    exported: Export,
    procedure: Procedure,
  ): void {
    const id = header.clientTroupe;
    const client = id === 0 ? clientOf(this.#program, exchange) : this.clients.known(id);
    if (client === undefined) {
      this.clients.find(id, (found) => {
        // The module may have ceased to admit the CALL in the meantime.
        if (found === undefined) refuse(exchange, "unknown-troupe");
        else if (!exchange.finished) this.dispatch(exchange, message, header);
      });
      return;
    }
    if (client.place(exchange) < 0) {
      refuse(exchange, "not-a-member");
      return;
    }
    const key = callKey(message, header.pathEnd);
    const gathering =
      this.gathering(key) ??
      this.begin(new Gathering(this.#program, client, key, exported, procedure, message, header));
    gathering.add({ exchange, message, header }, client);
  }

  /** Whether an unreplicated client's call whose name ends there has been executed and is kept. */
  hasExecuted(message: Uint8Array, end: number): boolean {
    for (const { kept } of this.#program.endpoint.retention.kept()) {
      const executed = kept?.executed;
      if (executed !== undefined && hasName(executed, message, end)) return true;
    }
    return false;
  }

  /** Whether this process belongs to a later membership of the troupe. */
  isOver(troupe: TroupeId): boolean {
    return this.#exports.some((exported) => supersedes(exported.troupe.id, troupe));
  }

  gathering(key: string): Gathering | undefined {
    return this.#gatherings?.get(key);
  }

  /** The gatherings for calls of one module. */
  gatheringsOf(exported: Export): Gathering[] {
    return [...(this.#gatherings?.values() ?? [])].filter((gathering) => gathering.exported === exported);
  }

  begin(gathering: Gathering): Gathering {
    (this.#gatherings ??= new Map<string, Gathering>()).set(gathering.key, gathering);
    return gathering;
  }

  /** For Gathering: it is over. */
  gathered(gathering: Gathering): void {
    this.#gatherings?.delete(gathering.key);
  }
}

/** Whether thread ID and path of the CALL are those of the message up to `end`: what follows a path is a 0. */
function hasName(call: Uint8Array, message: Uint8Array, end: number): boolean {
  for (let i = headerBytes; i < end; i++) if (call[i] !== message[i]) return false;
  return call[end] === 0;
}

/** An unreplicated client, as a troupe of one. */
function clientOf(program: Program, { peer: address }: ServerExchange): ClientTroupe {
  return new ClientTroupe(program, { id: 0, name: "", module: 0, members: [{ address }] });
}

/** Who calls in its own name began the thread: a CALL that was captured elsewhere is not executed for another process. */
function beganThread(exchange: ServerExchange, { origin, incarnation }: CallHeader): boolean {
  return origin === exchange.peer && incarnation === exchange.peerIncarnation;
}
