/**
 * Exports: a module, its procedures, and the collators of a replicated caller's CALLs. Source: dissertation, export.
 */
import type { LossListener } from "../../thread/context.ts";
import type { Troupe } from "../../troupe/troupe.ts";
import type { Call } from "../../wire/call.ts";
import { unanimous, type Collator } from "../collator.ts";
import { interfaceOf, type Interface, type InterfaceProcedure } from "../interface.ts";
import type { ModuleClass, ProcedureName } from "../module.ts";
import { FixedAdmission, type Admission } from "./admission.ts";
import { CommonState, type Marked } from "./common-state.ts";
import type { CallerArguments } from "./caller-arguments.ts";
import type { Ordering, OrderingName, TransactionOptions } from "./ordering.ts";
import type { ReturnFilter } from "./return-filter.ts";

/**
 * A programmer's own collator of arguments: a function of the generator of CALLs. It answers the arguments of the
 * execution.
 */
export type ArgumentCollator = (calls: AsyncIterableIterator<CallerArguments>) => Promise<readonly unknown[]>;

export interface ExportOptions<T extends object> {
  readonly troupe: Troupe;
  /** A compiled interface. Default: the interface of the module's class. */
  readonly interface?: Interface;
  /** The collator of a replicated caller's CALLs, by procedure. Default: `unanimous`. */
  readonly collators?: Partial<Record<ProcedureName<T>, Collator | ArgumentCollator>>;
  /** Procedures whose argument is the generator of CALLs (of type `AsyncIterableIterator<CallerArguments>`). */
  readonly explicit?: readonly ProcedureName<T>[];
  /**
   * The return filters, in the order in which they are asked. The filter of a membership that may change comes last.
   */
  readonly filters?: readonly ReturnFilter[];
  /**
   * The protocol that makes the order of calls equal at all members. Default: `none`. Invariant: all members name the
   * same protocol.
   */
  readonly ordering?: OrderingName;
  /** The constants of the ordering protocol. */
  readonly transactions?: Partial<TransactionOptions>;
}

export class Procedure {
  readonly form: InterfaceProcedure;
  readonly collator: Collator;
  readonly collate: ArgumentCollator | undefined;
  readonly explicit: boolean;

  constructor(form: InterfaceProcedure, collator: Collator | ArgumentCollator | undefined, explicit: boolean) {
    this.form = form;
    this.collator = typeof collator === "object" ? collator : (form.argumentCollator ?? unanimous);
    this.collate = typeof collator === "function" ? collator : undefined;
    this.explicit = explicit || form.takesGenerator === true;
  }

  get name(): string {
    return this.form.name;
  }

  /** Whether the program reads the CALLs one by one. */
  get takesGenerator(): boolean {
    return this.explicit || this.collate !== undefined;
  }

  /** @throws whatever the procedure throws; TypeError if it changes what is `common` to instances */
  call(module: object, args: readonly unknown[], common?: CommonState): unknown {
    if (common !== undefined) return common.call(this.name, () => this.call(module, args));
    const procedures = module as Record<string, (...args: readonly unknown[]) => unknown>;
    // To spread a list costs more than most procedures.
    return args.length === 1 ? procedures[this.name]!(args[0]) : procedures[this.name]!(...args);
  }
}

/** The rules that a membership imposes on an exported module. */
export interface MemberRules {
  readonly admission: Admission;
  readonly filter: ReturnFilter;
  readonly losses: LossListener;
}

/** One exported module. */
export class Export {
  readonly module: object;
  /** The module number in CALLs. */
  readonly number: number;
  readonly interface: Interface;
  /** The procedures by their numbers. */
  readonly procedures: readonly (Procedure | undefined)[];
  readonly admission: Admission;
  readonly filters: readonly ReturnFilter[];
  /** Whether procedures may wait for what the runtime does not give them, as their class declares. */
  readonly waitsForAnything: boolean;
  /** Hears of callees that the module's procedures have lost. */
  readonly losses: LossListener | undefined;
  /** What the module may have in common with others in this process, which is no state of its own. */
  readonly common: CommonState | undefined;
  /** The ordering of calls; undefined if calls are executed as they arrive. */
  ordering: Ordering | undefined = undefined;
  /** Hears of each execution that has ended. */
  executed: ((call: Call, procedure: string) => void) | undefined = undefined;
  /** The number of running executions. */
  #running = 0;
  #whenIdle: (() => void)[] = [];

  constructor(module: object, options: ExportOptions<object>, rules?: MemberRules) {
    this.module = module;
    this.number = options.troupe.module;
    this.interface = options.interface ?? interfaceOf(module.constructor as ModuleClass<object>);
    this.procedures = proceduresWith(module, this.interface, options);
    this.admission = rules?.admission ?? new FixedAdmission(options.troupe);
    this.filters = rules === undefined ? (options.filters ?? []) : [...(options.filters ?? []), rules.filter];
    this.losses = rules?.losses;
    this.waitsForAnything = (module.constructor as Marked).outside?.includes("waits") === true;
    this.common = CommonState.of(module);
  }

  /** The troupe that the module belongs to at present. */
  get troupe(): Troupe {
    return this.admission.troupe;
  }

  get isIdle(): boolean {
    return this.#running === 0;
  }

  /** An execution begins. */
  begin(): void {
    this.#running++;
  }

  /** An execution has ended. */
  end(): void {
    if (--this.#running > 0 || this.#whenIdle.length === 0) return;
    const waiting = this.#whenIdle;
    this.#whenIdle = [];
    for (const then of waiting) then();
  }

  /** Calls `then` once, when the last running execution has ended. */
  whenIdle(then: () => void): void {
    this.#whenIdle.push(then);
  }
}

/** The procedures of interfaces that are exported without further options, shared by all members. */
const plain = new WeakMap<Interface, readonly (Procedure | undefined)[]>();

/**
 * The procedures of the interface, with the options applied.
 *
 * @throws TypeError if the module lacks a procedure of its interface, or the options name an unknown procedure
 */
function proceduresWith(
  module: object,
  type: Interface,
  options: ExportOptions<object>,
): readonly (Procedure | undefined)[] {
  const names = type.procedures.map(({ name }) => name);
  const missing = names.find((name) => typeof (module as Record<string, unknown>)[name] !== "function");
  if (missing !== undefined)
    throw new TypeError(`module ${module.constructor.name} has no procedure "${missing}", which ${type.name} has`);
  const collators: Partial<Record<string, Collator | ArgumentCollator>> = options.collators ?? {};
  const explicit: readonly string[] = options.explicit ?? [];
  for (const name of [...Object.keys(collators), ...explicit]) {
    if (!names.includes(name)) throw new TypeError(`module ${type.name} has no procedure "${name}"`);
  }
  if (options.collators !== undefined || options.explicit !== undefined)
    return numbered(type, (form) => new Procedure(form, collators[form.name], explicit.includes(form.name)));
  const shared = plain.get(type) ?? numbered(type, (form) => new Procedure(form, undefined, false));
  plain.set(type, shared);
  return shared;
}

function numbered(type: Interface, make: (form: InterfaceProcedure) => Procedure): readonly (Procedure | undefined)[] {
  const procedures: (Procedure | undefined)[] = [];
  for (const form of type.procedures) {
    while (procedures.length < form.number) procedures.push(undefined);
    procedures[form.number] = make(form);
  }
  return procedures;
}
