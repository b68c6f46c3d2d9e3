#!/bin/sh
# Guess: the confidence intervals that a statistics library computes from a sample use one standard deviation, that of a sample (n - 1), and its
# quartiles, quantiles and percentiles are of one kind.
#
# Behaviour (jStat 1.9.6): tci(mean, alpha, sample) divides by n - 1. normalci(mean, alpha, sample) divides by n: with five
# values it is 11% narrower than it should be, with ten 5%, on top of the normal quantile that stands for Student's. The 25% point of 1, 2, 3, 4 is 1.75 by percentile
# (type 7 of Hyndman and Fan), 1.4375 by quantiles, and 1 by quartiles.
#
# Why it matters: replications of a simulation are few. A 95% interval of five normal values so made covers 84%, and a check of a figure against another
# program's quantile fails for no fault of either.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y > /dev/null
npm install --silent --no-audit --no-fund jstat@1.9.6 seedrandom@3.0.5 > /dev/null
cat > two.cjs <<'JS'
const { jStat } = require("jstat");
const seedrandom = require("seedrandom");
const sample = [1, 2, 3, 4, 5];
const half = ([low, high]) => (high - low) / 2;
const byStudent = half(jStat.tci(3, 0.05, sample)) / jStat.studentt.inv(0.975, 4);
const byNormal = half(jStat.normalci(3, 0.05, sample)) / jStat.normal.inv(0.975, 0, 1);
console.log(`standard error of 1..5: tci ${byStudent.toFixed(4)}, normalci ${byNormal.toFixed(4)}, right ${Math.sqrt(2.5 / 5).toFixed(4)}`);
const random = seedrandom("two deviations");
const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
const held = { tci: 0, normalci: 0 };
for (let run = 0; run < 20000; run++) {
  const values = Array.from({ length: 5 }, normal);
  for (const how of ["tci", "normalci"]) {
    const [low, high] = jStat[how](jStat.mean(values), 0.05, values);
    if (low <= 0 && 0 <= high) held[how]++;
  }
}
console.log(`coverage of five normal values: tci ${held.tci / 200}%, normalci ${held.normalci / 200}%`);
const four = [1, 2, 3, 4];
const quarters = [jStat.percentile(four, 0.25), jStat.quantiles(four, [0.25])[0], jStat.quartiles(four)[0]];
console.log(`a quarter of 1, 2, 3, 4: percentile ${quarters[0]}, quantiles ${quarters[1]}, quartiles ${quarters[2]}`);
const same =
  Math.abs(byStudent - Math.sqrt(0.5)) < 1e-6 &&
  Math.abs(byNormal - Math.sqrt(0.4)) < 1e-6 &&
  held.tci > 18800 &&
  held.normalci < 17000 &&
  quarters.join() === "1.75,1.4375,1";
if (!same) {
  console.log("It behaves differently now.");
  process.exit(1);
}
JS
node two.cjs
