/** The execution of a procedure, once for each replicated call. */
import type { CallErrorKind } from "../../errors.ts";
import type { ServerExchange } from "../../message/incoming-call.ts";
import type { Program } from "../../program/program.ts";
import type { Arrivals } from "../../thread/arrivals.ts";
import { Context, describeCall } from "../../thread/context.ts";
import { MalformedError, Writer } from "../../wire/bytes.ts";
import { readArguments, writeFailed, writeRaised, writeResult, type CallHeader } from "../../wire/call.ts";
import { headerBytes } from "../../wire/segment.ts";
import type { CallerArguments } from "./caller-arguments.ts";
import type { Export, Procedure } from "./export.ts";

const writer = new Writer();

/** Answers a CALL without executing anything. */
export function refuse(exchange: ServerExchange, kind: CallErrorKind): void {
  exchange.reply(writeFailed(writer, kind));
}

/** Where a RETURN goes. */
interface Answer {
  reply(message: Uint8Array): void;
  /** Keeps it for repetitions of the CALL; answers the CALLs that wait. */
  keepReply(message: Uint8Array): readonly ServerExchange[];
}

/** One execution of a procedure, and whom its RETURN goes to. */
export class Invocation {
  readonly #program: Program;
  readonly #exported: Export;
  readonly #procedure: Procedure;
  readonly #message: Uint8Array;
  readonly #header: CallHeader;
  readonly #answer: Answer;
  /** Where the procedure runs, and the program's collator of its arguments before it. */
  readonly context: Context;
  /** Collated by the program's own collator; undefined: internalized from the message. */
  #arguments: readonly unknown[] | undefined = undefined;
  /** Once it has ended. */
  #return: Uint8Array | undefined = undefined;

  constructor(
    program: Program,
    exported: Export,
    procedure: Procedure,
    message: Uint8Array,
    header: CallHeader,
    answer: Answer,
  ) {
    this.#program = program;
    this.#exported = exported;
    this.#procedure = procedure;
    this.#message = message;
    this.#header = header;
    this.#answer = answer;
    this.context = new Context(message, headerBytes, header.pathEnd, exported.troupe.id, header.clock);
    this.context.gate = exported.gate;
  }

  /** With these arguments; without, with those of the message. */
  start(args?: readonly unknown[]): void {
    this.#exported.running++;
    this.#go(args);
  }

  /** With what the program's own collator makes of the arguments that come. */
  startWith(collate: NonNullable<Procedure["collate"]>, arrivals: Arrivals<CallerArguments>): void {
    this.#exported.running++;
    // In a branch: the calls that it makes may depend on the order of arrivals, and those of the procedure must not.
    this.#program.resume(this.context.branch(), () => {
      // The program's collator may also throw before it answers a promise.
      new Promise<readonly unknown[]>((resolve) => resolve(collate(arrivals))).then(
        (args) => this.#go(args),
        (error: unknown) => this.#end(writeRaised(writer, error, this.#procedure.form)),
      );
    });
  }

  #go(args: readonly unknown[] | undefined): void {
    this.#arguments = args;
    this.#program.host.turn(execute, this as Invocation);
  }

  /** In a turn of its own. Answers whether the procedure was asynchronous. */
  execute(): boolean {
    const program = this.#program;
    try {
      this.#arguments ??= readArguments(this.#message, this.#header.argumentsAt, this.#procedure.form);
    } catch (error) {
      if (!(error instanceof MalformedError)) throw error;
      program.endpoint.counters.malformed++;
      this.#end(writeFailed(writer, "bad-arguments"));
      return false;
    }
    this.#trace("execute");
    program.enter(this.context);
    let result: unknown;
    try {
      result = this.#procedure.call(this.#exported.module, this.#arguments);
    } catch (error) {
      program.leave();
      this.#raised(error);
      return false;
    }
    if (isPromise(result)) {
      program.leaveLater();
      result.then(
        (value) => this.#returned(value),
        (error: unknown) => this.#raised(error),
      );
      return true;
    }
    program.leave();
    this.#returned(result);
    return false;
  }

  #returned(value: unknown): void {
    let message: Uint8Array;
    try {
      message = writeResult(writer, value, this.#procedure.form);
      this.#program.endpoint.checkLength(this.#program.endpoint.segmentsOf(message));
    } catch (error) {
      this.#raised(error);
      return;
    }
    this.#trace("returned");
    this.#end(message);
  }

  #raised(error: unknown): void {
    this.#trace("raised");
    this.#end(writeRaised(writer, error, this.#procedure.form));
  }

  #end(message: Uint8Array): void {
    this.#return = message;
    const exported = this.#exported;
    if (exported.gate?.withholds(this) !== true) this.release();
    if (--exported.running === 0) exported.gate?.idle();
  }

  /** Keeps the RETURN for repetitions under a later binding. */
  releaseLater(): void {
    for (const exchange of this.#answer.keepReply(this.#return!)) refuse(exchange, "stale-binding");
  }

  /** Sends the RETURN. */
  release(): void {
    // Whoever was refused as no member of its troupe has executed nothing, for all that the troupe knows.
    this.#answer.reply(this.context.expelled ? writeFailed(writer, "stale-binding") : this.#return!);
  }

  #trace(outcome: "execute" | "returned" | "raised"): void {
    const { host } = this.#program;
    if (!host.traced) return;
    const names = describeCall(this.#message, headerBytes, this.#header.pathEnd);
    const troupe = this.#exported.troupe.id;
    if (outcome === "execute") host.trace({ type: "execute", ...names, troupe, procedure: this.#procedure.name });
    else host.trace({ type: "executed", ...names, troupe, outcome });
  }
}

function execute(invocation: Invocation): boolean {
  return invocation.execute();
}

function isPromise(value: unknown): value is Promise<unknown> {
  return typeof value === "object" && value !== null && typeof (value as { then?: unknown }).then === "function";
}
