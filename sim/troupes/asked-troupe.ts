/**
 * A staged troupe that receives a probing call after each change of its membership. The membership is constant between
 * two changes, so the result of the call holds for the whole span between them.
 */
import type { Milliseconds } from "../../protocols/host.ts";
import type { StagedTroupe } from "../staged-troupe.ts";
import type { World } from "../world.ts";

export class AskedTroupe {
  /** Time for which the troupe could not answer, up to the last change, in ms. */
  down: Milliseconds = 0;
  /** Number of calls made by `call()` that were not answered. */
  failed = 0;
  readonly #world: World;
  readonly #troupe: StagedTroupe<object>;
  readonly #ask: () => Promise<boolean>;
  #since: Milliseconds = 0;
  #probe: { answered: boolean | undefined } = { answered: true };

  /** `call` makes one call to the troupe; it rejects if there is no answer. */
  constructor(world: World, troupe: StagedTroupe<object>, call: () => Promise<unknown>) {
    this.#world = world;
    this.#troupe = troupe;
    this.#ask = () =>
      call().then(
        () => true,
        () => false,
      );
    const soon = (): void => world.after(0, () => this.change());
    for (const { machine } of troupe.members) machine.onChange = soon;
    soon();
  }

  /** Accounts for the span since the last change, and makes a new probing call. */
  change(): void {
    const { now } = this.#world;
    // If the next change comes before the answer, the state of the machines decides.
    const answered = this.#probe.answered ?? this.#troupe.members.some(({ machine }) => machine.up);
    if (!answered) this.down += now - this.#since;
    this.#since = now;
    const probe: { answered: boolean | undefined } = { answered: undefined };
    this.#probe = probe;
    void this.#ask().then((answered) => (probe.answered = answered));
  }

  /** Makes one call, as a user would. */
  call(): void {
    void this.#ask().then((answered) => (this.failed += answered ? 0 : 1));
  }
}
