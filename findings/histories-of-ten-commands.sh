#!/bin/sh
# Guess: fc.commands(..., { maxCommands: 1000 }) and fc.array(..., { maxLength: 1000 }) make histories of up to 1000, and fc.double from 0 to 1 makes
# probabilities from all of that range.
#
# Behaviour (fast-check 4.11.0): with either limit the longest of 2000 histories has ten steps, and the mean is below five, because the option `size` decides
# ("small"), not the limit. With size "max" the mean is some hundreds. 91% of fc.double({ min: 0, max: 1, noNaN: true }) are below 1e-10, and 7% above a half,
# since the bits of the double are uniform.
#
# Why it matters: a model-based test of a replicated store never runs eleven steps, so no log is compacted and no third election held; and where a
# drawn number is the probability of a loss, nothing is ever lost. The test is green and its limit says 1000.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y > /dev/null
npm install --silent --no-audit --no-fund fast-check@4.11.0 > /dev/null
cat > ten.mjs <<'JS'
import fc from "fast-check";
class Step {
  check() {
    return true;
  }
  run() {}
  toString() {
    return "step";
  }
}
const lengths = (arbitrary) => {
  const all = fc.sample(arbitrary, { numRuns: 2000, seed: 1 }).map((steps) => [...steps].length);
  return [Math.max(...all), all.reduce((sum, length) => sum + length, 0) / all.length];
};
const step = fc.constant(new Step());
const seen = {
  "commands, maxCommands 1000": lengths(fc.commands([step], { maxCommands: 1000 })),
  "array, maxLength 1000": lengths(fc.array(fc.nat(), { maxLength: 1000 })),
  'commands, maxCommands 1000, size "max"': lengths(fc.commands([step], { maxCommands: 1000, size: "max" })),
};
for (const [what, [longest, mean]] of Object.entries(seen)) console.log(`${what}: longest ${longest}, mean ${mean.toFixed(1)}`);
const numbers = fc.sample(fc.double({ min: 0, max: 1, noNaN: true }), { numRuns: 5000, seed: 1 });
const share = (test) => numbers.filter(test).length / numbers.length;
const [tiny, great] = [share((x) => x < 1e-10), share((x) => x > 0.5)];
console.log(`double from 0 to 1: ${(100 * tiny).toFixed(0)}% below 1e-10, ${(100 * great).toFixed(0)}% above 0.5`);
const [commands, array, large] = Object.values(seen);
if (commands[0] !== 10 || array[0] !== 10 || commands[1] > 6 || large[0] < 500 || tiny < 0.85 || great > 0.1) {
  console.log("It behaves differently now.");
  process.exit(1);
}
JS
node ten.mjs
