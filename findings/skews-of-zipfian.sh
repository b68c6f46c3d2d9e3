#!/bin/sh
# Guess: a generator of Zipf's law with the exponent 0 draws all items equally often, and with the exponent 1 the k-th item 1/k times as often as the first.
#
# Behaviour (zipfian 0.2.0): the exponent 0 becomes 0.99 in silence, so that of ten items the first has a share of 0.34 instead of 0.10. The exponent 1 gives the first
# item or NaN: two thirds of ten items are NaN. In between the third item is drawn too often at each exponent: 15% too often of
# 1000 items at 0.99, its own default. zipfian-integer 1.0.1 keeps the law at all exponents.
#
# Why it matters: a sweep of contention begins with an exponent of 0. Its first point then has the same contention as its most skewed,
# and a curve that should rise begins high.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y > /dev/null
npm install --silent --no-audit --no-fund --ignore-scripts zipfian@0.2.0 zipfian-integer@1.0.1 seedrandom@3.0.5 > /dev/null
cat > skews.cjs <<'JS'
Math.random = require("seedrandom")("1985");
const { ZipfianGenerator } = require("zipfian");
const integer = require("zipfian-integer");

/** Shares of the first three items and of NaN, of a million draws. */
function shares(next) {
  const counts = new Map();
  for (let i = 0; i < 1e6; i++) {
    const item = next();
    counts.set(item, (counts.get(item) ?? 0) + 1);
  }
  return [1, 2, 3, NaN].map((item) => (counts.get(item) ?? 0) / 1e6);
}

const seen = {};
for (const [items, exponent] of [[10, 0], [10, 0.5], [10, 0.99], [10, 1], [1000, 0.99]]) {
  const weights = Array.from({ length: items }, (_, i) => (i + 1) ** -exponent);
  const all = weights.reduce((sum, weight) => sum + weight, 0);
  const law = [...weights.slice(0, 3).map((weight) => weight / all), 0];
  const gray = new ZipfianGenerator(1, items, exponent);
  const found = shares(() => gray.nextInt());
  const other = shares(integer(1, items, exponent, Math.random));
  seen[`${items} ${exponent}`] = found.map((share, i) => share - law[i]);
  const show = (list) => list.map((share) => share.toFixed(4)).join(" ");
  console.log(`${items} items, exponent ${exponent}: items 1, 2, 3 and NaN: zipfian ${show(found)}, the law ${show(law)}, zipfian-integer ${show(other)}`);
  if (other.some((share, i) => Math.abs(share - law[i]) > 0.003)) process.exitCode = 1;
}
const same =
  seen["10 0"][0] > 0.23 && seen["10 0.5"][2] > 0.003 && seen["10 1"][3] > 0.6 && seen["1000 0.99"][2] > 0.005 && Math.abs(seen["1000 0.99"][1]) < 0.002;
if (!same || process.exitCode === 1) {
  console.log("It behaves differently now.");
  process.exit(1);
}
JS
node skews.cjs
