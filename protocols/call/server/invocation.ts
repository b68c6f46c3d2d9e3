/** The execution of a procedure, once for each replicated call. Source: dissertation, many-to-one calls. */
import type { Attempt } from "../../thread/attempt.ts";
import type { Arrivals } from "../../thread/arrivals.ts";
import { Context, describeCall } from "../../thread/context.ts";
import { Unfinished } from "../../thread/unfinished.ts";
import { MalformedError, Writer } from "../../wire/bytes.ts";
import { callKey, clockOf, readArguments, writeFailed, writeRaised, writeResult, type Call } from "../../wire/call.ts";
import { headerBytes } from "../../wire/segment.ts";
import type { Troupe } from "../../troupe/troupe.ts";
import type { InterfaceProcedure } from "../interface.ts";
import type { Process } from "../process.ts";
import type { CallerArguments } from "./caller-arguments.ts";
import type { Export, Procedure } from "./export.ts";
import { refuse } from "./incoming.ts";
import type { Answer, OrderedAnswer, OrderedCall, Run } from "./ordering.ts";
import type { Execution } from "./return-filter.ts";

const writer = new Writer();

/** One execution of a procedure, and the destination of its RETURN. */
export class Invocation implements Execution, OrderedCall {
  readonly #process: Process;
  readonly #exported: Export;
  readonly procedure: Procedure;
  readonly call: Call;
  readonly #answer: Answer;
  /** The troupe as it was when the execution was asked for: in its name the procedure calls others. */
  readonly #troupe: Troupe;
  #origin: Context | undefined = undefined;
  /** The attempt of a transaction that is executed, and its context if that is not `origin`. */
  #undertaking: Attempt | undefined = undefined;
  step = 0;
  #attempt: Context | undefined = undefined;
  /** The execution under way, in a module with transactions. */
  #run: Run | undefined = undefined;
  #name: string | undefined = undefined;
  /** The arguments from the program's own collator; undefined if they are internalized from the message. */
  #arguments: readonly unknown[] | undefined = undefined;
  /** The RETURN, once the procedure has ended. */
  #return: Uint8Array | undefined = undefined;
  /** The number of filters that have been asked whether they hold the RETURN. */
  #filters = 0;

  constructor(process: Process, exported: Export, procedure: Procedure, call: Call, answer: Answer) {
    this.#process = process;
    this.#exported = exported;
    this.procedure = procedure;
    this.call = call;
    this.#answer = answer;
    this.#troupe = exported.troupe;
  }

  /**
   * The context of the call that is executed. Few procedures need one: those that call others, or ask for time or
   * chance.
   */
  get origin(): Context {
    return (this.#origin ??= this.#newContext());
  }

  #newContext(): Context {
    const { message, pathEnd } = this.call;
    const { losses } = this.#exported;
    const context = new Context(message, headerBytes, pathEnd, this.#troupe.id, clockOf(this.call), losses);
    if (this.step === 0) context.undertaking = this.#undertaking;
    return context;
  }

  /**
   * The context of the procedure, and before it of the program's collator: the call's context, or an attempt of it.
   */
  get context(): Context {
    if (this.step === 0) return this.origin;
    if (this.#attempt === undefined) {
      this.#attempt = this.origin.attempt(this.step);
      this.#attempt.undertaking = this.#undertaking;
    }
    return this.#attempt;
  }

  /** The context of the procedure, if anybody has asked for it. */
  get #made(): Context | undefined {
    return this.step === 0 ? this.#origin : this.#attempt;
  }

