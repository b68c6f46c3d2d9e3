/**
 * The books of a run with transactions: what clients made and were answered, and what the members committed; and
 * whether that is as it should be.
 */
import type { Address } from "../../protocols/host.ts";
import { checkAgreement, checkCommitOrder } from "../checkers/history/commits.ts";
import { History } from "../checkers/history/history.ts";
import { checkObjects } from "../checkers/history/linearizability.ts";
import { checkSerializability } from "../checkers/history/serializability.ts";
import type { Violation } from "../checkers/violation.ts";
import type { Stage } from "../stage.ts";
import type { StageWorld } from "../staged-troupe.ts";
import type { StampedEvent } from "../trace.ts";

export class TransactionAudit {
  /** Clients write here what they do. */
  readonly history: History;
  readonly #stage: Stage<StageWorld>;
  readonly #seed: string;
  /** The events that the checkers read. */
  readonly #events: StampedEvent[] = [];

  /** From now on. `seed`: what brings the run about again. */
  constructor(stage: Stage<StageWorld>, seed: string) {
    this.#stage = stage;
    this.#seed = seed;
    this.history = new History(() => stage.world.now);
    stage.world.listen((stamped) => {
      const { type } = stamped.event;
      if (type === "start" || type === "end" || type === "transaction" || type === "call-done") {
        this.#events.push(stamped);
      }
    });
  }

  /**
   * What is wrong: the history has no serial order that respects real time, or an object of it is not linearizable; or
   * members committed in different orders, or not the same. Call this method when nothing is under way any more.
   *
   * @throws BadData for a history that cannot be judged (history/serializability.ts).
   */
  violations(): Violation[] {
    const seed = this.#seed;
    const { transactions } = this.history;
    const members = (troupe: number): Address[] =>
      (this.#stage.binding.lookupById(troupe)?.members ?? []).map(({ address }) => address);
    return [
      ...checkSerializability(transactions, { seed }),
      ...checkObjects(transactions, { seed }),
      ...checkCommitOrder(this.#events, { seed }),
      ...checkAgreement(this.#events, { seed, members }),
    ];
  }
}
