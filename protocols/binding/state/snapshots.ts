/**
 * The donor's side of a state transfer: retains a snapshot of the module's state for each newcomer that fetches its
 * pieces.
 *
 * Source: get_state, dissertation, chapter 6.
 */
import { StateWriter } from "../../call/module-state.ts";
import type { Export } from "../../call/server/export.ts";
import { noTimer, type Timer } from "../../host.ts";
import type { Program } from "../../program/program.ts";
import type { Manifest } from "../change/change-data.ts";
import type { BindingOptions } from "../options.ts";
import type { ProcessId } from "../register/register.ts";
import { Cutter, digestOf, type Piece } from "./pieces.ts";

/** A state that is being externalized, step by step. */
class State {
  readonly #writer: StateWriter;
  readonly #cutter: Cutter;
  /** The number of bytes so far. */
  bytes = 0;
  #whole = false;

  /** @throws TypeError for a state that cannot be externalized */
  constructor({ module, interface: { state } }: Export, pieceBytes: number) {
    this.#writer = new StateWriter(module, state);
    this.#cutter = new Cutter(pieceBytes);
  }

  get pieces(): readonly Piece[] {
    return this.#cutter.pieces;
  }

  /** Whether the state is whole after one more step. @throws TypeError */
  step(): boolean {
    if (this.#whole) return true;
    this.#whole = this.#writer.step();
    const part = this.#writer.drain();
    this.bytes += part.length;
    this.#cutter.add(part);
    if (this.#whole) this.#cutter.end();
    return this.#whole;
  }
}

interface Snapshot {
  readonly pieces: readonly Piece[];
  timer: Timer;
}

export class Snapshots {
  readonly #program: Program;
  readonly #exported: Export;
  readonly #options: Pick<BindingOptions, "pieceBytes" | "answerBytes">;
  readonly #snapshots = new Map<string, Snapshot>();
  /** The state of a frozen member, externalized once for its digest and its pieces. */
  #still: State | undefined = undefined;

  constructor(program: Program, exported: Export, options: Pick<BindingOptions, "pieceBytes" | "answerBytes">) {
    this.#program = program;
    this.#exported = exported;
    this.#options = options;
  }

  /**
   * Takes a snapshot of the present state for the newcomer. An earlier snapshot for the same newcomer is dropped. A
   * member that executes calls meanwhile takes a snapshot of no single instant, from which the newcomer gets pieces in
   * advance.
   *
   * @throws TypeError for a state that cannot be externalized
   */
  take({ address, incarnation }: ProcessId): Manifest | Promise<Manifest> {
    return this.#whole(this.#still ?? this.#state(), ({ bytes, pieces }) => {
      const key = `${address}.${incarnation}`;
      const before = this.#snapshots.get(key);
      if (before !== undefined) this.#program.host.cancel(before.timer);
      const snapshot: Snapshot = { pieces, timer: noTimer };
      this.#snapshots.set(key, snapshot);
      this.#keep(key, snapshot);
      return { digest: digestOf(pieces), bytes, pieces: pieces.map((piece) => piece.digest) };
    });
  }

  /**
   * What `then` makes of the state, once it is whole: at once, or between other events of the process. All who wait for
   * a state go on with it.
   */
  #whole<T>(state: State, then: (state: State) => T): T | Promise<T> {
    const goOn = async (): Promise<T> => {
      do await this.#program.sleep(0);
      while (!state.step());
      return then(state);
    };
    return state.step() ? then(state) : goOn();
  }

  /** A newcomer that asks for nothing for a datagram lifetime is taken for dead, and its snapshot is dropped. */
  #keep(key: string, snapshot: Snapshot): void {
    const { host, endpoint } = this.#program;
    host.cancel(snapshot.timer);
    snapshot.timer = host.after(endpoint.options.datagramLifetime, () => this.#snapshots.delete(key), undefined);
  }

  /**
   * The pieces at these places of the newcomer's latest manifest, as many as fit into one answer; null without a
   * snapshot.
   */
  pieces({ address, incarnation }: ProcessId, places: readonly number[]): Uint8Array[] | null {
    const key = `${address}.${incarnation}`;
    const snapshot = this.#snapshots.get(key);
    if (snapshot === undefined) return null;
    this.#keep(key, snapshot);
    const answer: Uint8Array[] = [];
    let count = 0;
    for (const place of places) {
      const piece = snapshot.pieces[place];
      if (piece === undefined) break;
      count += piece.bytes.length;
      if (answer.length > 0 && count > this.#options.answerBytes) break;
      answer.push(piece.bytes);
    }
    return answer;
  }

  #state(): State {
    return new State(this.#exported, this.#options.pieceBytes);
  }

  /**
   * The digest of the present state, which must not change before `moves`. Null if it does not stand any more when a
   * large state has been externalized.
   *
   * @throws TypeError for a state that cannot be externalized
   */
  digest(stands: () => boolean): number | null | Promise<number | null> {
    this.#still ??= this.#state();
    return this.#whole(this.#still, ({ pieces }) => (stands() ? digestOf(pieces) : null));
  }

  /** The member executes calls again, so that its state may change from now on. */
  moves(): void {
    this.#still = undefined;
  }
}