  undertake(undertaking: Attempt | undefined, step: number): void {
    this.#undertaking = undertaking;
    this.step = step;
    this.#attempt = undefined;
    if (step === 0 && this.#origin !== undefined) this.#origin.undertaking = undertaking;
  }

  get form(): InterfaceProcedure {
    return this.procedure.form;
  }

  /** In a module with an ordering, every answer is an OrderedAnswer (reception.ts, many-to-one.ts). */
  get answers(): OrderedAnswer {
    return this.#answer as OrderedAnswer;
  }

  get name(): string {
    return (this.#name ??= callKey(this.call.message, this.call.pathEnd));
  }

  isWithin(other: OrderedCall): boolean {
    return this.name.length > other.name.length && this.name.startsWith(other.name);
  }

  /** Starts the execution with these arguments, or with the arguments in the message. */
  start(args?: readonly unknown[]): void {
    const { ordering } = this.#exported;
    if (ordering !== undefined) ordering.submit(this);
    else {
      this.#exported.begin();
      this.#go(args);
    }
  }

  run(run: Run): void {
    this.#exported.begin();
    this.#run = run;
    this.#process.host.turn(execute, this as Invocation);
  }

  abandon(): void {
    if (this.#run === undefined) return;
    this.#run = undefined;
    this.#exported.end();
  }

  answer(message: Uint8Array): void {
    this.#return = message;
    this.proceed();
  }

  read(): readonly unknown[] | undefined {
    try {
      return (this.#arguments ??= readArguments(this.call, this.procedure.form));
    } catch (error) {
      if (!(error instanceof MalformedError)) throw error;
      return undefined;
    }
  }

  /** Starts the execution with the arguments that the program's own collator makes from the arrivals. */
  startWith(collate: NonNullable<Procedure["collate"]>, arrivals: Arrivals<CallerArguments>): void {
    this.#exported.begin();
    // The collator runs in a branch. Its calls may depend on the order of arrivals; the calls of the procedure must
    // not.
    this.#process.runtime.resume(this.context.branch(), () => {
      // The program's collator may also throw before it answers a promise.
      new Promise<readonly unknown[]>((resolve) => resolve(collate(arrivals))).then(
        (args) => this.#go(args),
        (error: unknown) => this.#end(undefined, writeRaised(writer, error, this.procedure.form), true),
      );
    });
  }

  #go(args: readonly unknown[] | undefined): void {
    this.#arguments = args;
    this.#process.host.turn(execute, this as Invocation);
  }

  /** Executes the procedure in a turn of its own. Answers whether the procedure was asynchronous. */
  execute(): boolean {
    const process = this.#process;
    const run = this.#run;
    // The execution was abandoned meanwhile.
    if (run === undefined && this.#exported.ordering !== undefined) return false;
    const args = this.read();
    if (args === undefined) {
      process.endpoint.counters.malformed++;
      this.#end(run, writeFailed(writer, "bad-arguments"), true);
      return false;
    }
    this.#trace("execute");
    process.runtime.begin(this);
    let result: unknown;
    try {
      const { module, common } = this.#exported;
      result = this.procedure.call(run === undefined ? module : run.open(), args, common);
    } catch (error) {
      process.runtime.leave();
      this.#raised(run, error);
      return false;
    }
    if (isPromise(result)) {
      this.#await(run, result);
      return true;
    }
    process.runtime.leave();
    this.#returned(run, result);
    return false;
  }

  /** The procedure ends with the promise, or when it waits for what the runtime did not give. */
  #await(run: Run | undefined, result: Promise<unknown>): void {
    const { runtime } = this.#process;
    const { context } = this;
    runtime.enter(context);
    let ended = false;
    const end = (then: () => void): void => {
      if (ended) return;
      ended = true;
      context.forsake = undefined;
      then();
    };
    if (!this.#exported.waitsForAnything) {
      context.forsake = () => end(() => this.#raised(run, new Unfinished(this.#title, "waits")));
    }
    runtime.leaveLater(context);
    result.then(
      (value) => end(() => this.#returned(run, value)),
      (error: unknown) => end(() => this.#raised(run, error)),
    );
  }

  get #title(): string {
    return `${this.#exported.interface.name}.${this.procedure.name}`;
  }

  #returned(run: Run | undefined, value: unknown): void {
    let message: Uint8Array;
    try {
      const context = this.#made;
      if (context?.timers !== undefined && context.timers.pending > 0) {
        context.timers = undefined;
        throw new Unfinished(this.#title, "timers");
      }
      message = writeResult(writer, value, this.procedure.form);
      this.#process.endpoint.checkLength(this.#process.endpoint.segmentsOf(message));
    } catch (error) {
      this.#raised(run, error);
      return;
    }
    this.#trace("returned");
    this.#end(run, message, false);
  }

  #raised(run: Run | undefined, error: unknown): void {
    this.#trace("raised");
    this.#end(run, writeRaised(writer, error, this.procedure.form), true);
  }

  #end(run: Run | undefined, message: Uint8Array, raised: boolean): void {
    if (run === undefined) this.answer(message);
    else if (run !== this.#run) return;
    else {
      this.#run = undefined;
      run.done(message, raised);
    }
    this.#exported.end();
    this.#exported.executed?.(this.call, this.procedure.name);
  }

  retain(): void {
    for (const exchange of this.#answer.retainReply(this.#return!)) refuse(exchange, "stale-binding");
  }

  proceed(): void {
    const { filters } = this.#exported;
    while (this.#filters < filters.length) if (filters[this.#filters++]!.holds(this)) return;
    // A member that was refused as no member of its troupe counts as having executed nothing.
    this.#answer.reply(this.#made?.expelled === true ? writeFailed(writer, "stale-binding") : this.#return!);
  }

  #trace(outcome: "execute" | "returned" | "raised"): void {
    const { host } = this.#process;
    if (!host.traced) return;
    const names = describeCall(this.call.message, headerBytes, this.call.pathEnd);
    const troupe = this.#exported.troupe.id;
    if (outcome === "execute") host.trace({ type: "execute", ...names, troupe, procedure: this.procedure.name });
    else host.trace({ type: "executed", ...names, troupe, outcome });
  }
}

function execute(invocation: Invocation): boolean {
  return invocation.execute();
}

function isPromise(value: unknown): value is Promise<unknown> {
  return typeof value === "object" && value !== null && typeof (value as { then?: unknown }).then === "function";
}
