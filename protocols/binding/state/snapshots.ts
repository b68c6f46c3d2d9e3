/**
 * The donor's side of a state transfer: retains a snapshot of the module's state for each newcomer that fetches its
 * pieces.
 *
 * Source: get_state, dissertation, chapter 6.
 */
import { externalizeState } from "../../call/module-state.ts";
import type { Export } from "../../call/server/export.ts";
import { noTimer, type Timer } from "../../host.ts";
import type { Program } from "../../program/program.ts";
import type { Manifest } from "../change/change-data.ts";
import type { BindingOptions } from "../options.ts";
import type { ProcessId } from "../register/register.ts";
import { cut, digestOf, type Piece } from "./pieces.ts";

interface State {
  readonly bytes: Uint8Array;
  readonly pieces: readonly Piece[];
}

interface Snapshot extends State {
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
   * Takes a snapshot of the present state for the newcomer. An earlier snapshot for the same newcomer is dropped.
   *
   * @throws TypeError for a state that cannot be externalized
   */
  take({ address, incarnation }: ProcessId): Manifest {
    const { bytes, pieces } = this.#still ?? this.#state();
    const key = `${address}.${incarnation}`;
    const before = this.#snapshots.get(key);
    if (before !== undefined) this.#program.host.cancel(before.timer);
    const snapshot: Snapshot = { bytes, pieces, timer: noTimer };
    this.#snapshots.set(key, snapshot);
    this.#keep(key, snapshot);
    return { digest: digestOf(pieces), bytes: bytes.length, pieces: pieces.map((piece) => piece.digest) };
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
      const { from, to } = piece;
      count += to - from;
      if (answer.length > 0 && count > this.#options.answerBytes) break;
      answer.push(snapshot.bytes.subarray(from, to));
    }
    return answer;
  }

  #state(): State {
    const bytes = externalizeState(this.#exported.module, this.#exported.interface.state);
    return { bytes, pieces: cut(bytes, this.#options.pieceBytes) };
  }

  /**
   * The digest of the present state, which must not change before `moves`.
   *
   * @throws TypeError for a state that cannot be externalized
   */
  digest(): number {
    this.#still ??= this.#state();
    return digestOf(this.#still.pieces);
  }

  /** The member executes calls again, so that its state may change from now on. */
  moves(): void {
    this.#still = undefined;
  }
}
