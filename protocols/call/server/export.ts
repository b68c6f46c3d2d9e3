/** What a process exports: a module, its procedures, and how the CALLs of a replicated caller become one. */
import type { LossListener } from "../../thread/context.ts";
import type { Troupe } from "../../troupe/troupe.ts";
import { unanimous, type Collator } from "../collator.ts";
import { interfaceOf, type Interface, type InterfaceProcedure } from "../interface.ts";
import type { ModuleClass, ProcedureName } from "../module.ts";
import { FixedAdmission, type Admission } from "./admission.ts";
import type { CallerArguments } from "./caller-arguments.ts";
import type { Ordering, OrderingName, TransactionOptions } from "./ordering.ts";
import type { ReturnFilter } from "./return-filter.ts";

/** A programmer's own collator of arguments: a function over the generator of CALLs, that answers the arguments to execute with. */
export type ArgumentCollator = (calls: AsyncIterableIterator<CallerArguments>) => Promise<readonly unknown[]>;

export interface ExportOptions<T extends object> {
  readonly troupe: Troupe;
  /** A compiled interface; if nothing is said, that of the module's class. */
  readonly interface?: Interface;
  /** How the CALLs of a replicated caller become one, by procedure; `unanimous` where nothing is said. */
  readonly collators?: Partial<Record<ProcedureName<T>, Collator | ArgumentCollator>>;
  /** Procedures that take, instead of their arguments, the generator of CALLs (of type `AsyncIterableIterator<CallerArguments>`). */
  readonly explicit?: readonly ProcedureName<T>[];
  /** What may hold RETURNs back, in the order in which they are asked; a membership that may change is asked last. */
  readonly filters?: readonly ReturnFilter[];
  /** What makes the order of calls the same at all members; `none` if nothing is said. All members must have the same. */
  readonly ordering?: OrderingName;
  /** Constants of that. */
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

  /** Whether the program itself looks at the CALLs one by one. */
  get takesGenerator(): boolean {
    return this.explicit || this.collate !== undefined;
  }

  call(module: object, args: readonly unknown[]): unknown {
    return (module as Record<string, (...args: readonly unknown[]) => unknown>)[this.name]!(...args);
  }
}

/** What an exported module owes to its troupe, if that may change. */
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
  /** Each at the place that is its number. */
  readonly procedures: readonly (Procedure | undefined)[];
  readonly admission: Admission;
  readonly filters: readonly ReturnFilter[];
  /** Is told of callees that the module's procedures have lost. */
  readonly losses: LossListener | undefined;
  /** Undefined: calls are executed as they come. */
  ordering: Ordering | undefined = undefined;
  /** Executions under way. */
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

  /** Calls `then` once, when the last execution under way has ended. */
  whenIdle(then: () => void): void {
    this.#whenIdle.push(then);
  }
}

/** Procedures of interfaces that are exported without further options: shared by all members. */
const plain = new WeakMap<Interface, readonly (Procedure | undefined)[]>();

/** Throws TypeError if the module has not all procedures of its interface, or the options name others. */
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
