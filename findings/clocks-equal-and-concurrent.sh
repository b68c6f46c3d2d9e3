#!/bin/sh
# Guess: two equal vector clocks are equal and not concurrent, and a component that is missing counts as 0.
#
# Behaviour (vectorclock 0.0.0): equal clocks are identical and concurrent at once, and compare to 0, which is also the constant CONCURRENT. A clock without a component and the same
# clock with that component at 0 are concurrent, and not identical. The merge of the two is not identical to
# the first.
#
# Why it matters: a message that is delivered twice looks like a conflict with itself, and a member that has never spoken looks like a partition.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y > /dev/null
npm install --silent --no-audit --no-fund vectorclock@0.0.0 > /dev/null
cat > clocks.cjs <<'JS'
const { compare, isConcurrent, isIdentical, merge, CONCURRENT } = require("vectorclock");
const clock = (counts) => ({ clock: { ...counts } });
const told = (a, b) => [compare(a, b), isConcurrent(a, b), isIdentical(a, b)].join();
const equal = told(clock({ x: 1, y: 2 }), clock({ x: 1, y: 2 }));
const missing = told(clock({ x: 1 }), clock({ x: 1, y: 0 }));
const merged = isIdentical(clock({ x: 1 }), merge(clock({ x: 1 }), clock({ x: 1, y: 0 })));
console.log(`CONCURRENT is ${CONCURRENT}; compared, concurrent, identical:`);
console.log(`  {x: 1, y: 2} and {x: 1, y: 2}: ${equal}`);
console.log(`  {x: 1} and {x: 1, y: 0}: ${missing}; identical to the merge of both: ${merged}`);
const same = CONCURRENT === 0 && equal === "0,true,true" && missing === "0,true,false" && merged === false;
if (!same) console.log("It behaves differently now.");
process.exit(same ? 0 : 1);
JS
node clocks.cjs
