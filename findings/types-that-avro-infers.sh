#!/bin/sh
# Guess: the type that an Avro library infers from a value can hold the value: a whole number beyond 32 bits becomes a long, a fraction a double.
#
# Behaviour (avsc 5.7.9, Type.forValue): each number below 2^53 that is no 32-bit integer becomes a float of 32 bits. A time of 1764413000123
# milliseconds comes back 13.9 seconds later, 0.1 as 0.10000000149, 1e-300 as 0. Only numbers from 2^53 on become a double. [1, 0.1] is an array of floats too.
#
# Why it matters: events that are written with the inferred schema get one time for each two minutes, so their order is lost, and small
# probabilities are gone. Neither writing nor reading says a word.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y > /dev/null
npm install --silent --no-audit --no-fund avsc@5.7.9 > /dev/null
cat > infer.cjs <<'JS'
const { Type } = require("avsc");
const through = (value) => {
  const type = Type.forValue(value);
  const back = type.fromBuffer(type.toBuffer(value));
  console.log(`${value}: ${type.toString()}, read as ${back}`);
  return [type.typeName, back];
};
const [small, time, tenth, rare, large] = [2147483647, 1764413000123, 0.1, 1e-300, 2 ** 53].map(through);
const list = Type.forValue([1, 0.1]).itemsType.typeName;
console.log(`[1, 0.1]: an array of ${list}`);
const same =
  small[0] === "int" && time[0] === "float" && time[1] - 1764413000123 === 13893 && tenth[1] === Math.fround(0.1) && rare[1] === 0 &&
  large[0] === "double" && list === "float";
if (!same) {
  console.log("It behaves differently now.");
  process.exit(1);
}
JS
node infer.cjs
