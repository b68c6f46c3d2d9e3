/**
 * The real coverage of intervals: hundreds of campaigns of each case whose true figure is known, without protocols, so
 * that they take a minute together. docs/intervals.md has the table.
 */
import { readFileSync } from "node:fs";
import { locate } from "../../harness/package-root.ts";
import { studentQuantile } from "../../harness/statistics/distributions.ts";
import {
  contributions,
  meanInterval,
  proportionInterval,
  ratioInterval,
  type Estimate,
  type Pair,
} from "../../harness/statistics/intervals.ts";
import { moments } from "../../harness/statistics/moments.ts";
import { fewestEvents, rareInterval, waitingInterval } from "../../harness/statistics/rare-events.ts";
import { exponential, lognormal, weibull } from "../../sim/chance/lifetimes.ts";
import { Stream, streams } from "../../sim/chance/random.ts";
import type { Distribution } from "../../sim/chance/distribution.ts";
import { ObservedOutages } from "../../sim/machine/outages.ts";
import { parseRecording } from "../../sim/machine/recording.ts";
import { shareMissing, timeMissing, timeOfOne } from "../../sim/theory/observed-troupes.ts";
import { outageLength } from "../../sim/theory/outage-length.ts";
import { normalQuantile } from "../../sim/chance/special.ts";
import { open01 } from "../../sim/chance/distribution.ts";
import { webServers } from "./web-servers.ts";

interface Case {
  readonly name: string;
  readonly truth: number;
  readonly sizes: readonly number[];
  readonly interval: (pairs: readonly Pair[]) => Estimate;
  /** One replication. */
  readonly draw: (random: Stream) => Pair;
  /** Whether wider intervals than promised are to be: of counts, of which few are possible, or of heavy tails. */
  readonly mayBeWide?: true;
  readonly campaigns?: number;
  /** What can be had of so few values of so skewed a law that they hardly show it, by size. */
  readonly least?: Readonly<Record<number, number>>;
}

function poisson(random: Stream, mean: number): number {
  let events = 0;
  for (let left = mean + Math.log(open01(random)); left > 0; left += Math.log(open01(random))) events++;
  return events;
}

function means(name: string, law: Distribution, sizes: readonly number[]): Case {
  const interval = (pairs: readonly Pair[]): Estimate =>
    meanInterval(
      pairs.map(([value]) => value),
      false,
    );
  return { name: `mean of ${name} values`, truth: law.mean, sizes, interval, draw: (random) => [law.draw(random), 1] };
}

/** So many outages of a law in a replication, on average, of a troupe that is up for much longer. */
function outages(name: string, law: Distribution, number: number, sizes: readonly number[]): Case {
  const time = 1e6 * law.mean;
  return {
    name: `downtime, ${number} ${name} ${number === 1 ? "outage" : "outages"} a run`,
    truth: (number * law.mean) / time,
    sizes,
    interval: rareInterval,
    mayBeWide: true,
    draw(random) {
      let down = 0;
      for (let i = poisson(random, number); i > 0; i--) down += law.draw(random);
      return [down, time, outageLength(law, 1)];
    },
  };
}

/** Troupes whose members are nodes of a trace, by the trace alone. */
function traced(
  name: string,
  observed: ObservedOutages,
  members: number,
  troupes: number,
  sizes: readonly number[],
): Case {
  const outage = timeOfOne(observed, members, members, streams("coverage", 0).fork(name));
  return {
    name: `downtime of ${troupes} troupes of ${members}, ${name}`,
    truth: shareMissing(observed, members, members),
    sizes,
    interval: rareInterval,
    mayBeWide: true,
    campaigns: 200,
    draw(random) {
      const nodes = observed.choose(members * troupes, random);
      let down = 0;
      for (let i = 0; i < troupes; i++) {
        const own = nodes.slice(members * i, members * (i + 1));
        down += timeMissing(
          own.map((node) => observed.downtimes(node)),
          members,
        );
      }
      return [down, observed.duration * troupes, outage];
    },
  };
}

