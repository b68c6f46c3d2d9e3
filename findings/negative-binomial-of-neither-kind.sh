#!/bin/sh
# Guess: a negative binomial count is the number of failures before the r-th success, or the number of all trials; with an argument `mu` its mean is mu.
#
# Behaviour (probability-distributions 0.9.1, rnbinom): it counts all trials but the last success. With size 5 and probability 0.4 the least count is 4 and
# the mean 11.5; failures would start at 0 with mean 7.5, trials at 5 with mean 12.5. rnbinom(n, 5, undefined, 10) has the mean 14. Only size 1 is right.
#
# Why it matters: bursts and numbers of retries are drawn from this law by their mean and their size; they come out four too great at size 5, while
# their variance is right.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y > /dev/null
npm install --silent --no-audit --no-fund --ignore-scripts probability-distributions@0.9.1 seedrandom@3.0.5 > /dev/null
cat > count.cjs <<'JS'
const laws = require("probability-distributions");
laws.prng = require("seedrandom")("counts");
const describe = (what, right, counts) => {
  const mean = counts.reduce((sum, count) => sum + count, 0) / counts.length;
  const variance = counts.reduce((sum, count) => sum + (count - mean) ** 2, 0) / counts.length;
  console.log(`${what}: least ${Math.min(...counts)}, mean ${mean.toFixed(2)} (right ${right}), variance ${variance.toFixed(1)}`);
  return [Math.min(...counts), mean, variance];
};
const five = describe("size 5, probability 0.4", "7.5 or 12.5", laws.rnbinom(40000, 5, 0.4));
const ten = describe("size 5, mu 10", "10", laws.rnbinom(40000, 5, undefined, 10));
const one = describe("size 1, mu 10", "10", laws.rnbinom(40000, 1, undefined, 10));
const near = (value, right) => Math.abs(value / right - 1) < 0.05;
if (five[0] !== 4 || !near(five[1], 11.5) || !near(five[2], 18.75) || !near(ten[1], 14) || !near(one[1], 10)) {
  console.log("It behaves differently now.");
  process.exit(1);
}
JS
node count.cjs
