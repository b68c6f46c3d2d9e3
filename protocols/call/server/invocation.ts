/** The execution of a procedure, once for each replicated call. */
import type { ServerExchange } from "../../message/incoming-call.ts";
import type { Arrivals } from "../../thread/arrivals.ts";
import { Context, describeCall } from "../../thread/context.ts";
import { MalformedError, Writer } from "../../wire/bytes.ts";
import { readArguments, writeFailed, writeRaised, writeResult, type Call } from "../../wire/call.ts";
import { headerBytes } from "../../wire/segment.ts";
import type { Process } from "../process.ts";
import type { CallerArguments } from "./caller-arguments.ts";
import type { Export, Procedure } from "./export.ts";
import { refuse } from "./incoming.ts";
import type { Execution } from "./return-filter.ts";

const writer = new Writer();

/** Where a RETURN goes. */
interface Answer {
  reply(message: Uint8Array): void;
  /** Keeps it for repetitions of the CALL; answers the CALLs that wait. */
  keepReply(message: Uint8Array): readonly ServerExchange[];
}

/** One execution of a procedure, and whom its RETURN goes to. */
export class Invocation implements Execution {
  readonly #process: Process;
  readonly #exported: Export;
  readonly #procedure: Procedure;
  readonly #call: Call;
  readonly #answer: Answer;
  /** Where the procedure runs, and the program's collator of its arguments before it. */
  readonly context: Context;
  /** Collated by the program's own collator; undefined: internalized from the message. */
  #arguments: readonly unknown[] | undefined = undefined;
  /** Once it has ended. */
  #return: Uint8Array | undefined = undefined;
  /** How many filters have been asked whether they hold the RETURN. */
  #filters = 0;

  constructor(process: Process, exported: Export, procedure: Procedure, call: Call, answer: Answer) {
    this.#process = process;
    this.#exported = exported;
    this.#procedure = procedure;
    this.#call = call;
    this.#answer = answer;
    const { message, pathEnd, clock } = call;
    this.context = new Context(message, headerBytes, pathEnd, exported.troupe.id, clock, exported.losses);
  }

  /** With these arguments; without, with those of the message. */
  start(args?: readonly unknown[]): void {
    this.#exported.begin();
    this.#go(args);
  }

  /** With what the program's own collator makes of the arguments that come. */
  startWith(collate: NonNullable<Procedure["collate"]>, arrivals: Arrivals<CallerArguments>): void {
    this.#exported.begin();
    // In a branch: the calls that it makes may depend on the order of arrivals, and those of the procedure must not.
    this.#process.runtime.resume(this.context.branch(), () => {
      // The program's collator may also throw before it answers a promise.
      new Promise<readonly unknown[]>((resolve) => resolve(collate(arrivals))).then(
        (args) => this.#go(args),
        (error: unknown) => this.#end(writeRaised(writer, error, this.#procedure.form)),
      );
    });
  }

  #go(args: readonly unknown[] | undefined): void {
    this.#arguments = args;
    this.#process.host.turn(execute, this as Invocation);
  }

  /** In a turn of its own. Answers whether the procedure was asynchronous. */
  execute(): boolean {
    const process = this.#process;
    try {
      this.#arguments ??= readArguments(this.#call, this.#procedure.form);
    } catch (error) {
      if (!(error instanceof MalformedError)) throw error;
      process.endpoint.counters.malformed++;
      this.#end(writeFailed(writer, "bad-arguments"));
      return false;
    }
    this.#trace("execute");
    process.runtime.enter(this.context);
    let result: unknown;
    try {
      result = this.#procedure.call(this.#exported.module, this.#arguments);
    } catch (error) {
      process.runtime.leave();
      this.#raised(error);
      return false;
    }
    if (isPromise(result)) {
      process.runtime.leaveLater();
      result.then(
        (value) => this.#returned(value),
        (error: unknown) => this.#raised(error),
      );
      return true;
    }
    process.runtime.leave();
    this.#returned(result);
    return false;
  }

  #returned(value: unknown): void {
    let message: Uint8Array;
    try {
      message = writeResult(writer, value, this.#procedure.form);
      this.#process.endpoint.checkLength(this.#process.endpoint.segmentsOf(message));
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
    this.proceed();
    this.#exported.end();
  }

  retain(): void {
    for (const exchange of this.#answer.keepReply(this.#return!)) refuse(exchange, "stale-binding");
  }

  proceed(): void {
    const { filters } = this.#exported;
    while (this.#filters < filters.length) if (filters[this.#filters++]!.holds(this)) return;
    // Whoever was refused as no member of its troupe has executed nothing, for all that the troupe knows.
    this.#answer.reply(this.context.expelled ? writeFailed(writer, "stale-binding") : this.#return!);
  }

  #trace(outcome: "execute" | "returned" | "raised"): void {
    const { host } = this.#process;
    if (!host.traced) return;
    const names = describeCall(this.#call.message, headerBytes, this.#call.pathEnd);
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
