/**
 * The replicated clients that call this process, by the troupe IDs of their memberships. Each ID is looked up with the
 * binding agent once.
 */
import { baseOf, supersedes } from "../../troupe/troupe-id.ts";
import type { Troupe, TroupeId } from "../../troupe/troupe.ts";
import type { Process } from "../process.ts";
import { ClientTroupe } from "./client-troupe.ts";

type Use = (client: ClientTroupe | undefined) => void;

export class ClientTroupes {
  readonly #process: Process;
  readonly #known = new Map<TroupeId, ClientTroupe>();
  /** The uses that wait for the answer to a look-up. */
  readonly #waiting = new Map<TroupeId, Use[]>();

  constructor(process: Process) {
    this.#process = process;
  }

  /** The client troupe of that ID; undefined if it has not been looked up yet. */
  known(id: TroupeId): ClientTroupe | undefined {
    return this.#known.get(id);
  }

  /**
   * Passes the client troupe of that ID to `use`; undefined if there is none. Waits for the binding agent without
   * limit.
   */
  find(id: TroupeId, use: Use): void {
    const known = this.#known.get(id);
    const waiting = this.#waiting.get(id);
    if (known !== undefined) use(known);
    else if (waiting !== undefined) waiting.push(use);
    else {
      this.#waiting.set(id, [use]);
      this.#lookUp(id);
    }
  }

  #lookUp(id: TroupeId): void {
    const found = (troupe: Troupe | undefined): void => {
      const client = troupe === undefined ? undefined : this.of(troupe);
      const waiting = this.#waiting.get(id) ?? [];
      this.#waiting.delete(id);
      for (const use of waiting) use(client);
    };
    const { binding, host, endpoint } = this.#process;
    const answer = binding.lookupById(id);
    if (!(answer instanceof Promise)) found(answer);
    // The look-up is retried: a refusal because the agent is silent would differ from the answers of the other members
    // of this troupe.
    else answer.then(found, () => host.after(endpoint.options.longestInterval, () => this.#lookUp(id), undefined));
  }

  /** The client troupe with that membership. It replaces earlier memberships of the same troupe. */
  of(troupe: Troupe): ClientTroupe {
    const { id } = troupe;
    let client = this.#known.get(id);
    if (client !== undefined) return client;
    client = new ClientTroupe(this.#process, troupe);
    for (const [other, of] of this.#known) {
      client.learn(of.troupe);
      if (!supersedes(id, other)) continue;
      this.#known.delete(other);
      of.learn(troupe);
    }
    this.#known.set(id, client);
    return client;
  }

  /** The client troupe of a call that another member has executed, with the members that the other member knew. */
  ofCall(id: TroupeId, members: Troupe["members"]): ClientTroupe {
    return this.of({ id, name: "", module: baseOf(id), members });
  }

  /** Forgets all look-ups, so that each ID is looked up again. */
  forget(): void {
    this.#known.clear();
  }
}
