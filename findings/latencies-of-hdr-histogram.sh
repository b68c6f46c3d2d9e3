#!/bin/sh
# Guess: a histogram of hdr-histogram-js with counters of 16 bits either stops at the largest count or raises an error, and latencies below 1 ms are rounded to three
# significant digits, which is the precision that the histogram states.
#
# Behaviour (hdr-histogram-js 3.0.1): a counter starts again from 0 at its 65,536th value, while the total goes on. Of 66,000 latencies of 5 ms and 1,100 of 90 ms, each
# percentile is 0, from 25% to 99.9%; the mean raises an error that names an index. Two histograms of 40,000 values each, which are both right, give the median 0 when one is
# added to the other. Counters of 32 bits, the default, are right here. A fraction is cut to a whole number, with any counters: 0.2, 0.4, 0.6 and 0.8 ms have the
# mean, the median and the 100% point 0, and the maximum 0.8.
#
# Why it matters: simulated latencies are fractions of a millisecond, and memory is saved by small counters in sweeps of many cells. Both give 0, which is drawn as a good result.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y > /dev/null
npm install --silent --no-audit --no-fund hdr-histogram-js@3.0.1 > /dev/null
cat > latencies.cjs <<'JS'
const { build } = require("hdr-histogram-js");
const points = [25, 50, 99.9];
const seen = [16, 32].map((bitBucketSize) => {
  const histogram = build({ bitBucketSize });
  for (let i = 0; i < 66000; i++) histogram.recordValue(5);
  for (let i = 0; i < 1100; i++) histogram.recordValue(90);
  const percentiles = points.map((point) => histogram.getValueAtPercentile(point));
  console.log(`${bitBucketSize} bits, ${histogram.totalCount} values: ${points.join("%, ")}% points ${percentiles.join(", ")}`);
  return percentiles.join();
});
const [one, other] = [1, 2].map(() => {
  const histogram = build({ bitBucketSize: 16 });
  for (let i = 0; i < 40000; i++) histogram.recordValue(5);
  return histogram;
});
const before = one.getValueAtPercentile(50);
one.add(other);
const after = one.getValueAtPercentile(50);
console.log(`medians of 40,000 values and of twice as many, added: ${before}, ${after}`);
const fractions = build();
for (const value of [0.2, 0.4, 0.6, 0.8]) fractions.recordValue(value);
const { mean, maxValue } = fractions;
const [median, last] = [50, 100].map((point) => fractions.getValueAtPercentile(point));
console.log(`0.2, 0.4, 0.6, 0.8: mean ${mean}, median ${median}, 100% point ${last}, maximum ${maxValue}`);
const same =
  seen.join(" ") === "0,0,0 5,5,90" && before === 5 && after === 0 && mean === 0 && median === 0 && last === 0 && maxValue === 0.8;
if (!same) console.log("It behaves differently now.");
process.exit(same ? 0 : 1);
JS
node latencies.cjs
