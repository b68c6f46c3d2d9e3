/** What a process exports: a module, its procedures, and how the CALLs of a replicated caller become one. */
import type { Host, Milliseconds } from "../../host.ts";
import type { ServerExchange } from "../../message/incoming-call.ts";
import type { Troupe, TroupeId } from "../../troupe/troupe.ts";
import type { CallHeader } from "../../wire/call.ts";
import { unanimous, type Collator } from "../collator.ts";
import { interfaceOf, type Interface, type InterfaceProcedure } from "../interface.ts";
import type { ModuleClass, ProcedureName } from "../module.ts";
import type { CallerArguments } from "./caller-arguments.ts";
import type { Invocation } from "./invocation.ts";

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

/** Stands between a module whose troupe may change and the CALLs that do not carry the ID that it admits. */
export interface Gate {
  called(exchange: ServerExchange, message: Uint8Array, header: CallHeader): void;
  /** The last execution under way has ended. */
  idle(): void;
  /** A call that this module made has ended without an answer, since its callee is lost: a fellow may have been answered before. */
  toldOfLoss(call: string): void;
  /** Whether the RETURN waits until that is settled; it is released then. */
  withholds(invocation: Invocation): boolean;
}

/** Admits no CALL. */
export const nobody: TroupeId = -1;

/** One exported module. */
export class Export {
  readonly module: object;
  /** The troupe that the module belongs to, as of now. */
  troupe: Troupe;
  readonly interface: Interface;
  /** Each at the place that is its number. */
  readonly procedures: readonly (Procedure | undefined)[];
  /** The troupe ID that a CALL must carry to be executed. */
  admits: TroupeId;
  /** From then on, by the host's clock, no CALL is executed. */
  expiry: Milliseconds = Infinity;
  /** Executions under way. */
  running = 0;
  /** Undefined: the troupe never changes. */
  gate: Gate | undefined = undefined;

  constructor(module: object, options: ExportOptions<object>) {
    this.module = module;
    this.troupe = options.troupe;
    this.admits = options.troupe.id;
    this.interface = options.interface ?? interfaceOf(module.constructor as ModuleClass<object>);
    this.procedures = proceduresWith(module, this.interface, options);
  }

  /** Whether a CALL with that server troupe ID may be executed now. */
  isOpenTo(troupe: TroupeId, host: Host): boolean {
    return troupe === this.admits && (this.expiry === Infinity || host.now() < this.expiry);
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
