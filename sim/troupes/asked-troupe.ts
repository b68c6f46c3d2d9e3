/**
 * A staged troupe that is asked by a call after each change of its membership. Between two changes nothing changes: the call tells for
 * the whole span whether the troupe could answer.
 */
import type { Milliseconds } from "../../protocols/host.ts";
import type { StagedTroupe } from "../stage.ts";
import type { World } from "../world.ts";

export class AskedTroupe {
  /** Time for which the troupe could not answer, up to the last change, in ms. */
  down: Milliseconds = 0;
  /** Calls of `call` that were not answered. */
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

  /** Accounts for the span since the last change, and asks anew. */
  change(): void {
    const { now } = this.#world;
    // If the answer was not there before the next change, what the machines were then tells.
    const answered = this.#probe.answered ?? this.#troupe.members.some(({ machine }) => machine.up);
    if (!answered) this.down += now - this.#since;
    this.#since = now;
    const probe: { answered: boolean | undefined } = { answered: undefined };
    this.#probe = probe;
    void this.#ask().then((answered) => (probe.answered = answered));
  }

  /** A call like those that users make. */
  call(): void {
    void this.#ask().then((answered) => (this.failed += answered ? 0 : 1));
  }
}
