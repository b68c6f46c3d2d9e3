/**
 * How soon a crash is detected by probes that may be lost, and how often a living process is suspected: by the message layer's watch
 * (protocols/message/watch.ts), and by a majority of the Ringmaster (protocols/binding/ringmaster/collector.ts).
 *
 * Both are renewal processes: whatever has been answered, all begins anew (W. Feller, An Introduction to Probability Theory, volume 1,
 * chapter XIII, for runs of failures; S. M. Ross, Introduction to Probability Models, chapter 7, for rates and for what is found at a random moment).
 * Losses are independent, delays constant, and round trips shorter than the waits for an answer.
 */
import { probabilityOfFewer, simpson } from "../chance/special.ts";

/** Times in ms, rates per ms. */
export interface DetectionModel {
  /** How often a living process is suspected. */
  readonly falseRate: number;
  /** From a crash at a random moment until it is known. */
  readonly mean: number;
  /** The mean of the p-quantile of samples of so many crashes, between order statistics: for few, not quite the law's. */
  readonly sampleQuantile: (p: number, crashes: number) => number;
}

/** Uniform on [from, to], with a weight. */
interface Part {
  readonly weight: number;
  readonly from: number;
  readonly to: number;
}

function lawOf(parts: readonly Part[]): Pick<DetectionModel, "mean" | "sampleQuantile"> {
  const all = parts.reduce((sum, { weight }) => sum + weight, 0);
  const mean = parts.reduce((sum, { weight, from, to }) => sum + (weight * (from + to)) / 2, 0) / all;
  const below = (x: number): number =>
    parts.reduce((sum, { weight, from, to }) => {
      const share = to > from ? Math.min(1, Math.max(0, (x - from) / (to - from))) : Number(x >= to);
      return sum + weight * share;
    }, 0) / all;
  const ends = [...new Set([0, ...parts.flatMap(({ from, to }) => [from, to])])].sort((a, b) => a - b);
  // The k-th smallest is above x if fewer than k are not. Between the ends of the parts that is smooth in x.
  const kth = (k: number, of: number): number =>
    ends
      .slice(1)
      .reduce((sum, end, i) => sum + simpson((x) => probabilityOfFewer(k, of, 1 - below(x)), ends[i]!, end, 200), 0);
  const sampleQuantile = (p: number, crashes: number): number => {
    const position = p * (crashes - 1);
    const k = Math.floor(position);
    const lower = kth(k + 1, crashes);
    return k + 1 < crashes ? lower + (position - k) * (kth(k + 2, crashes) - lower) : lower;
  };
  return { mean, sampleQuantile };
}

export interface WatchSetting {
  readonly loss: number;
  readonly roundTrip: number;
  /** From an answer to the next probe. */
  readonly interval: number;
  /** After the first, second, ... unanswered probe. */
  readonly waits: readonly number[];
}

/**
 * A cycle lasts from a first probe to the next first probe, or to the suspicion after the last of the waits. A crash falls into it in
 * proportion to its length; what comes of it depends on whether the probe under way was answered before.
 */
export function watched({ loss, roundTrip, interval, waits }: WatchSetting): DetectionModel & {
  readonly probeRate: number;
} {
  const lost = 1 - (1 - loss) ** 2;
  const half = roundTrip / 2;
  const whole = waits.reduce((sum, wait) => sum + wait, 0);
  const parts: Part[] = [];
  let [reached, asked, cycle, probes] = [1, 0, 0, 0];
  for (const wait of waits) {
    // The probe has not come yet.
    parts.push({ weight: reached * half, from: whole - asked - half, to: whole - asked });
    const answered = reached * (1 - lost);
    const rest = roundTrip - half + interval;
    parts.push({ weight: answered * rest, from: whole, to: whole + rest });
    const unanswered = reached * lost;
    parts.push({ weight: unanswered * (wait - half), from: whole - asked - wait, to: whole - asked - half });
    cycle += answered * (roundTrip + interval) + unanswered * wait;
    probes += reached;
    asked += wait;
    reached = unanswered;
  }
  return { ...lawOf(parts), falseRate: reached / cycle, probeRate: probes / cycle };
}

export interface RingmasterSetting {
  readonly loss: number;
  readonly roundTrip: number;
  readonly interval: number;
  /** Each null call is repeated once, after this time, and given up after twice this time. */
  readonly retry: number;
  /** Rounds without an answer after which a member of the Ringmaster holds the process for dead, at the next round. */
  readonly tries: number;
  readonly ringmasters: number;
  /** From that round until the register is looked at: uniform up to this time. */
  readonly pause: number;
}

/** The probability that a null call fails: both CALLs are lost, or all RETURNs of what has come. */
export function nullCallFails(loss: number): number {
  const kept = 1 - loss;
  // The first CALL comes. Its RETURN is repeated by the server, and once more if the second CALL comes.
  const first = kept * loss * loss * (1 - kept * kept);
  const second = loss * kept * loss;
  return first + second + loss * loss;
}

