#!/bin/sh
# Guess: a column of 16-bit floats turns a number beyond its greatest, 65504, into Infinity and a number below its least into 0.
#
# Behaviour (apache-arrow 21.2.0, Float16): from 65536 on the exponent goes over into the fraction: 65536 is read as 2, 70000 as 2.13, 100000 as 3.05,
# 1000000 as 3.81. Only 65520 to 65535 and numbers far beyond are Infinity. 1e-8 is read as -Infinity.
#
# Why it matters: whoever saves room in a trace by 16-bit columns reads delays of 3 where 100000 milliseconds were written. No value looks impossible.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y > /dev/null
npm install --silent --no-audit --no-fund apache-arrow@21.2.0 > /dev/null
cat > half.mjs <<'JS'
import { Float16, vectorFromArray } from "apache-arrow";
const numbers = [65504, 65520, 65536, 70000, 1e5, 1e6, 1e300, 6e-5, 1e-8];
const read = [...vectorFromArray(numbers, new Float16())];
numbers.forEach((number, i) => console.log(`${number} is read as ${read[i]}`));
const same =
  read[0] === 65504 && read[1] === Infinity && read[2] === 2 && Math.abs(read[3] - 2.13) < 0.01 && Math.abs(read[4] - 3.05) < 0.01 &&
  Math.abs(read[5] - 3.81) < 0.01 && read[6] === Infinity && Math.abs(read[7] - 6e-5) < 1e-7 && read[8] === -Infinity;
if (!same) {
  console.log("It behaves differently now.");
  process.exit(1);
}
JS
node half.mjs
