/** What a process exports: a module, its procedures, and how the CALLs of a replicated caller become one. */
import type { Host, Milliseconds } from "../../host.ts";
import type { ServerExchange } from "../../message/incoming-call.ts";
import type { Troupe, TroupeId } from "../../troupe/troupe.ts";
import type { CallHeader } from "../../wire/call.ts";
import { unanimous, type Collator } from "../collator.ts";
import { proceduresOf, type ModuleClass, type ProcedureName } from "../module.ts";
import type { CallerArguments } from "./caller-arguments.ts";
import type { Invocation } from "./invocation.ts";

/** A programmer's own collator of arguments: a function over the generator of CALLs, that answers the arguments to execute with. */
export type ArgumentCollator = (calls: AsyncIterableIterator<CallerArguments>) => Promise<readonly unknown[]>;

export interface ExportOptions<T extends object> {
  readonly troupe: Troupe;
  /** How the CALLs of a replicated caller become one, by procedure; `unanimous` where nothing is said. */
  readonly collators?: Partial<Record<ProcedureName<T>, Collator | ArgumentCollator>>;
  /** Procedures that take, instead of their arguments, the generator of CALLs (of type `AsyncIterableIterator<CallerArguments>`). */
  readonly explicit?: readonly ProcedureName<T>[];
}

export class Procedure {
  readonly name: string;
  readonly collator: Collator;
  readonly collate: ArgumentCollator | undefined;
  readonly explicit: boolean;

  constructor(name: string, collator: Collator | ArgumentCollator, explicit: boolean) {
    this.name = name;
    this.collator = typeof collator === "function" ? unanimous : collator;
    this.collate = typeof collator === "function" ? collator : undefined;
    this.explicit = explicit;
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
  readonly procedures: readonly Procedure[];
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
    this.procedures = proceduresWith(module.constructor as ModuleClass<object>, options);
  }

  /** Whether a CALL with that server troupe ID may be executed now. */
  isOpenTo(troupe: TroupeId, host: Host): boolean {
    return troupe === this.admits && (this.expiry === Infinity || host.now() < this.expiry);
  }
}

/** Procedures of classes that are exported without further options: shared by all members. */
const plain = new WeakMap<object, readonly Procedure[]>();

function proceduresWith(type: ModuleClass<object>, options: ExportOptions<object>): readonly Procedure[] {
  const names = proceduresOf(type);
  if (options.collators === undefined && options.explicit === undefined) {
    const shared = plain.get(type) ?? names.map((name) => new Procedure(name, unanimous, false));
    plain.set(type, shared);
    return shared;
  }
  const collators: Partial<Record<string, Collator | ArgumentCollator>> = options.collators ?? {};
  const explicit: readonly string[] = options.explicit ?? [];
  for (const name of [...Object.keys(collators), ...explicit]) {
    if (!names.includes(name)) throw new TypeError(`module ${type.name} has no procedure "${name}"`);
  }
  return names.map((name) => new Procedure(name, collators[name] ?? unanimous, explicit.includes(name)));
}
