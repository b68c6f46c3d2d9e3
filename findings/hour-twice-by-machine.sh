#!/bin/sh
# Which of two moments a local time of a NAMED zone is, in the hour that happens twice, in date-fns-tz and @date-fns/tz.
#
# Guess: with the zone given, the zone of the machine plays no part.
# What happens: fromZonedTime("2021-10-31T02:30", "Europe/Berlin") is the second moment where TZ is UTC or Europe/Berlin, and the first where
# it is America/New_York. TZDate is the second moment under UTC and New York, and the first under Berlin. For New York's own hour
# both say the first on all three: no rule like "standard time" holds.
# Why it matters: workers of one campaign in different places import different outages from one log, and a result made on a laptop is
# not that of CI, which runs in UTC. A test in one zone shows nothing.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y > /dev/null
npm install --silent --no-audit --no-fund date-fns@4.1.0 date-fns-tz@3.2.0 @date-fns/tz@1.4.1
cat > read.mjs << 'END'
import { TZDate } from "@date-fns/tz";
import { fromZonedTime } from "date-fns-tz";
const readers = {
  fromZonedTime: (text, zone) => fromZonedTime(text, zone).getTime(),
  TZDate: (text, zone) => {
    const [year, month, day, hour, minute] = text.split(/\D/).map(Number);
    return new TZDate(year, month - 1, day, hour, minute, 0, zone).getTime();
  },
};
const cases = [
  ["2021-10-31T02:30", "Europe/Berlin", "2021-10-31T00:30Z"],
  ["2021-11-07T01:30", "America/New_York", "2021-11-07T05:30Z"],
];
for (const [text, zone, first] of cases) {
  const told = Object.entries(readers).map(([name, read]) => {
    const minutes = (read(text, zone) - Date.parse(first)) / 60_000;
    return `${name} ${minutes === 0 ? "first" : minutes === 60 ? "second" : minutes}`;
  });
  console.log(`TZ=${process.env.TZ}, ${zone}: ${told.join(", ")}`);
}
END
for zone in UTC Europe/Berlin America/New_York; do TZ=$zone node read.mjs; done > seen
echo "date-fns-tz 3.2.0, @date-fns/tz 1.4.1:"
cat seen
cat > expected << 'END'
TZ=UTC, Europe/Berlin: fromZonedTime second, TZDate second
TZ=UTC, America/New_York: fromZonedTime first, TZDate first
TZ=Europe/Berlin, Europe/Berlin: fromZonedTime second, TZDate first
TZ=Europe/Berlin, America/New_York: fromZonedTime first, TZDate first
TZ=America/New_York, Europe/Berlin: fromZonedTime first, TZDate second
TZ=America/New_York, America/New_York: fromZonedTime first, TZDate first
END
cmp seen expected
