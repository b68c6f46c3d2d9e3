/** A donor's side of a state transfer: the state of its module, held still for each newcomer that fetches it in pieces. */
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
  /** The state at which the member stands still: asked for its digest, and then for its pieces. */
  #still: State | undefined = undefined;

  constructor(program: Program, exported: Export, options: Pick<BindingOptions, "pieceBytes" | "answerBytes">) {
    this.#program = program;
    this.#exported = exported;
    this.#options = options;
  }

  /** The state as of now, for the newcomer; what was held for it before is dropped. Throws TypeError as externalizeState. */
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

  /** A newcomer that is not heard of for long has died. */
  #keep(key: string, snapshot: Snapshot): void {
    const { host, endpoint } = this.#program;
    host.cancel(snapshot.timer);
    snapshot.timer = host.after(endpoint.options.datagramLifetime, () => this.#snapshots.delete(key), undefined);
  }

  /** The pieces at these places of the newcomer's latest manifest, as many of them as fit into one answer. */
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

  /** The digest of the state as of now, which does not change before `moves`. Throws as `take`. */
  digest(): number {
    this.#still ??= this.#state();
    return digestOf(this.#still.pieces);
  }

  /** The state changes from now on. */
  moves(): void {
    this.#still = undefined;
  }
}
