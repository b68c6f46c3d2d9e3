/**
 * Converts times of logs to ms since 1970. Nothing is guessed: a text that could mean two moments is refused, and the
 * message names the option that settles it.
 *
 * Time zones come from the IANA database in Node (Intl), by the rules of the Temporal proposal. Only that interface
 * distinguishes an hour that happens twice, and an hour that never happens, from other hours.
 */
import { Temporal } from "temporal-polyfill";
import { BadData } from "../../sim/bad-data.ts";
import type { Milliseconds } from "../../protocols/host.ts";
import { didYouMean } from "../../languages/nearest.ts";

/** The order of day and month in dates of numbers, or the unit of times that are counts. */
export const notations = ["iso", "day-first", "month-first", "s", "ms", "us"] as const;
export type Notation = (typeof notations)[number];

export interface TimeOptions {
  /** The time zone of local times: "Europe/Berlin". Left out: times without an offset from UTC are refused. */
  readonly zone?: string;
  /** Left out: only times with one possible reading are accepted. */
  readonly notation?: Notation;
}

/** A problem with the text of a time: the end of a sentence that begins with the text. */
export class TimeProblem extends Error {}

interface Local {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly millisecond: number;
}

const clock = String.raw`(\d{1,2}):(\d\d)(?::(\d\d)(?:[.,](\d+))?)?(?:\s*([AaPp])\.?[Mm]\.?)?`;
const end = String.raw`\s*(Z|UTC|GMT|[+-]\d\d(?::?\d\d)?)?$`;
const yearFirst = new RegExp(`^(\\d{4})[-/.](\\d{1,2})[-/.](\\d{1,2})(?:T|[ ,]+)${clock}${end}`, "i");
const yearLast = new RegExp(`^(\\d{1,2})[-/.](\\d{1,2})[-/.](\\d{4})(?:T|[ ,]+)${clock}${end}`, "i");
const dayAndWord = new RegExp(`^(\\d{1,2})[- .]+([a-z]{3,9})[- .,]+(\\d{4})[ ,T]+${clock}${end}`, "i");
const wordAndDay = new RegExp(`^([a-z]{3,9})[- .]+(\\d{1,2})[ ,]+(\\d{4})[ ,T]+${clock}${end}`, "i");
const dateAlone = /^(\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{4})$/;
const months = "january february march april may june july august september october november december".split(" ");

/**
 * 1980 and 2100 in seconds since 1970. The ranges between them in s, ms and us do not overlap, so that a count shows
 * its unit.
 */
const [earliest, latest] = [315_532_800, 4_102_444_800];
const perSecond = { s: 1, ms: 1e3, us: 1e6 } as const;

export class TimeReader {
  readonly #zone: string | undefined;
  readonly #notation: Notation | undefined;
  #unit: "s" | "ms" | "us" | undefined;
  /** By date: the offset from UTC in ms, if it is constant on that day. */
  readonly #offsets = new Map<number, Milliseconds | "changes">();
  /** The kinds of times that have been read, for a summary. */
  readonly kinds = new Set<string>();

  /** @throws BadData for an unknown time zone */
  constructor({ zone, notation }: TimeOptions) {
    this.#notation = notation;
    if (notation === "s" || notation === "ms" || notation === "us") this.#unit = notation;
    if (zone === undefined) return;
    try {
      Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(zone);
    } catch {
      throw new BadData(
        `--time-zone ${zone}: there is no such time zone; expected one like Europe/Berlin or UTC.` +
          didYouMean(zone, Intl.supportedValuesOf("timeZone")),
      );
    }
    this.#zone = zone;
  }

  /** @throws TimeProblem if the text is no time, or could mean two moments */
  read(text: string): Milliseconds {
    if (/^[+-]?\d+(\.\d+)?$/.test(text)) return this.#counted(text);
    if (this.#unit !== undefined && this.#notation !== undefined) {
      throw new TimeProblem(`is not a number of ${this.#unit} since 1970`);
    }
    if (dateAlone.test(text)) throw new TimeProblem("has no time of day; expected one like 2002-05-06 08:45");
    const { parts, clockAt, kind } = this.#date(text);
    const [hour, minute, second = "0", fraction = "0", half, offset] = parts.slice(clockAt);
    const local = { ...kind.date, ...this.#time(hour!, minute!, second, fraction, half) };
    this.kinds.add(offset === undefined ? `${kind.name}, ${this.#zone ?? ""}` : `${kind.name}, with offsets`);
    return this.#instant(local, offset);
  }

  #date(text: string): {
    parts: readonly (string | undefined)[];
    clockAt: number;
    kind: { name: string; date: Pick<Local, "year" | "month" | "day"> };
  } {
    const number = Number;
    let match = yearFirst.exec(text);
    if (match !== null) {
      const date = { year: number(match[1]), month: number(match[2]), day: number(match[3]) };
      return { parts: match, clockAt: 4, kind: { name: "dates year-month-day", date } };
    }
    match = yearLast.exec(text);
    if (match !== null) {
      const [first, second] = [number(match[1]), number(match[2])];
      if (this.#notation !== "day-first" && this.#notation !== "month-first") {
        const told = first > 12 ? " (day-first, by this line)" : second > 12 ? " (month-first, by this line)" : "";
        throw new TimeProblem(`begins with a day or a month: --dates day-first or month-first says which${told}`);
      }
      const [day, month] = this.#notation === "day-first" ? [first, second] : [second, first];
      return {
        parts: match,
        clockAt: 4,
        kind: { name: `dates ${this.#notation}`, date: { year: number(match[3]), month, day } },
      };
    }
    const named = dayAndWord.exec(text) ?? wordAndDay.exec(text);
    if (named !== null) {
      const [word, day] = /^\d/.test(named[1]!) ? [named[2]!, named[1]] : [named[1]!, named[2]];
      const month = months.findIndex((name) => name === word.toLowerCase() || name.slice(0, 3) === word.toLowerCase());
      if (month >= 0) {
        const date = { year: number(named[3]), month: month + 1, day: number(day) };
        return { parts: named, clockAt: 4, kind: { name: "dates with names of months", date } };
      }
    }
    throw new TimeProblem("is not a time; expected one like 2002-05-06 08:45, or a number of seconds since 1970");
  }

