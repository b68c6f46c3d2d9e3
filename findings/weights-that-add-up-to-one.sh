#!/bin/sh
# Guess: a quantile sketch that takes a weight with each value gives the same quantiles in whatever unit the weights are, since only their shares count.
#
# Behaviour (@datadog/sketches-js 2.1.1, accept(value, weight)): the q-quantile is the value at the weight q * (total - 1), as if each unit of weight were one observation. The length of a queue
# over a day, weighted by the time for which it was 1, 2, 10 or 100, has the 99% point 100 with weights in seconds or minutes and 10 with weights in hours. In days the total is 1, and
# each quantile is the least length, 1, the 100% point too. In weeks the total is below 1, and each quantile but the 0% point is 0, a length that was never seen. The sum, the least and the greatest
# value are right in each unit, and nothing is reported.
#
# Why it matters: quantiles of a queue are quantiles over time, so the weights are durations; shares, or probabilities, add up to 1. A p99 of 0 or 1 says that the queue was always short.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y > /dev/null
npm install --silent --no-audit --no-fund --ignore-scripts @datadog/sketches-js@2.1.1 > /dev/null
cat > weights.cjs <<'JS'
const { DDSketch } = require("@datadog/sketches-js");

/** Lengths of a queue, and for how many hours of one day it had each. */
const day = [
  [1, 12],
  [2, 7.2],
  [10, 4.32],
  [100, 0.48],
];
const points = [0, 0.5, 0.9, 0.99, 1];
const seen = {};
for (const [unit, perHour] of Object.entries({ seconds: 3600, minutes: 60, hours: 1, days: 1 / 24, weeks: 1 / 168 })) {
  const sketch = new DDSketch();
  for (const [length, hours] of day) sketch.accept(length, hours * perHour);
  seen[unit] = points.map((point) => Math.round(sketch.getValueAtQuantile(point))).join();
  const read = points.map((point) => `${100 * point}% ${sketch.getValueAtQuantile(point).toFixed(2)}`).join(", ");
  console.log(`weights in ${unit}: ${read}; mean ${(sketch.sum / sketch.count).toFixed(2)}, least ${sketch.min}, greatest ${sketch.max}`);
}
const same =
  seen.seconds === "1,1,10,100,100" &&
  seen.minutes === seen.seconds &&
  seen.hours === "1,1,10,10,10" &&
  seen.days === "1,1,1,1,1" &&
  seen.weeks === "1,0,0,0,0";
if (!same) {
  console.log("It behaves differently now.");
  process.exit(1);
}
JS
node weights.cjs
