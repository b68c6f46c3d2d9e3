#!/bin/sh
# Guess: a library that hashes any value gives other hashes to other contents, and one hash to values that JSON writes alike.
#
# Behaviour:
# - hash-sum 2.0.0: all Maps have one hash, and so have all Sets and all ArrayBuffers: Map { replicas => 3 } and Map { replicas => 5 } are the same.
# - object-hash 3.0.0 and hash-sum 2.0.0: an object that appears twice in a value counts as a repetition. A configuration whose two links are one object has
#   another hash than the same configuration after JSON, or with two equal objects.
#
# Why it matters: results that are kept by the hash of their configuration are given out for another one, or are computed again
# for the same one after it has been read from a file.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y > /dev/null
npm install --silent --no-audit --no-fund hash-sum@2.0.0 object-hash@3.0.0 > /dev/null
cat > hashes.cjs <<'JS'
const hashes = { "hash-sum": require("hash-sum"), "object-hash": require("object-hash") };
const link = { delay: 5, loss: 0.1 };
const config = { there: link, back: link };
const pairs = {
  "two Maps": [new Map([["replicas", 3]]), new Map([["replicas", 5]])],
  "two Sets": [new Set([1, 2]), new Set([3])],
  "two ArrayBuffers": [new Uint8Array([1]).buffer, new Uint8Array([2]).buffer],
  "a configuration, and read from its JSON": [config, JSON.parse(JSON.stringify(config))],
};
const seen = Object.entries(hashes).map(([library, hash]) =>
  Object.entries(pairs).map(([what, [a, b]]) => {
    const equal = hash(a) === hash(b);
    console.log(`${library}, ${what}: ${equal ? "one hash" : "two hashes"}`);
    return equal;
  }),
);
if (seen.join() !== "true,true,true,false,false,false,false,false") {
  console.log("It behaves differently now.");
  process.exit(1);
}
JS
node hashes.cjs