  #time(
    hour: string,
    minute: string,
    second: string,
    fraction: string,
    half: string | undefined,
  ): Omit<Local, "year" | "month" | "day"> {
    let hours = Number(hour);
    if (half !== undefined) {
      if (hours < 1 || hours > 12) throw new TimeProblem("has an hour that is not from 1 to 12, and AM or PM");
      hours = (hours % 12) + (half.toLowerCase() === "p" ? 12 : 0);
    }
    const millisecond = Math.floor(Number(`0.${fraction}`) * 1000);
    return { hour: hours, minute: Number(minute), second: Number(second), millisecond };
  }

  #counted(text: string): Milliseconds {
    const count = Number(text);
    const isLike = (unit: "s" | "ms" | "us"): boolean =>
      count >= earliest * perSecond[unit] && count <= latest * perSecond[unit];
    if (this.#notation !== undefined && this.#unit === undefined) {
      throw new TimeProblem(`is a number, and --dates ${this.#notation} says that dates are written out`);
    }
    const unit = this.#notation === undefined ? (["s", "ms", "us"] as const).find(isLike) : this.#unit;
    if (unit === undefined) throw new TimeProblem("is a number of something: --dates s, ms or us says its unit");
    if (this.#unit !== undefined && unit !== this.#unit) {
      throw new TimeProblem(`looks like a number of ${unit} since 1970, and those before it are of ${this.#unit}`);
    }
    this.#unit = unit;
    this.kinds.add(`numbers of ${unit} since 1970`);
    // Rounds to whole ms, so that the written times are the times of the computation.
    return Math.round((count / perSecond[unit]) * 1000);
  }

  #instant(local: Local, offset: string | undefined): Milliseconds {
    const { year, month, day, hour, minute, second, millisecond } = local;
    const asUtc = Date.UTC(year, month - 1, day, hour, minute, second, millisecond);
    const back = new Date(asUtc);
    const isThere =
      back.getUTCMonth() === month - 1 && back.getUTCDate() === day && hour < 24 && minute < 60 && second < 60;
    if (!isThere) throw new TimeProblem("is not a time that the calendar and the clock have");
    if (offset !== undefined) {
      const [, sign, hours = "0", minutes = "0"] = /^([+-])(\d\d):?(\d\d)?$/.exec(offset) ?? [];
      return sign === undefined
        ? asUtc
        : asUtc - (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
    }
    const zone = this.#zone;
    if (zone === undefined) {
      throw new TimeProblem(
        "does not say how far it is from UTC: --time-zone says of which place it is, such as Europe/Berlin, or UTC",
      );
    }
    const ofDay = this.#offsetOf(local, zone);
    if (ofDay !== "changes") return asUtc - ofDay;
    const plain = Temporal.PlainDateTime.from(local);
    const early = plain.toZonedDateTime(zone, { disambiguation: "earlier" });
    const late = plain.toZonedDateTime(zone, { disambiguation: "later" });
    if (early.epochMilliseconds === late.epochMilliseconds) return early.epochMilliseconds;
    if (early.toPlainDateTime().equals(plain)) {
      throw new TimeProblem(
        `is there twice in ${zone}, where clocks were put back: write it with its offset, ${early.offset} the first time, ${late.offset} the second`,
      );
    }
    throw new TimeProblem(`is not there in ${zone}, where clocks were put forward`);
  }

  /** The offset from UTC in ms of a zone, if it is constant on that day and on the days before and after. */
  #offsetOf({ year, month, day }: Local, zone: string): Milliseconds | "changes" {
    const key = (year * 12 + month) * 31 + day;
    let known = this.#offsets.get(key);
    if (known === undefined) {
      const date = Temporal.PlainDate.from({ year, month, day });
      const [before, after] = [date.subtract({ days: 1 }), date.add({ days: 2 })].map((day) =>
        day.toZonedDateTime(zone),
      );
      const change = before!.getTimeZoneTransition("next")?.epochMilliseconds ?? Infinity;
      known = change > after!.epochMilliseconds ? before!.offsetNanoseconds / 1e6 : "changes";
      this.#offsets.set(key, known);
    }
    return known;
  }
}

/** The text of a time in an imported file: `2002-05-06T08:45:00Z`. */
export function writeTime(time: Milliseconds): string {
  return new Date(time).toISOString().replace(".000Z", "Z");
}
