/** Units of time of the tables that a loader gives. */

/** Length of each unit of time in ns. A unit outside this table is not a time, and is left as it is. */
export const lengths = { ns: 1, us: 1e3, ms: 1e6, s: 1e9, min: 6e10, h: 3.6e12, hours: 3.6e12, days: 8.64e13 } as const;

/** The unit in which a loader gives all times. */
export type TimeUnit = Exclude<keyof typeof lengths, "hours">;

/** A value in another unit, if its unit is one of time; rounded once. */
export function scaled(value: number, from: string, to: TimeUnit): number {
  if (!Object.hasOwn(lengths, from) || from === to) return value;
  const [length, other] = [lengths[from as TimeUnit], lengths[to]];
  return length >= other ? value * (length / other) : value / (other / length);
}
