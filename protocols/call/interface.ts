/**
 * Interfaces: what client and server agree on. Any class is an interface whose values carry tags. A compiled interface
 * (`troupe stubs`) has functions for its types, and names the collators of its procedures.
 *
 * Source: dissertation, stub compilers.
 */
import type { Reader, Writer } from "../wire/bytes.ts";
import { formWithRecords, taggedForm, type ProcedureForm } from "../wire/procedure.ts";
import type { KnownRecords } from "../wire/records.ts";
import type { Collator } from "./collator.ts";
import { proceduresOf, type ModuleClass } from "./module.ts";

export interface InterfaceProcedure<
  A extends readonly unknown[] = readonly unknown[],
  R = unknown,
> extends ProcedureForm<A, R> {
  /** The collator of results, unless the client names another. */
  readonly collator?: Collator;
  /** The collator of a replicated caller's arguments, unless the server names another. */
  readonly argumentCollator?: Collator;
  /** Whether the server's procedure takes the generator of arguments. */
  readonly takesGenerator?: boolean;
}

/** The form of the state that get_state and set_state transfer. */
export interface StateForm<S = unknown> {
  /** @throws TypeError */
  externalize(writer: Writer, state: S): void;
  /** @throws MalformedError */
  internalize(reader: Reader): S;
}

/** An interface. `T`: the module as its callers see it. */
export interface Interface<T extends object = object> {
  readonly name: string;
  readonly procedures: readonly InterfaceProcedure[];
  /** Undefined: values carry tags. */
  readonly state?: StateForm;
  /** Never present at run time: carries the type `T`. */
  readonly module?: T;
}

/** What can be imported: the class of a module, or a compiled interface. */
export type ModuleType<T extends object> = ModuleClass<T> | Interface<T>;

const ofClass = new WeakMap<object, Interface>();

export function interfaceOf(type: ModuleType<object>): Interface {
  if (typeof type !== "function") return type;
  return ofClass.get(type) ?? make(type, taggedForm);
}

/** From now on, calls of the class's procedures know records of that kind. */
export function knowRecords(type: ModuleClass<object>, records: KnownRecords): void {
  make(type, (name, number) => formWithRecords(name, number, records));
}

function make(type: ModuleClass<object>, formOf: (name: string, number: number) => ProcedureForm): Interface {
  const made: Interface = { name: type.name, procedures: proceduresOf(type).map(formOf) };
  ofClass.set(type, made);
  return made;
}
