#!/bin/sh
# Guess: the rank correlation of a constant with anything is NaN (as Pearson's is), and equal values share their rank.
#
# Behaviour (simple-statistics 7.8.8, sampleRankCorrelation): equal values get different ranks, in the order of the rows. Four equal values correlate with 1, 2,
# 3, 4 by 1, and with 4, 3, 2, 1 by -1. The pairs (1,1), (2,2), (2,3), (3,4) give 1, and 0.8 with the two middle rows exchanged; right is 0.949 for both.
# sampleCorrelation gives NaN for a constant.
#
# Why it matters: a sweep lists its rows by the parameter, and a figure that does not depend on it (availability 1 in each cell) correlates perfectly
# with it; figures with few levels correlate too well, by the order of the file.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y > /dev/null
npm install --silent --no-audit --no-fund simple-statistics@7.8.8 > /dev/null
cat > constant.cjs <<'JS'
const { sampleRankCorrelation, sampleCorrelation } = require("simple-statistics");
const availability = [1, 1, 1, 1];
const seen = {
  "constant with 1, 2, 3, 4": sampleRankCorrelation(availability, [1, 2, 3, 4]),
  "constant with 4, 3, 2, 1": sampleRankCorrelation(availability, [4, 3, 2, 1]),
  "one tie": sampleRankCorrelation([1, 2, 2, 3], [1, 2, 3, 4]),
  "one tie, other order of rows": sampleRankCorrelation([1, 2, 2, 3], [1, 3, 2, 4]),
  "right for both (Pearson's of shared ranks)": sampleCorrelation([1, 2.5, 2.5, 4], [1, 2, 3, 4]),
  "Pearson's of the constant": sampleCorrelation(availability, [1, 2, 3, 4]),
};
for (const [what, value] of Object.entries(seen)) console.log(`${what}: ${value.toFixed(3)}`);
if (Object.values(seen).map((value) => value.toFixed(3)).join() !== "1.000,-1.000,1.000,0.800,0.949,NaN") {
  console.log("It behaves differently now.");
  process.exit(1);
}
JS
node constant.cjs
