/** What both halves of a call use of the process in which they run. */
import type { Host } from "../host.ts";
import type { Endpoint } from "../message/endpoint.ts";
import type { Runtime } from "../thread/runtime.ts";
import type { Binding } from "../troupe/binding.ts";

export interface Process {
  readonly host: Host;
  /** The threads of the process. */
  readonly runtime: Runtime;
  /** The messages of the process. */
  readonly endpoint: Endpoint;
  /** The access of the process to the binding agent. */
  readonly binding: Binding;
}
