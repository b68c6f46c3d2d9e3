/**
 * How soon a crash is detected by probes that may be lost, and how often a living process is suspected. Two detectors
 * are modelled: the message layer's watch (protocols/message/watch.ts), and a majority of the Ringmaster
 * (protocols/binding/ringmaster/collector.ts).
 *
 * Both are renewal processes: each answer restarts the process (W. Feller, An Introduction to Probability Theory,
 * volume 1, chapter XIII, for runs of failures; S. M. Ross, Introduction to Probability Models, chapter 7, for rates
 * and for the state at a random moment). Losses are independent, delays are constant, and round trips are shorter than
 * the waits for an answer.
 */
import { probabilityOfFewer, simpson } from "../chance/special.ts";

/** Times in ms, rates per ms. */
export interface DetectionModel {
  /** How often a living process is suspected. */
  readonly falseRate: number;
  /** Mean time from a crash at a random moment until the crash is known. */
  readonly mean: number;
  /**
   * Expected p-quantile of a sample of `crashes` crashes, interpolated between order statistics. For a small sample it
   * differs from the p-quantile of the law.
   */
  readonly sampleQuantile: (p: number, crashes: number) => number;
}

/** One component of a mixture: uniform on [from, to], with a weight. */
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
  // The k-th smallest value exceeds x if fewer than k values are at most x. Between two ends of parts its probability
  // is smooth in x.
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
 * The message layer's watch. A cycle lasts from a first probe to the next first probe, or to the suspicion after the
 * last wait. A crash falls into a phase of the cycle with a probability in proportion to the length of that phase. The
 * delay of detection depends on whether the probe under way was answered before the crash. `probeRate`: probes per ms.
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
    // A crash before the probe has arrived: the probe stays unanswered.
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
  /** ms after which a null call is repeated, once; after twice this time the null call has failed. */
  readonly retry: number;
  /** Rounds in a row without an answer. At the next round, a member of the Ringmaster takes the process for dead. */
  readonly tries: number;
  readonly ringmasters: number;
  /** The time from that round until the register is read is uniform on [0, pause], in ms. */
  readonly pause: number;
}

/** The probability that a null call fails: both CALLs are lost, or all RETURNs to the CALLs that arrived are lost. */
export function nullCallFails(loss: number): number {
  const kept = 1 - loss;
  // The first CALL arrives. The server repeats its RETURN, and repeats it once more if the second CALL arrives.
  const first = kept * loss * loss * (1 - kept * kept);
  const second = loss * kept * loss;
  return first + second + loss * loss;
}

/**
 * The Ringmaster. All its members begin their rounds together. At a round, a member that has had `tries` failures in a
 * row takes the process for dead, unless the answer to the first CALL of this round arrives before the member has read
 * the register. The member then asks the others until a majority has answered, and the whole majority must agree. The
 * nearest member is the asking member itself; the others are equally far, and answer in order. So the process is
 * declared dead when the first floor(ringmasters / 2) members, and at least one of the other members, take it for dead.
 */
export function judged(setting: RingmasterSetting): DetectionModel {
  const { interval, pause, ringmasters, roundTrip, tries } = setting;
  const fails = nullCallFails(setting.loss);
  const first = Math.floor(ringmasters / 2);
  const rest = ringmasters - first;
  // Reading the register takes a round trip, except for a Ringmaster of one member, which asks itself.
  const isEarly = ringmasters === 1 ? Math.min(1, roundTrip / pause) : 0;
  const silent = 1 - (1 - setting.loss) ** 2 * (1 - isEarly);
  const rounds = meanRounds({ fails, silent, tries, first, rest });
  const falseRate = 1 / ((rounds + 0.5) * interval + pause / 2);

  // By the time from the beginning of the round to the crash: the probability that the null call of that round fails.
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

/** The probability that one Ringmaster member takes the process for dead by this round; the round of the crash is 0. */
function suspectsBy(round: number, tries: number, fails: number, failing: number): number {
  if (round === 0) return 0;
  // Of the `tries` failures, the rounds after the crash give round - 1 for sure, and the round of the crash gives one
  // with probability `failing`. The others must have happened before the crash, each with probability `fails`.
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
 * The mean number of rounds until a living process is declared dead. The state is the number of failures in a row at
 * each member of the Ringmaster. The law of the state, given that the process has not been declared dead, soon
 * converges; from then on every round ends the run with the same probability.
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
    // The first answer ends a run of failures: the law converges quickly.
    if (hazard > 0 && Math.abs(hazard - before) <= 1e-9 * hazard) return mean + survived / hazard;
    if (survived < 1e-12) return mean;
    before = hazard;
    law = next;
  }
}

/**
 * The law after one more round, given no false declaration in it; and `hazard`, the probability of one in this round.
 */
function round(
  law: ReadonlyMap<string, number>,
  { fails, silent, tries, first }: Runs,
): { readonly next: Map<string, number>; readonly hazard: number } {
  const next = new Map<string, number>();
  let hazard = 0;
  /** `dead`: how many of the first members, and of the other members, take the process for dead. */
  const go = (
    runs: readonly number[],
    after: readonly number[],
    dead: readonly [number, number],
    chance: number,
  ): void => {
    const run = runs[after.length];
    if (run === undefined) {
      // Members within each of the two groups are interchangeable: the key holds their runs in order of length.
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
