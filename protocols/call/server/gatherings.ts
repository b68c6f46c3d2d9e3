/**
 * The gatherings of a process: calls of replicated clients, by thread ID and path. Each is a Gathering
 * (many-to-one.ts).
 */
import type { Call } from "../../wire/call.ts";
import type { Process } from "../process.ts";
import type { ClientTroupe } from "./client-troupe.ts";
import type { Export, Procedure } from "./export.ts";
import type { Gatherer } from "./callers.ts";
import { Gathering } from "./many-to-one.ts";

export class Gatherings implements Gatherer {
  /** The gatherings by key; undefined until the first replicated client calls. */
  #gatherings: Map<string, Gathering> | undefined = undefined;
  readonly process: Process;

  constructor(process: Process) {
    this.process = process;
  }

  get(key: string): Gathering | undefined {
    return this.#gatherings?.get(key);
  }

  /** The gatherings for calls of one module. */
  of(exported: Export): Gathering[] {
    return [...(this.#gatherings?.values() ?? [])].filter((gathering) => gathering.exported === exported);
  }

  begin(client: ClientTroupe, key: string, exported: Export, procedure: Procedure, call: Call): Gathering {
    const gathering = new Gathering(this, client, key, exported, procedure, call);
    (this.#gatherings ??= new Map<string, Gathering>()).set(key, gathering);
    return gathering;
  }

  over(gathering: { readonly key: string }): void {
    this.#gatherings?.delete(gathering.key);
  }
}
