#!/bin/sh
# Guess: Node's serializer (v8.serialize) gives equal values equal bytes within one process and version, so that two replicas may compare digests of it.
#
# Behaviour (Node 20): [1, 2] has other bytes when 1 is the sum of two halves; a string of ASCII has twice as many when it was cut from a longer one
# that has a Chinese character before it; an array that was filled from its end is written as a sparse one; and a Map's own properties are dropped
# without a word, while those of an array are kept.
#
# Why it matters: the bytes follow the engine's present representation of a value, which depends on how the value came about. Digests of replicas in
# one state then differ at random, and caches by content miss.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
cat > serialize.mjs <<'JS'
import { deserialize, serialize } from "node:v8";
import { isDeepStrictEqual } from "node:util";
const half = [0.5, 2];
half[0] += 0.5;
const cut = "\u4e2dabcdefghijklmnopqrstuvwxyz".slice(1);
const filled = [];
for (let i = 2; i >= 0; i--) filled[i] = i;
const pairs = [[[1, 2], half], ["abcdefghijklmnopqrstuvwxyz", cut], [[0, 1, 2], filled]];
let same = true;
for (const [a, b] of pairs) {
  const [one, two] = [serialize(a), serialize(b)];
  console.log(`${JSON.stringify(a)}: equal ${isDeepStrictEqual(a, b)}, ${one.length} and ${two.length} bytes, the same bytes ${one.equals(two)}`);
  same &&= isDeepStrictEqual(a, b) && !one.equals(two);
}
const hung = (object) => deserialize(serialize(Object.assign(object, { extra: 1 }))).extra;
const [map, array] = [hung(new Map()), hung([])];
console.log(`a property of a Map: ${map}, of an array: ${array}`);
if (!same || map !== undefined || array !== 1) {
  console.log("It behaves differently now.");
  process.exit(1);
}
JS
node --version
node serialize.mjs
