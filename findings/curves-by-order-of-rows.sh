#!/bin/sh
# Guess: a Kaplan-Meier estimator gives the same survival curve whatever the order of the observations.
#
# Behaviour (@fullstax/kaplan-meier-estimator 3.1.2): it sorts the observations, but walks through their times in the order of the input. Three lifetimes of 3, 1 and 2
# give S(3) = 0.667, S(1) = 0.333 and S(2) = 0 as the rows of the curve; in rising order they give S(1) = 0.667, S(2) = 0.333 and S(3) = 0. Of 1000 exponential lifetimes
# of mean 100 in the order in which they were drawn, some machines still alive at the end of the observation, the share that lives longer than 100 is read as anything
# from 0.02 to 0.80 instead of 0.37, by where in the file the neighbouring lifetime happens to stand. Nothing is reported.
#
# Why it matters: logs of outages are in the order of machines or of the ends of outages, not of lifetimes. The curve falls all the same, and ends where it should.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y > /dev/null
npm install --silent --no-audit --no-fund --ignore-scripts @fullstax/kaplan-meier-estimator@3.1.2 seedrandom@3.0.5 > /dev/null
cat > curves.cjs <<'JS'
const { compute } = require("@fullstax/kaplan-meier-estimator");
const random = require("seedrandom")("1985");

const curve = (rows) => compute(rows.map(({ time }) => time), rows.map(({ event }) => event));
const text = (rows) => curve(rows).map(({ time, rate }) => `S(${time}) = ${rate.toFixed(3)}`).join(", ");
const three = [3, 1, 2].map((time) => ({ time, event: true }));
const rising = (rows) => [...rows].sort((a, b) => a.time - b.time);
console.log(`3, 1, 2: ${text(three)}`);
console.log(`1, 2, 3: ${text(rising(three))}`);

/** The curve's value at the last time up to 100. */
function at100(rows) {
  const points = curve(rows).filter(({ time }) => time <= 100);
  return points.reduce((last, point) => (point.time > last.time ? point : last)).rate;
}
const drawn = [];
for (let round = 0; round < 8; round++) {
  const rows = Array.from({ length: 1000 }, () => {
    const life = -100 * Math.log(1 - random());
    const end = 120 * random() + 60;
    return { time: Math.min(life, end), event: life <= end };
  });
  drawn.push([at100(rising(rows)), at100(rows)]);
}
console.log(`S(100), truly ${Math.exp(-1).toFixed(3)}: in rising order ${drawn.map(([a]) => a.toFixed(3)).join(" ")}`);
console.log(`${" ".repeat(21)} as drawn ${drawn.map(([, b]) => b.toFixed(3)).join(" ")}`);
const same =
  text(three).startsWith("S(3) = 0.667, S(1) = 0.333") &&
  drawn.every(([a]) => Math.abs(a - Math.exp(-1)) < 0.06) &&
  drawn.filter(([, b]) => Math.abs(b - Math.exp(-1)) > 0.15).length >= 4;
if (!same) {
  console.log("It behaves differently now.");
  process.exit(1);
}
JS
node curves.cjs
