#!/bin/sh
# Guess: an exponentially weighted average that takes a clock as argument gives the same with a clock that starts at 0 as with the wall clock, and counts each value.
#
# Behaviour (ewma 2.0.1): without an initial value the average is 0 at time 0 of the clock given. By the wall clock that is 1970, so that the first value replaces it entirely. By a clock that
# starts at 0 the zero stays in the average: latencies of 100 each, a second apart, with a half-life of 10 s, have an average of 50 after 10 s and 98 after a minute, and a first value at time 0
# counts nothing. Values in one millisecond: only the first counts, since a weight is made of the time since the last value. Two servers that answer 0 and 100 in turn, both in the same millisecond,
# have an average of 0 or of 100, by which comes first.
#
# Why it matters: a simulation gives such a class its virtual clock, in which everything starts at 0 and many events have equal times. An estimate of a round trip or of load then begins far too low.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y > /dev/null
npm install --silent --no-audit --no-fund --ignore-scripts ewma@2.0.1 > /dev/null
cat > averages.cjs <<'JS'
const Ewma = require("ewma");

/** The averages after 10 s and after a minute of values of 100, one a second from `start` on. */
function steady(start) {
  let now = start;
  const average = new Ewma(10_000, undefined, { now: () => now });
  const seen = [];
  for (let second = 0; second <= 60; second++) {
    now = start + 1000 * second;
    average.insert(100);
    if (second === 0 || second === 10 || second === 60) seen.push(Math.round(average.value()));
  }
  return seen;
}
/** The average of a hundred pairs of values, both of a pair in one millisecond. */
function pairs(first, second) {
  let now = 1_700_000_000_000;
  const average = new Ewma(10_000, undefined, { now: () => now });
  for (let i = 0; i < 100; i++) {
    now += 1000;
    average.insert(first);
    average.insert(second);
  }
  return Math.round(average.value());
}
const [virtual, wall] = [steady(0), steady(1_700_000_000_000)];
console.log(`values of 100, at once, after 10 s and a minute: ${virtual.join(", ")} by a clock from 0, ${wall.join(", ")} by the wall clock`);
console.log(`pairs in one millisecond: 0 and 100 have the average ${pairs(0, 100)}, 100 and 0 have ${pairs(100, 0)}`);
if (virtual.join() !== "0,50,98" || wall.join() !== "100,100,100" || pairs(0, 100) !== 0 || pairs(100, 0) !== 100) {
  console.log("It behaves differently now.");
  process.exit(1);
}
JS
node averages.cjs