/**
 * All members of the Ringmaster begin their rounds together. At a round, one that has had `tries` failures in a row holds the process for
 * dead, unless the answer to the first CALL of this round comes before the register has been looked at. It asks until a majority has
 * answered, and all of these must say the same. Those nearest to it are itself and then, since all are equally far, the first in order: so
 * the process is dead when the first of them hold it for that, one less than a majority, and any one of the rest.
 */
export function judged(setting: RingmasterSetting): DetectionModel {
  const { interval, pause, ringmasters, roundTrip, tries } = setting;
  const fails = nullCallFails(setting.loss);
  const first = Math.floor(ringmasters / 2);
  const rest = ringmasters - first;
  // To look at the register takes a round trip, but to itself the Ringmaster of one is not far.
  const isEarly = ringmasters === 1 ? Math.min(1, roundTrip / pause) : 0;
  const silent = 1 - (1 - setting.loss) ** 2 * (1 - isEarly);
  const rounds = meanRounds({ fails, silent, tries, first, rest });
  const falseRate = 1 / ((rounds + 0.5) * interval + pause / 2);

  // Of a crash some time after the beginning of a round: whether the null call of that round fails.
  const half = roundTrip / 2;
  const phases = [
    { from: 0, to: half, failing: 1 },
    { from: half, to: half + setting.retry, failing: 1 - (1 - setting.loss) ** 2 },
    { from: half + setting.retry, to: interval, failing: fails },
  ];
  const known = pause / (ringmasters + 1) + (ringmasters === 1 ? 0 : 4 * roundTrip);
  const parts = phases.flatMap(({ from, to, failing }) =>
    Array.from({ length: tries + 1 }, (_, i): Part => {
      const by = (round: number): number => {
        const suspects = suspectsBy(round, tries, fails, failing);
        return suspects ** first * (1 - (1 - suspects) ** rest);
      };
      const weight = (to - from) * (by(i + 1) - by(i));
      return { weight, from: (i + 1) * interval - to + known, to: (i + 1) * interval - from + known };
    }),
  );
  return { ...lawOf(parts), falseRate };
}

/** The probability that one Ringmaster member holds a process for dead by this round, counted from that of the crash. */
function suspectsBy(round: number, tries: number, fails: number, failing: number): number {
  if (round === 0) return 0;
  // Failures that are lacking before the crash; those of the round of the crash, and after it, are sure or as given.
  const lacking = tries - (round - 1);
  return lacking <= 0 ? 1 : failing * fails ** (lacking - 1);
}

interface Runs {
  readonly fails: number;
  readonly silent: number;
  readonly tries: number;
  readonly first: number;
  readonly rest: number;
}

/**
 * The mean number of rounds until a process that lives is held for dead. The state is how many failures in a row each member of the
 * Ringmaster has had. Its law, given that it has not happened yet, soon settles; then every round is as likely to be the last.
 */
function meanRounds(setting: Runs): number {
  if (setting.fails === 0) return Infinity;
  let law = new Map<string, number>([
    [
      Array<number>(setting.first + setting.rest)
        .fill(0)
        .join(),
      1,
    ],
  ]);
  let [mean, survived, before] = [0, 1, 0];
  for (;;) {
    const { next, hazard } = round(law, setting);
    mean += survived;
    survived *= 1 - hazard;
    // A run of failures is forgotten at the first answer.
    if (hazard > 0 && Math.abs(hazard - before) <= 1e-9 * hazard) return mean + survived / hazard;
    if (survived < 1e-12) return mean;
    before = hazard;
    law = next;
  }
}

/** The law after one more round in which it has not happened, and the probability that it happened in this one. */
function round(
  law: ReadonlyMap<string, number>,
  { fails, silent, tries, first }: Runs,
): { readonly next: Map<string, number>; readonly hazard: number } {
  const next = new Map<string, number>();
  let hazard = 0;
  /** `dead`: how many of the first, and of the rest, hold the process for dead. */
  const go = (
    runs: readonly number[],
    after: readonly number[],
    dead: readonly [number, number],
    chance: number,
  ): void => {
    const run = runs[after.length];
    if (run === undefined) {
      // Which of the first, and which of the rest, has had which run does not matter.
      const key = [after.slice(0, first), after.slice(first)].flatMap((part) => part.toSorted((a, b) => a - b)).join();
      if (dead[0] === first && dead[1] > 0) hazard += chance;
      else next.set(key, (next.get(key) ?? 0) + chance);
      return;
    }
    const due = run >= tries ? 1 : 0;
    const silently: readonly [number, number] =
      after.length < first ? [dead[0] + due, dead[1]] : [dead[0], dead[1] + due];
    go(runs, [...after, Math.min(tries, run + 1)], silently, chance * fails);
    go(runs, [...after, 0], silently, chance * (silent - fails));
    go(runs, [...after, 0], dead, chance * (1 - silent));
  };
  for (const [key, chance] of law) if (chance > 0) go(key.split(",").map(Number), [], [0, 0], chance);
  for (const [key, chance] of next) next.set(key, chance / (1 - hazard));
  return { next, hazard };
}
