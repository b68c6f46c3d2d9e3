/** The program that a troupe of an experiment replicates, and the call that its clients make. */
import type { Stub } from "../../protocols/call/client/stub.ts";
import type { ModuleClass } from "../../protocols/call/module.ts";

export interface Service<T extends object = object> {
  readonly type: ModuleClass<T>;
  /** Makes the module of a member's life. */
  readonly make: () => T;
  /** Makes one call, in a thread of the client. */
  readonly call: (stub: Stub<T>) => Promise<void>;
}

/** A service whose parts fit together, as one whose type nobody needs to know. */
export function service<T extends object>(given: Service<T>): Service {
  return given as unknown as Service;
}
