/**
 * The newcomer's side of a state transfer: fetches the pieces that it lacks from a donor that gives them.
 *
 * Source: get_state, dissertation, chapter 6.
 */
import { StateReader } from "../../call/module-state.ts";
import type { Export } from "../../call/server/export.ts";
import { adopt, discard } from "../../call/server/retained-calls.ts";
import { orSilent, type BindingProcess } from "../change/binding-process.ts";
import type { Manifest, Office } from "../change/change-data.ts";
import { retainedAt } from "../change/change.ts";
import type { ProcessId } from "../register/register.ts";
import { digest, shortestPiece } from "./pieces.ts";
import { plurality } from "../change/plurality.ts";
import { differenceBetween, reportDifference } from "./samples.ts";

/**
 * The highest fraction of pieces, over all rounds, that may have to be fetched again. A newcomer fetches in rounds
 * while the members execute calls; the freeze has to fetch only what changed since the last round. With a higher
 * fraction, calls change pieces about as fast as the newcomer fetches them. So the newcomer fetches at most 1/(1 -
 * worthwhile) = 4 times the state.
 */
const worthwhile = 3 / 4;

/**
 * Whether a further round brings the newcomer nearer to the state. `missing`: how many pieces were missing at the
 * beginning of each round, the present round last. A further round is useful if fewer pieces are missing than one round
 * before, and if the total over all rounds was worthwhile. The last round alone is no sufficient sign, because a few
 * calls can change its count.
 */
export function bringsNearer(missing: readonly number[]): boolean {
  const [last, before = Infinity] = [missing.at(-1)!, missing.at(-2)];
  const all = missing.reduce((sum, each) => sum + each, 0);
  return last > 0 && last < before && all - missing[0]! <= worthwhile * (all - last);
}

/**
 * Whether the round that ends was the last that is worth its price: a further manifest, for which the donor
 * externalizes the state. Of a state that needs many answers, what is missing fits into one answer of the freeze.
 */
export function isLast(missing: readonly number[], piecesInAnswer: number): boolean {
  return missing[0]! > piecesInAnswer && missing.at(-1)! <= piecesInAnswer;
}

/** Bytes of a state that are put together at a time. */
const bytesAtOnce = 2 ** 22;

export class Transfer {
  readonly #process: BindingProcess;
  readonly #base: number;
  readonly #exported: Export;
  /** The pieces fetched so far, by digest. */
  readonly #pieces = new Map<number, Uint8Array>();

  constructor(process: BindingProcess, base: number, exported: Export) {
    this.#process = process;
    this.#base = base;
    this.#exported = exported;
  }

