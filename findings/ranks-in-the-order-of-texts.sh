#!/bin/sh
# Guess: the rank tests of a library for benchmarks call 5% of equal samples different at the level of 5%, in any unit, and pairs without any difference not at all: p is 1, or NaN.
#
# Behaviour (@bunchmark/stats 1.0.0-pre-5):
# - mwu, for samples that are not paired, sorts them as texts, so that 100 comes before 20 and then walks through both as if they rose. Samples of twenty values of one law are called different in a quarter
#   of the cases if they lie between 0 and 20, and in nearly half if they lie between 90 and 110. Between 10 and 99 it is right, since all have two digits before the point. mwUnaive, of the
#   same library, is right in all three.
# - wilcoxon of twenty equal pairs gives p = 1.5e-23, since z is -Infinity. One pair that differs makes it 0.34. mwu of ten equal values and ten more of the same gives p = 2.
#
# Why it matters: latencies around 100 ms differ in their digits, and a change that does nothing looks like one that does something. Two variants with the same seeds are compared in pairs; where the
# change plays no part all pairs are equal, and that is the most significant of all differences.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y > /dev/null
npm install --silent --no-audit --no-fund --ignore-scripts @bunchmark/stats@1.0.0-pre-5 seedrandom@3.0.5 > /dev/null
cat > ranks.mjs <<'JS'
import { mwu, mwUnaive, wilcoxon } from "@bunchmark/stats";
import seedrandom from "seedrandom";

const random = seedrandom("1985");
const between = (least, greatest) => Array.from({ length: 20 }, () => least + (greatest - least) * random());

const found = {};
for (const [least, greatest] of [[10, 99], [0, 20], [90, 110]]) {
  let [sorted, naive] = [0, 0];
  for (let i = 0; i < 1000; i++) {
    const [first, second] = [between(least, greatest), between(least, greatest)];
    if (mwu(first, second).p < 0.05) sorted++;
    if (mwUnaive(first, second).p < 0.05) naive++;
  }
  found[greatest] = [sorted / 1000, naive / 1000];
  console.log(`two samples between ${least} and ${greatest}: different in ${sorted / 1000} by mwu, ${naive / 1000} by mwUnaive`);
}
const [low, high] = [0, 5].map((by) => Array.from({ length: 20 }, (_, i) => i + by));
const [one, other] = [mwu(low, high).U, mwUnaive(low, high).U];
console.log(`0 to 19 and 5 to 24: U ${one} by mwu, ${other} by mwUnaive`);

const sample = between(90, 110);
const paired = [0, 1, 2, 10].map((count) => wilcoxon(sample, sample.map((value, i) => (i < count ? value + (-1) ** i : value))).p);
console.log(`wilcoxon, with 0, 1, 2 and 10 pairs of 20 that differ: p ${paired.map((p) => p.toPrecision(2)).join(", ")}`);
const constant = mwu(Array(10).fill(7), Array(10).fill(7)).p;
console.log(`mwu, ten times 7 and ten times 7: p ${constant}`);
const usual = (share) => share > 0.025 && share < 0.08;
const same =
  usual(found[99][0]) &&
  found[20][0] > 0.18 &&
  found[110][0] > 0.4 &&
  Object.values(found).every(([, naive]) => usual(naive)) &&
  one === 270 &&
  other === 287.5 &&
  paired[0] < 1e-20 &&
  paired.slice(1).every((p) => p > 0.05 && p <= 1) &&
  constant === 2;
if (!same) {
  console.log("It behaves differently now.");
  process.exit(1);
}
JS
node ranks.mjs
