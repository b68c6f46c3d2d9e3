#!/bin/sh
# Guess: Borsh is made for hashing: one value has one encoding (its specification sorts the keys of maps and sets), and a library that checks types
# refuses a number that its type cannot hold.
#
# Behaviour (borsh 2.0.0): Maps and Sets are written in the order of insertion, so two equal ones have two encodings. 256 as u8 is written as 0, -1 as u8
# as 255, 1.5 as 1, 2^32 as u32 as 0, 2^64 as u64 as 0. The check of types, which refuses the number 1 as a Boolean, passes all of these.
#
# Why it matters: replicas that compare the hash of their state disagree though they hold the same, by the order in which
# messages came; and a counter that overflows starts again at 0.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y > /dev/null
npm install --silent --no-audit --no-fund borsh@2.0.0 > /dev/null
cat > canonical.cjs <<'JS'
const { deserialize, serialize } = require("borsh");
const hex = (schema, value) => Buffer.from(serialize(schema, value)).toString("hex");
const map = { map: { key: "u8", value: "u8" } };
const maps = [[[1, 10], [2, 20]], [[2, 20], [1, 10]]].map((entries) => hex(map, new Map(entries)));
const sets = [[1, 2], [2, 1]].map((values) => hex({ set: "u8" }, new Set(values)));
console.log(`two equal Maps: ${maps.join(" and ")}; two equal Sets: ${sets.join(" and ")}`);
const numbers = [["u8", 256], ["u8", -1], ["u8", 1.5], ["u32", 2 ** 32], ["u64", 2n ** 64n]];
const read = numbers.map(([type, value]) => deserialize(type, serialize(type, value)));
console.log(numbers.map(([type, value], i) => `${value} as ${type}: ${read[i]}`).join("; "));
let refused = false;
try {
  serialize("bool", 1);
} catch (error) {
  refused = true;
  console.log(`1 as bool: ${error.message}`);
}
if (maps[0] === maps[1] || sets[0] === sets[1] || read.join() !== "0,255,1,0,0" || !refused) {
  console.log("It behaves differently now.");
  process.exit(1);
}
JS
node canonical.cjs
