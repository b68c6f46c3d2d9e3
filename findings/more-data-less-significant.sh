#!/bin/sh
# Guess: the Mann-Whitney test of a library that "tests the U-value against a critical value" calls 5% of equal samples different, and more of different ones the larger they are.
#
# Behaviour (mann-whitney-utest 1.0.5): its "critical value" is the z score of U (3.78 for two samples of ten that do not overlap), and U below it is significant. U grows with the
# product of the sizes, and z with the root of the size, so that nothing is significant but samples which hardly overlap. Two uniform samples, one moved by 0.5 of their width, are
# found different in half of the cases with five values each, in a tenth with ten, and never with fifty, where the test finds each. Of equal samples it calls 3% different with five
# values, and none with twenty.
#
# Why it matters: whether a change of a protocol made calls slower is judged by samples of latencies, which are not normal. This test says "no difference", the more firmly the more was measured.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y > /dev/null
npm install --silent --no-audit --no-fund --ignore-scripts mann-whitney-utest@1.0.5 seedrandom@3.0.5 > /dev/null
cat > power.cjs <<'JS'
const test = require("mann-whitney-utest");
const random = require("seedrandom")("1985");

const apart = [
  [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
  [11, 12, 13, 14, 15, 16, 17, 18, 19, 20],
];
const critical = test.criticalValue(test.test(apart), apart);
console.log(`two samples of ten that do not overlap: U ${test.test(apart)}, "critical value" ${critical.toFixed(2)}; the table's for 5% is 23`);

/** The share of 1000 pairs of samples that are called different: by the library, and by the normal approximation at 5%. */
function shares(size, shift) {
  let theirs = 0;
  let right = 0;
  for (let i = 0; i < 1000; i++) {
    const pair = [0, shift].map((by) => Array.from({ length: size }, () => by + random()));
    const u = test.test(pair);
    if (test.significant(u, pair)) theirs++;
    const z = (Math.min(...u) - (size * size) / 2) / Math.sqrt((size * size * (2 * size + 1)) / 12);
    if (z < -1.96) right++;
  }
  return [theirs / 1000, right / 1000];
}
const found = new Map();
for (const shift of [0, 0.3, 0.5]) {
  for (const size of [5, 10, 20, 50]) {
    const [theirs, right] = shares(size, shift);
    found.set(`${shift} ${size}`, [theirs, right]);
    console.log(`moved by ${shift}, ${size} values each: different in ${theirs}; normal approximation ${right}`);
  }
}
const same =
  Math.abs(critical - 3.78) < 0.01 &&
  found.get("0.5 5")[0] > 0.4 &&
  found.get("0.5 10")[0] < 0.2 &&
  found.get("0.5 50")[0] === 0 &&
  found.get("0.5 50")[1] > 0.99 &&
  found.get("0 20")[0] === 0;
if (!same) {
  console.log("It behaves differently now.");
  process.exit(1);
}
JS
node power.cjs
