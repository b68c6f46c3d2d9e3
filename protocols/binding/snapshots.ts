/** A donor's side of a state transfer: the state of its module, held still for each newcomer that fetches it in pieces. */
import type { Program } from "../call/program.ts";
import { noTimer, type Timer } from "../host.ts";
import type { Manifest } from "./member-procedures.ts";
import { cut, digest, type Piece } from "./pieces.ts";
import type { Life } from "./register.ts";
import { externalizeState } from "./state.ts";

interface Snapshot {
  readonly bytes: Uint8Array;
  readonly pieces: readonly Piece[];
  timer: Timer;
}

/** Bytes of pieces that go into one answer, if they are small. */
export const answerBytes = 512 * 1024;

export class Snapshots {
  readonly #program: Program;
  readonly #module: object;
  readonly #size: number;
  readonly #snapshots = new Map<string, Snapshot>();

  constructor(program: Program, module: object, size: number) {
    this.#program = program;
    this.#module = module;
    this.#size = size;
  }

  /** The state as of now, for the newcomer; what was held for it before is dropped. Throws TypeError as externalizeState. */
  take({ address, incarnation }: Life): Manifest {
    const bytes = externalizeState(this.#module);
    const pieces = cut(bytes, this.#size);
    const key = `${address}.${incarnation}`;
    const before = this.#snapshots.get(key);
    if (before !== undefined) this.#program.host.cancel(before.timer);
    const snapshot: Snapshot = { bytes, pieces, timer: noTimer };
    this.#snapshots.set(key, snapshot);
    this.#keep(key, snapshot);
    return { digest: digest(bytes), bytes: bytes.length, pieces: pieces.map((piece) => piece.digest) };
  }

  /** A newcomer that is not heard of for long has died. */
  #keep(key: string, snapshot: Snapshot): void {
    const { host, endpoint } = this.#program;
    host.cancel(snapshot.timer);
    snapshot.timer = host.after(endpoint.options.datagramLifetime, () => this.#snapshots.delete(key), undefined);
  }

  /** Of the pieces at these places of the newcomer's latest manifest, the first ones that fit into one answer. */
  pieces({ address, incarnation }: Life, places: readonly number[]): Uint8Array[] | null {
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
      if (answer.length > 0 && count > answerBytes) break;
      answer.push(snapshot.bytes.subarray(from, to));
    }
    return answer;
  }

  digest(): number {
    return digest(externalizeState(this.#module));
  }
}
