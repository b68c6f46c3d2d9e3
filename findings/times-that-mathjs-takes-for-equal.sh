#!/bin/sh
# Guess: the greatest, the least and the order of two different numbers are the same whatever library finds them.
#
# Behaviour (mathjs 15.2.0): all comparisons take numbers for equal that differ by less than 1e-12 of their size, which is 1.7 ms of a time since 1970 in
# any unit. So of T and T + 1 ms max() is the first, min() too, sort() leaves them as they are, the 50% point of
# T + 2, T, T + 1 is T + 2, setDistinct() keeps one, and the text "T + 1 > T" is false. floor(1.7e9 + 0.9996 s) is the next second.
#
# Why it matters: the last event of a trace, the order of two messages, or the number of distinct times depends on the order of the rows. With times
# from 0 on, as a simulator has them, each test passes.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y > /dev/null
npm install --silent --no-audit --no-fund mathjs@15.2.0 > /dev/null
cat > equal.cjs <<'JS'
const math = require("mathjs");
const look = (start) => {
  const after = (value) => value - start;
  const seen = {
    "max of 0, 1": after(math.max([start, start + 1])),
    "max of 1, 0": after(math.max([start + 1, start])),
    "min of 1, 0": after(math.min([start + 1, start])),
    "sort of 1, 0": math.sort([start + 1, start]).map(after).join(" "),
    "50% point of 2, 0, 1": after(math.quantileSeq([start + 2, start, start + 1], 0.5)),
    "distinct of 0, 1": math.setDistinct([start, start + 1]).length,
    "1 > 0": math.evaluate(`${start + 1} > ${start}`),
  };
  console.log(`counted from ${start}: ${Object.entries(seen).map(([what, value]) => `${what}: ${value}`).join("; ")}`);
  return Object.values(seen).join();
};
const small = look(1000);
const today = look(1.7e12);
const second = math.floor(1.7e9 + 0.9996);
console.log(`floor(1.7e9 + 0.9996) - 1.7e9: ${second - 1.7e9}`);
if (small !== "1,1,0,0 1,1,2,true" || today !== "0,1,1,1 0,2,1,false" || second !== 1.7e9 + 1) {
  console.log("It behaves differently now.");
  process.exit(1);
}
JS
node equal.cjs
