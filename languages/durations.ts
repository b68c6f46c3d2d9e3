/** Durations as people write them, `6m40s`, and as programs reckon with them, milliseconds. */

const units: readonly (readonly [name: string, milliseconds: number])[] = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["m", 60_000],
  ["s", 1000],
  ["ms", 1],
  ["us", 0.001],
  ["ns", 0.000_001],
];

const millisecondsOf = new Map(units);
const part = /(\d+(?:\.\d+)?(?:e[+-]?\d+)?)(d|h|ms|m|s|us|ns)/gy;

/**
 * Milliseconds from `400s`, `1h`, `6m40s`, `250ms`, `1.5h`; a bare number is milliseconds; undefined if it is neither.
 */
export function parseDuration(text: string): number | undefined {
  // Whole numbers beyond 2^53 would come out rounded: they are none.
  if (/^\d+$/.test(text)) return Number.isSafeInteger(Number(text)) ? Number(text) : undefined;
  if (/^\d+(\.\d+)?(e[+-]?\d+)?$/.test(text)) return Number(text);
  part.lastIndex = 0;
  let total = 0;
  while (part.lastIndex < text.length) {
    const match = part.exec(text);
    if (match === null) return undefined;
    total += Number(match[1]) * millisecondsOf.get(match[2]!)!;
  }
  return text === "" ? undefined : total;
}

/** A short way to write a duration that `parseDuration` reads back as the same number: `400s`, `1.5h`, `1h1m1s`. */
export function showDuration(milliseconds: number): string {
  if (milliseconds === 0) return "0s";
  const isExact = (text: string): boolean => parseDuration(text) === milliseconds;
  const numbers = units.map(([unit, size]) => [String(milliseconds / size), unit] as const);
  // At most three digits, or a round number of hundreds.
  const isShort = (digits: string): boolean =>
    Number(digits) >= 1 && (digits.length <= 3 || /^\d{1,3}00$/.test(digits));
  const short = numbers.find(([digits, unit]) => isShort(digits) && isExact(digits + unit));
  if (short !== undefined) return short.join("");
  let rest = milliseconds;
  let compound = "";
  for (const [unit, size] of units.slice(0, 5)) {
    const whole = Math.floor(rest / size);
    if (whole > 0) compound += `${whole}${unit}`;
    rest -= whole * size;
  }
  return isExact(compound) ? compound : `${milliseconds}ms`;
}

const secondsInYear = 365.25 * 86_400;

/** What a share of time is in a year of 365.25 days: `8.77 h`, `5.26 min`. */
export function inYear(share: number): string {
  const seconds = share * secondsInYear;
  const [unit, size] =
    seconds >= 2 * 86_400
      ? (["d", 86_400] as const)
      : seconds >= 3600
        ? (["h", 3600] as const)
        : seconds >= 60
          ? (["min", 60] as const)
          : seconds >= 1 || seconds === 0
            ? (["s", 1] as const)
            : (["ms", 0.001] as const);
  return `${Number((seconds / size).toPrecision(3))} ${unit}`;
}
