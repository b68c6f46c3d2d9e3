/**
 * How long a member takes to join or to leave, by the steps of the change; and what a newcomer fetches takes its time on the donor's line, beside
 * the RETURNs of calls (protocols/binding/state/transfer.ts).
 *
 * What it fetches depends on chance: which pieces calls have changed, and after how many rounds another was not worthwhile. So the figures
 * of a join are means over courses that are drawn by these same rules, without messages or machines. Calls are executed in no time.
 */
import { defaultBindingOptions } from "../../protocols/binding/options.ts";
import { bringsNearer } from "../../protocols/binding/state/transfer.ts";
import type { Random } from "../../protocols/host.ts";
import { exponential } from "../chance/lifetimes.ts";
import { streams } from "../chance/random.ts";
import { Steps, type ChangeSetting } from "./change-steps.ts";

export interface JoinSetting extends ChangeSetting {
  /** Bytes of the pieces of the state, in order. */
  readonly pieces: readonly number[];
  /** Calls in ms. Each changes one byte, anywhere in the state. */
  readonly load: number;
  /** Bytes that a call takes of the donor's line, overhead included. */
  readonly callBytes: number;
}

export interface ChangeTime {
  /** ms from the request until the newcomer is a member, or the member that leaves is none. */
  readonly total: number;
  /** ms from the first member that stands still to the last that goes on. */
  readonly standstill: number;
}

/** Bytes of a piece's digest in a manifest: a number, and what says so (protocols/wire/value.ts). */
const digestBytes = 9;

/** Courses of a join under load that are averaged. */
const courses = 400;

/** ms to fetch pieces of these lengths, in order: as many as fit into one answer, and then again. */
export function fetchTime(steps: Steps, lengths: readonly number[], bytesPerMs = steps.setting.bytesPerMs): number {
  const { answerBytes } = defaultBindingOptions;
  let [time, answer] = [0, 0];
  for (const length of lengths) {
    if (answer > 0 && answer + length > answerBytes) {
      time += steps.fetch(answer, bytesPerMs);
      answer = 0;
    }
    answer += length;
  }
  return answer === 0 ? time : time + steps.fetch(answer, bytesPerMs);
}

/** The pieces of a state, and which of them the newcomer does not have as they are now. */
class Missing {
  readonly #lengths: readonly number[];
  readonly #load: number;
  /** Where each piece ends in the state. */
  readonly #ends: readonly number[];
  readonly #places: Set<number>;

  /** At first all. */
  constructor({ pieces, load }: JoinSetting) {
    let end = 0;
    this.#lengths = pieces;
    this.#load = load;
    this.#ends = pieces.map((length) => (end += length));
    this.#places = new Set(pieces.keys());
  }

  get count(): number {
    return this.#places.size;
  }

  get lengths(): number[] {
    return [...this.#places].sort((a, b) => a - b).map((place) => this.#lengths[place]!);
  }

  fetched(): void {
    this.#places.clear();
  }

  /** What calls have changed after so many ms. */
  after(time: number, random: Random): void {
    if (this.#load === 0) return;
    const gap = exponential(1 / this.#load);
    for (let at = gap.draw(random); at < time; at += gap.draw(random)) {
      this.#places.add(this.#pieceAt(random.next() * this.#ends.at(-1)!));
    }
  }

  #pieceAt(byte: number): number {
    let [low, high] = [0, this.#ends.length - 1];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#ends[middle]! > byte) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}

function drawJoin(setting: JoinSetting, steps: Steps, random: Random): ChangeTime {
  const { roundTrip, bytesPerMs, members, pieces, load, callBytes } = setting;
  const missing = new Missing(setting);
  const manifestBytes = digestBytes * pieces.length;
  const manifest = steps.fetch(manifestBytes);
  let total = steps.find() + steps.read();
  for (const rounds: number[] = []; ;) {
    total += manifest;
    rounds.push(missing.count);
    if (!bringsNearer(rounds)) break;
    const fetching = fetchTime(steps, missing.lengths, bytesPerMs - load * callBytes);
    total += fetching;
    missing.fetched();
    missing.after(fetching + manifest, random);
  }
  total += steps.takeOffice();
  // Half of the round trip of the manifest, and half of that of freezing.
  missing.after(roundTrip + steps.takeOffice(), random);
  // Digests of all, manifest and kept calls of the donor are asked for at once.
  const state = steps.ask(members + 2) + steps.onLine(manifestBytes) + fetchTime(steps, missing.lengths);
  const rest = state + steps.decide();
  return {
    total: total + steps.ask(members) + rest,
    standstill: steps.ask(members - 1) - roundTrip / 2 + rest + steps.tell(members),
  };
}

export function joinTime(setting: JoinSetting): ChangeTime {
  const steps = new Steps(setting, setting.members + 1);
  const random = streams("join", 0);
  const count = setting.load === 0 ? 1 : courses;
  let [total, standstill] = [0, 0];
  for (let i = 0; i < count; i++) {
    const course = drawJoin(setting, steps, random);
    total += course.total / count;
    standstill += course.standstill / count;
  }
  return { total, standstill };
}

/** Why the model does not hold; null if the change has the Ringmaster's lines for itself when it comes to the decision. */
export function outsideModel(setting: ChangeSetting): string | null {
  return new Steps(setting, setting.members).answerAll() < setting.roundTrip
    ? null
    : "it leaves out what members read of the register while they stand still, which takes the Ringmaster's lines longer than a round trip.";
}

/**
 * The member that leaves stands still as soon as it asks the others to. If a call reaches them before that, the client says by it that it is
 * finished with one before, which the member that leaves still keeps: they are asked whether they have executed that.
 */
export function leaveTime(setting: ChangeSetting & Pick<JoinSetting, "load">): ChangeTime {
  const { members, roundTrip, load } = setting;
  const steps = new Steps(setting, members - 1);
  const others = members - 1;
  const freezing = steps.ask(others);
  const levelling = -Math.expm1((-load * roundTrip) / 2) * steps.ask(others);
  const rest = freezing + levelling + steps.decide();
  return { total: steps.read() + steps.takeOffice() + rest, standstill: rest + steps.tell(others) };
}
