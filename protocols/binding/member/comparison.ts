/**
 * A member compares its state with the states of the other members, now and then.
 *
 * Source: ours. The first member of the registration asks the others for their samples after it has taken one of its
 * own, at most once in `BindingOptions.compare`. What differs is reported in the trace. The module goes on: which
 * member is wrong nobody can tell.
 */
import type { Export } from "../../call/server/export.ts";
import { orSilent, type BindingProcess } from "../change/binding-process.ts";
import type { Sample } from "../change/change-data.ts";
import { sameProcess, type ProcessId, type Registration } from "../register/register.ts";
import { differenceBetween, reportDifference, Samples } from "../state/samples.ts";

/** What a comparison needs to know of a membership. */
interface Compared {
  readonly base: number;
  readonly name: string;
  readonly state: string;
  readonly registration: Registration | undefined;
  readonly exported: Export;
}

export class Comparison {
  readonly #process: BindingProcess;
  readonly #membership: Compared;
  readonly #samples: Samples;
  #next: number;
  /** Differences are reported once in an epoch. */
  #reported = false;

  constructor(process: BindingProcess, membership: Compared) {
    this.#process = process;
    this.#membership = membership;
    this.#samples = new Samples(membership.exported, () => this.#taken());
    this.#next = process.program.host.now();
    // Without a limit of time nobody asks, and calls do not pay for samples.
    if (process.options.compare === Infinity) return;
    membership.exported.executed = (call, procedure) => this.#samples.executed(call, procedure);
  }

  /** A new epoch begins. */
  begin(): void {
    this.#samples.begin();
    this.#reported = false;
  }

  /** The samples of this member. A frozen member's state belongs to the same calls at all members. */
  samples(): readonly Sample[] {
    return this.#samples.list(this.#membership.state === "frozen");
  }

  #taken(): void {
    const { host } = this.#process.program;
    const members = this.#membership.registration?.members ?? [];
    const [first, ...others] = members;
    if (this.#reported || first === undefined || !sameProcess(first, this.#process.life)) return;
    if (others.length === 0 || host.now() < this.#next) return;
    this.#next = host.now() + this.#process.options.compare;
    void this.#process.program.apart(() => this.#compare(others));
  }

  async #compare(others: readonly ProcessId[]): Promise<void> {
    const { base, name, exported } = this.#membership;
    for (const other of others) {
      const theirs = await orSilent(this.#process.at(other).samples(base));
      if (theirs === "silent" || theirs === null) continue;
      const difference = differenceBetween(this.#samples.list(false), theirs);
      if (difference === undefined || this.#reported) continue;
      this.#reported = true;
      reportDifference(this.#process, { name, troupe: exported.troupe.id }, difference, [this.#process.life, other]);
    }
  }
}