  /**
   * Fetches most of the state while the donors continue to execute calls. Answers the donors that were tried and
   * failed.
   */
  async prepare<M extends ProcessId>(donors: readonly M[]): Promise<M[]> {
    const failed: M[] = [];
    for (const donor of donors) {
      if (await this.#prepareFrom(donor)) break;
      failed.push(donor);
    }
    return failed;
  }

  /** Fetches from one donor; false if the donor ceases to answer. */
  async #prepareFrom(donor: ProcessId): Promise<boolean> {
    for (const missing: number[] = []; ;) {
      const manifest = await this.#manifest(donor);
      if (manifest === undefined) return false;
      missing.push(this.#missing(manifest).length);
      if (!bringsNearer(missing)) return true;
      if (!(await this.#fetch(donor, manifest))) return false;
      if (isLast(missing, this.#piecesInAnswer)) return true;
    }
  }

  /**
   * get_state, collated: installs the state that most frozen members have, and the calls that they retain. The frozen
   * members have all executed the same calls. A differing state therefore shows a value fault, or calls of unrelated
   * threads that were executed in different orders. False if no donor could give the state.
   */
  async complete(donors: readonly ProcessId[], office: Office): Promise<boolean> {
    const most = this.#mostHave(donors, office);
    for (const donor of donors) {
      // The three questions go out together, since all members are frozen meanwhile. Usually the first donor has the
      // majority state.
      const [digest, manifest, retained] = await Promise.all([
        most,
        this.#manifest(donor),
        retainedAt(this.#process, this.#base, office, donor),
      ]);
      if (manifest === undefined || manifest.digest !== digest || retained === undefined) continue;
      if (!(await this.#fetch(donor, manifest))) continue;
      const bytes = await this.#assemble(manifest);
      this.#pieces.clear();
      const { program } = this.#process;
      const state = new StateReader(this.#exported.module, bytes, this.#exported.interface.state);
      // A large state takes seconds, in which this process answers others.
      while (!state.step()) await program.sleep(0);
      // An earlier attempt may have brought calls whose effects this state does not include.
      discard(program.reception, this.#exported);
      for (const client of retained.clients) program.endpoint.retention.learn(client);
      for (const call of retained.calls) adopt(program.reception, this.#exported, call);
      return true;
    }
    return false;
  }

  async #manifest(donor: ProcessId): Promise<Manifest | undefined> {
    const answer = await orSilent(this.#process.at(donor).manifest(this.#base, this.#process.life));
    return answer === "silent" || answer === null ? undefined : answer;
  }

  /** The places of the pieces that this newcomer lacks. */
  #missing({ pieces }: Manifest): number[] {
    return pieces.flatMap((piece, place) => (this.#pieces.has(piece) ? [] : [place]));
  }

  /** The number of shortest pieces that fit into one answer. */
  get #piecesInAnswer(): number {
    const { answerBytes, pieceBytes } = this.#process.options;
    return Math.ceil(answerBytes / shortestPiece(pieceBytes));
  }

  async #fetch(donor: ProcessId, manifest: Manifest): Promise<boolean> {
    const missing = this.#missing(manifest);
    const askedFor = this.#piecesInAnswer;
    for (let at = 0; at < missing.length;) {
      const places = missing.slice(at, at + askedFor);
      const answer = await orSilent(this.#process.at(donor).pieces(this.#base, this.#process.life, places));
      if (answer === "silent" || answer === null || answer.length === 0) return false;
      for (const piece of answer) this.#pieces.set(digest(piece), piece);
      if (!this.#pieces.has(manifest.pieces[missing[at]!]!)) return false;
      at += answer.length;
    }
    const needed = new Set(manifest.pieces);
    for (const piece of this.#pieces.keys()) if (!needed.has(piece)) this.#pieces.delete(piece);
    return true;
  }

  async #assemble({ bytes, pieces }: Manifest): Promise<Uint8Array> {
    const state = new Uint8Array(bytes);
    let at = 0;
    let pause = bytesAtOnce;
    for (const piece of pieces) {
      const part = this.#pieces.get(piece)!;
      state.set(part, at);
      at += part.length;
      if (at < pause) continue;
      await this.#process.program.sleep(0);
      pause = at + bytesAtOnce;
    }
    return state;
  }

  /** The digest of the state that most of the frozen members have. */
  async #mostHave(donors: readonly ProcessId[], office: Office): Promise<number | undefined> {
    const answers = await Promise.all(
      donors.map((donor) => orSilent(this.#process.at(donor).digest(this.#base, office))),
    );
    const digests = answers.filter((answer) => typeof answer === "number");
    const most = plurality(digests);
    if (digests.some((other) => other !== most)) await this.#report(donors, answers, most);
    return most;
  }

  /** The members have parted. The newcomer gets the state that most of them have, and says so. */
  async #report(
    donors: readonly ProcessId[],
    digests: readonly (number | "silent" | null)[],
    most: number | undefined,
  ): Promise<void> {
    const { host } = this.#process.program;
    const { id, name } = this.#exported.troupe;
    if (host.traced) host.trace({ type: "disagreement", thread: "", path: "get_state", troupe: id });
    const one = donors[digests.indexOf(most!)]!;
    const mine = await orSilent(this.#process.at(one).samples(this.#base));
    for (const [place, other] of donors.entries()) {
      if (typeof digests[place] !== "number" || digests[place] === most) continue;
      const theirs = await orSilent(this.#process.at(other).samples(this.#base));
      if (mine === "silent" || mine === null || theirs === "silent" || theirs === null) continue;
      const difference = differenceBetween(mine, theirs) ?? { field: "its state", call: "a call of this membership" };
      reportDifference(this.#process, { name, troupe: id }, difference, [one, other]);
    }
  }
}
