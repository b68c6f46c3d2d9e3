#!/bin/sh
# Guess: the median of a law of counts is a value that the law can take, and the same as its quantile function at one half; so is each quantile.
#
# Behaviour (@stdlib, which is exact to many digits elsewhere):
# - stats-base-dists-poisson-median 0.3.1 is an approximate formula: the median of a Poisson count of mean 0.01 is -2, of mean 0.05 it is -1.
# - stats-base-dists-binomial-median 0.3.1 rounds the mean: of two trials with probability 0.25 it says 1, though none has probability 0.56. Up to twenty trials
#   it is wrong for 166 of 1980 probabilities in hundredths.
# - stats-base-dists-discrete-uniform-quantile 0.3.1: the greatest value of a die is 7, its lowest sixth ends at 2, and its median is 4, where cdf(3) is 0.5.
#
# Why it matters: a count of failures in a short run has such a small mean; a threshold from the median is negative, and a draw by
# inversion of a number from (0, 1] leaves the range.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y > /dev/null
npm install --silent --no-audit --no-fund @stdlib/stats-base-dists-poisson-median@0.3.1 @stdlib/stats-base-dists-binomial-median@0.3.1 \
  @stdlib/stats-base-dists-discrete-uniform-quantile@0.3.1 @stdlib/stats-base-dists-binomial-cdf@0.2.3 > /dev/null
cat > medians.cjs <<'JS'
const poisson = require("@stdlib/stats-base-dists-poisson-median");
const binomial = require("@stdlib/stats-base-dists-binomial-median");
const die = require("@stdlib/stats-base-dists-discrete-uniform-quantile");
const cdf = require("@stdlib/stats-base-dists-binomial-cdf");
const means = [0.01, 0.05, 0.5, 9].map((mean) => poisson(mean));
console.log(`medians of Poisson counts of mean 0.01, 0.05, 0.5, 9: ${means.join(", ")}`);
let wrong = 0;
for (let trials = 1; trials <= 20; trials++)
  for (let hundredths = 1; hundredths < 100; hundredths++) {
    const median = binomial(trials, hundredths / 100);
    const below = median === 0 ? 0 : cdf(median - 1, trials, hundredths / 100);
    if (cdf(median, trials, hundredths / 100) < 0.5 || below > 0.5) wrong++;
  }
console.log(`binomial, 2 trials of 0.25: ${binomial(2, 0.25)}, P(0) ${cdf(0, 2, 0.25)}; wrong medians up to 20 trials: ${wrong} of 1980`);
const faces = [1 / 6, 0.5, 0.9, 1].map((p) => die(p, 1, 6));
console.log(`quantiles of a die at 1/6, 0.5, 0.9, 1: ${faces.join(", ")}`);
if (means.join() !== "-2,-1,0,9" || binomial(2, 0.25) !== 1 || wrong !== 166 || faces.join() !== "2,4,6,7") {
  console.log("It behaves differently now.");
  process.exit(1);
}
JS
node medians.cjs
