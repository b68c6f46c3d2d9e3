#!/bin/sh
# Which of two moments a local time is, in the hour that happens twice when clocks are put back, in luxon and dayjs.
#
# Guess: the first, always (as in Temporal and moment), or at least always the same for the same text and zone.
# What happens: it depends on the day on which the program runs. Both take today's offset of the zone for their first attempt: in January
# 2021-10-31T02:30 of Berlin is the second moment, in July the first; in Sydney it is the other way round.
# Why it matters: who imports a log of outages in a simulator, and makes the result again half a year later, gets outages that differ
# by an hour, from the same file and the same versions. Ask for both moments (Temporal: earlier, later), and refuse if they differ.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y > /dev/null
npm install --silent --no-audit --no-fund luxon@3.7.2 dayjs@1.11.18 moment-timezone@0.6.0 temporal-polyfill@1.0.8
cat > today.cjs << 'END'
// The day on which the program runs; nothing else of Date is changed.
const Real = Date;
const today = Real.parse(`${process.env.TODAY}T12:00:00Z`);
globalThis.Date = class Date extends Real {
  constructor(...words) {
    if (words.length > 0) super(...words);
    else super(today);
  }
  static now() {
    return today;
  }
};
END
cat > read.mjs << 'END'
import dayjs from "dayjs";
import timezone from "dayjs/plugin/timezone.js";
import utc from "dayjs/plugin/utc.js";
import { DateTime } from "luxon";
import moment from "moment-timezone";
import { Temporal } from "temporal-polyfill";
dayjs.extend(utc);
dayjs.extend(timezone);
const readers = {
  luxon: (text, zone) => DateTime.fromISO(text, { zone }).toMillis(),
  dayjs: (text, zone) => dayjs.tz(text, zone).valueOf(),
  moment: (text, zone) => moment.tz(text, zone).valueOf(),
  temporal: (text, zone) => Temporal.PlainDateTime.from(text).toZonedDateTime(zone).epochMilliseconds,
};
const cases = [
  ["2021-10-31T02:30", "Europe/Berlin", "2021-10-31T00:30Z"],
  ["2021-11-07T01:30", "America/New_York", "2021-11-07T05:30Z"],
  ["2021-04-04T02:30", "Australia/Sydney", "2021-04-03T15:30Z"],
];
for (const [text, zone, first] of cases) {
  const told = Object.entries(readers).map(([name, read]) => {
    const minutes = (read(text, zone) - Date.parse(first)) / 60_000;
    return `${name} ${minutes === 0 ? "first" : minutes === 60 ? "second" : minutes}`;
  });
  console.log(`${process.env.TODAY.slice(5, 7)} ${zone}: ${told.join(", ")}`);
}
END
for TODAY in 2026-01-15 2026-07-15; do
  TZ=UTC TODAY=$TODAY node -r ./today.cjs read.mjs
done > seen
echo "luxon 3.7.2, dayjs 1.11.18, moment-timezone 0.6.0, temporal-polyfill 1.0.8; month in which the program runs:"
cat seen
cat > expected << 'END'
01 Europe/Berlin: luxon second, dayjs second, moment first, temporal first
01 America/New_York: luxon second, dayjs second, moment first, temporal first
01 Australia/Sydney: luxon first, dayjs first, moment first, temporal first
07 Europe/Berlin: luxon first, dayjs first, moment first, temporal first
07 America/New_York: luxon first, dayjs first, moment first, temporal first
07 Australia/Sydney: luxon second, dayjs second, moment first, temporal first
END
cmp seen expected