function cases(): Case[] {
  const lanl = new ObservedOutages(
    parseRecording(readFileSync(locate("data/lanl-failures.csv"), "utf8"), "data/lanl-failures.csv"),
    {
      system: "20",
      nodes: 512,
    },
  );
  const web = new ObservedOutages({ outages: webServers() });
  const normal: Distribution = { ...exponential(10), draw: (random) => 10 + normalQuantile(open01(random)) };
  const calls = (rate: number): Pick<Case, "truth" | "draw"> => ({
    truth: rate,
    draw: (random) => [poisson(random, 100 * rate), 100],
  });
  return [
    means("normal", normal, [3, 5, 20]),
    means("exponential", exponential(10), [5, 10, 20]),
    { ...means("lognormal(1)", lognormal(0, 1), [5, 10, 20, 40]), least: { 5: 0.9, 10: 0.91 } },
    {
      name: "mean time of 20 calls on average, exponential",
      truth: 10,
      sizes: [5, 20],
      interval: (pairs) => ratioInterval(pairs, false),
      draw(random) {
        const number = 1 + poisson(random, 19);
        let time = 0;
        for (let i = 0; i < number; i++) time -= 10 * Math.log(open01(random));
        return [time, number];
      },
    },
    { name: "failed calls, 0.5 a run", sizes: [8, 40], interval: rareInterval, mayBeWide: true, ...calls(0.005) },
    { name: "failed calls, 5 a run", sizes: [8, 40], interval: rareInterval, ...calls(0.05) },
    {
      name: "time to a loss, 0.5 losses a run",
      truth: 200,
      sizes: [8, 40],
      interval: waitingInterval,
      mayBeWide: true,
      draw: (random) => [100, poisson(random, 0.5)],
    },
    outages("exponential", exponential(1), 1, [10, 40]),
    outages("exponential", exponential(1), 10, [10, 40]),
    outages("Weibull(0.3)", weibull(0.3, 1), 1, [10, 40]),
    outages("Weibull(0.3)", weibull(0.3, 1), 100, [10, 40]),
    traced("LANL system 20", lanl, 2, 200, [30]),
    traced("synthetic web servers", web, 3, 10, [10, 40]),
  ];
}

/** The textbook's interval, for comparison: Student's t, linearized for quotients. */
function student(pairs: readonly Pair[], isWaiting: boolean): Estimate {
  const linear = contributions(isWaiting ? pairs.map(([time, events]): Pair => [events, time]) : pairs);
  const { count, mean, variance } = moments(linear!.values);
  const half = studentQuantile(0.975, count - 1) * Math.sqrt(variance / count);
  const [low, high] = [mean - half, mean + half];
  return isWaiting ? { mean, low: 1 / high, high: low > 0 ? 1 / low : null } : { mean, low, high };
}

function holds({ low, high }: Estimate, truth: number): boolean {
  return low! <= truth && truth <= (high ?? Infinity);
}

const standardCampaigns = 2000;
/** What intervals are held to: 95 +- 2%, as far as so many campaigns can tell. */
const band = [0.93, 0.97] as const;

/** Prints a line for each case and size; answers how many are not what they promise. */
export function judgeIntervals(): number {
  const text = (share: number): string => `${(100 * share).toFixed(1)}%`.padStart(7);
  console.log(`${"".padEnd(66)}runs  Student    ours  of it   not enough`);
  console.log(`${"".padEnd(66)}                    too low     data`);
  let failed = 0;
  for (const { name, truth, sizes, interval, draw, mayBeWide, campaigns = standardCampaigns, least } of cases()) {
    for (const size of sizes) {
      let [held, byStudent, tooLow, scant] = [0, 0, 0, 0];
      for (let campaign = 0; campaign < campaigns; campaign++) {
        const random = streams(`coverage of ${name}`, campaign);
        const pairs = Array.from({ length: size }, (_, i) => draw(random.fork(`${i}`)));
        const estimate = interval(pairs);
        if (holds(estimate, truth)) held++;
        else if (estimate.high !== null && estimate.high < truth) tooLow++;
        if (holds(student(pairs, interval === waitingInterval), truth)) byStudent++;
        if (estimate.events !== undefined && estimate.events < fewestEvents) scant++;
      }
      const { low, high } = proportionInterval(held, campaigns);
      const isBad = high! < (least?.[size] ?? band[0]) || (mayBeWide === undefined && low! > band[1]);
      if (isBad) failed++;
      const shares = [byStudent, held, tooLow, scant].map((number) => text(number / campaigns)).join("  ");
      console.log(`${name.padEnd(66)}${String(size).padStart(4)}  ${shares}${isBad ? "  NOT WHAT IT PROMISES" : ""}`);
    }
  }
  return failed;
}
