/**
 * How long a member takes to join or to leave, by the steps of the change. The state that a newcomer fetches shares the
 * donor's line with the RETURNs of calls (protocols/binding/state/transfer.ts).
 *
 * The fetched pieces depend on chance: which pieces calls have changed, and after how many rounds another round is not
 * worthwhile. So the figures of a join are means over courses drawn by the rules of the transfer, without messages or
 * machines. The execution of a call takes no time.
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
  /** Calls/ms. Each call changes one byte; its position in the state is uniform. */
  readonly load: number;
  /** Bytes that a call occupies on the donor's line, overhead included. */
  readonly callBytes: number;
}

export interface ChangeTime {
  /** ms from the request until the newcomer is a member, or until the leaving member is no longer a member. */
  readonly total: number;
  /** ms from the freezing of the first member until the last member goes on. */
  readonly standstill: number;
}

/** Bytes of a piece's digest in a manifest: a number and its type tag (protocols/wire/value.ts). */
const digestBytes = 9;

/** The number of courses over which a join under load is averaged. */
const courses = 400;

/**
 * ms to fetch pieces of these lengths (bytes), in order. Each request fetches as many pieces as fit into one answer.
 */
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

/** The pieces of a state of which the newcomer lacks the present version. */
class Missing {
  readonly #lengths: readonly number[];
  readonly #load: number;
  /** Offset in bytes at which each piece ends in the state. */
  readonly #ends: readonly number[];
  readonly #places: Set<number>;

  /** At first the newcomer lacks all pieces. */
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

  /** Adds the pieces that calls change in `time` ms. */
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
  // roundTrip: half of it for the manifest, and half of it for freezing.
  missing.after(roundTrip + steps.takeOffice(), random);
  // One step asks for the digests of all members, and for the donor's manifest and retained calls.
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

/** Why the model does not hold; null if it does: the Ringmaster's lines are free at the time of the decision. */
export function outsideModel(setting: ChangeSetting): string | null {
  return new Steps(setting, setting.members).answerAll() < setting.roundTrip
    ? null
    : "it leaves out what members read of the register while they stand still, which takes the Ringmaster's lines longer than a round trip.";
}

/**
 * The leaving member freezes when it asks the other members to freeze. If a call reaches the others first, that call
 * says that its client has finished with an earlier call, which the leaving member still retains. The leaving member
 * then asks the others whether they have executed the earlier call.
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
