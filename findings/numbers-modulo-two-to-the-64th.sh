#!/bin/sh
# Guess: a binary format with 64-bit integers writes a greater whole number as a double, or refuses it.
#
# Behaviour: it is written modulo 2^64, and another number is read.
# - notepack.io 3.0.1, with ordinary numbers: 2^64 comes back as 0, 1e20 as 7766279631452242000, 1e300 and Number.MAX_VALUE as 0, -1e19 as 8446744073709552000.
# - bson 7.3.4, with bigints: 2^64 - 1 comes back as -1, 2^64 + 5 as 5.
# - @msgpack/msgpack 3.1.3 with useBigInt64: 2^64 + 5 comes back as 5, -2^63 - 1 as 2^63 - 1.
# - msgpackr 2.1.4 refuses such a bigint; both libraries of MessagePack keep ordinary numbers of that size as doubles.
#
# Why it matters: "no deadline" is often the greatest number, and arrives as 0, a deadline in the past; an unsigned hash of 64 bits or a sum of
# squares changes its value, while tests with everyday numbers pass.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y > /dev/null
npm install --silent --no-audit --no-fund --ignore-scripts notepack.io@3.0.1 bson@7.3.4 @msgpack/msgpack@3.1.3 msgpackr@2.1.4 > /dev/null
cat > modulo.cjs <<'JS'
const notepack = require("notepack.io");
const bson = require("bson");
const { encode, decode } = require("@msgpack/msgpack");
const msgpackr = require("msgpackr");
const big = { useBigInt64: true };
const by = {
  "notepack.io": (value) => notepack.decode(notepack.encode(value)),
  bson: (value) => bson.deserialize(bson.serialize({ value }), big).value,
  "@msgpack/msgpack": (value) => decode(encode(value, big), big),
  msgpackr: (value) => msgpackr.unpack(msgpackr.pack(value)),
};
let same = true;
const check = (library, value, expected) => {
  let read;
  try {
    read = by[library](value);
  } catch {
    read = "refused";
  }
  console.log(`${library.padEnd(17)} ${value}: ${read}`);
  if (read !== expected) same = false;
};
for (const [value, read] of [[2 ** 64, 0], [1e20, 7766279631452241920], [1e300, 0], [Number.MAX_VALUE, 0], [-1e19, 8446744073709551616]]) {
  check("notepack.io", value, read);
  check("@msgpack/msgpack", value, value);
  check("msgpackr", value, value);
}
check("bson", 2n ** 64n - 1n, -1n);
check("bson", 2n ** 64n + 5n, 5n);
check("@msgpack/msgpack", 2n ** 64n + 5n, 5n);
check("@msgpack/msgpack", -(2n ** 63n) - 1n, 2n ** 63n - 1n);
check("msgpackr", 2n ** 64n + 5n, "refused");
if (!same) {
  console.log("It behaves differently now.");
  process.exit(1);
}
JS
node modulo.cjs
