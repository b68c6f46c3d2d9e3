/**
 * Interfaces: what client and server agree on. A class is one as it stands: each value carries a tag. A compiled one (`troupe stubs`) has
 * functions that are made for its types, and what it says of collators.
 */
import type { Reader, Writer } from "../wire/bytes.ts";
import { taggedForm, type ProcedureForm } from "../wire/procedure.ts";
import type { Collator } from "./collator.ts";
import { proceduresOf, type ModuleClass } from "./module.ts";

export interface InterfaceProcedure<
  A extends readonly unknown[] = readonly unknown[],
  R = unknown,
> extends ProcedureForm<A, R> {
  /** How results become one, if the client says nothing. */
  readonly collator?: Collator;
  /** How the arguments of a replicated caller become one, if the server says nothing. */
  readonly argumentCollator?: Collator;
  /** The server's procedure takes the generator of arguments. */
  readonly takesGenerator?: boolean;
}

/** What get_state and set_state move. */
export interface StateForm<S = unknown> {
  /** @throws TypeError */
  externalize(writer: Writer, state: S): void;
  /** @throws MalformedError */
  internalize(reader: Reader): S;
}

/** `T`: the module as its callers see it. */
export interface Interface<T extends object = object> {
  readonly name: string;
  readonly procedures: readonly InterfaceProcedure[];
  /** Undefined: values carry tags. */
  readonly state?: StateForm;
  /** For the compiler alone. */
  readonly module?: T;
}

/** What can be imported: the class of a module, or a compiled interface. */
export type ModuleType<T extends object> = ModuleClass<T> | Interface<T>;

const ofClass = new WeakMap<object, Interface>();

export function interfaceOf(type: ModuleType<object>): Interface {
  if (typeof type !== "function") return type;
  const known = ofClass.get(type);
  if (known !== undefined) return known;
  const made: Interface = { name: type.name, procedures: proceduresOf(type).map(taggedForm) };
  ofClass.set(type, made);
  return made;
}
