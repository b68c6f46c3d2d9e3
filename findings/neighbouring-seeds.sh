#!/bin/sh
# Guess: a generator of good repute, seeded with 1, 2, 3, ... for the machines of a simulation, gives machines whose
# lives are independent.
#
# Behaviour: one number looks uniform over seeds, and often a pair of neighbours does too, but the first draws of three
# neighbouring seeds are below 0.1 together far too often, or never:
# - pure-rand 8.4.2 (the generators of fast-check): the first number of xoroshiro128plus and xorshift128plus differs by
#   less than 0.001 over 60,000 seeds and is never below 0.1; in the second number of xoroshiro128plus, all three are low
#   23 times too often. mersenne is sound.
# - d3-random 3.0.1, randomLcg with whole seeds: 98 times too often in the first number, 0 times in the second.
# - prando 6.0.1, also with names as seeds ("node 1", "node 2"): about 100 and 40 times too often in the first number.
# - chance 1.1.13, random-js 2.1.0, random-seed 0.3.0: nothing found.
#
# Why it matters: whoever keys one stream to a machine simulates machines that die together, and every test of single
# streams, and most tests of pairs, passes.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y > /dev/null
npm install --silent --no-audit --no-fund pure-rand@8.4.2 d3-random@3.0.1 prando@6.0.1 chance@1.1.13 random-js@2.1.0 \
  random-seed@0.3.0 > /dev/null
cat > triples.mjs <<'JS'
import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { mersenne } from "pure-rand/generator/mersenne";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import { xorshift128plus } from "pure-rand/generator/xorshift128plus";
import { randomLcg } from "d3-random";
import prando from "prando";
import Chance from "chance";
import { MersenneTwister19937, Random } from "random-js";
import seeded from "random-seed";

const Prando = prando.default ?? prando;
const pure = (make) => (seed) => {
  const generator = make(seed);
  return () => uniformFloat64(generator);
};
const generators = {
  "pure-rand xoroshiro128plus": pure(xoroshiro128plus),
  "pure-rand xorshift128plus": pure(xorshift128plus),
  "pure-rand mersenne": pure(mersenne),
  "d3-random randomLcg": (seed) => randomLcg(seed),
  "prando, numbers": (seed) => {
    const generator = new Prando(seed);
    return () => generator.next();
  },
  "prando, names": (seed) => {
    const generator = new Prando(`node ${seed}`);
    return () => generator.next();
  },
  chance: (seed) => {
    const generator = new Chance(seed);
    return () => generator.random();
  },
  "random-js": (seed) => {
    const generator = new Random(MersenneTwister19937.seed(seed));
    return () => generator.realZeroToOneExclusive();
  },
  "random-seed": (seed) => {
    const generator = seeded.create(`node ${seed}`);
    return () => generator.random();
  },
};
const runs = 20_000;
const factors = {};
const spread = {};
for (const [name, open] of Object.entries(generators)) {
  const low = [0, 0];
  const first = [1, 0];
  for (let run = 0; run < runs; run++) {
    const streams = [0, 1, 2].map((i) => open(3 * run + i));
    for (const draw of [0, 1]) {
      const numbers = streams.map((next) => next());
      if (numbers.every((number) => number < 0.1)) low[draw]++;
      if (draw === 0) for (const x of numbers) (first[0] = Math.min(first[0], x)), (first[1] = Math.max(first[1], x));
    }
  }
  // Independent streams: 0.001 of the runs.
  factors[name] = low.map((count) => count / runs / 0.001);
  spread[name] = first[1] - first[0];
  console.log(
    `${name.padEnd(28)} all three below 0.1, times what is right: first number ${factors[name][0].toFixed(1)}, ` +
      `second ${factors[name][1].toFixed(1)}; first numbers spread over ${spread[name].toPrecision(2)}`,
  );
}
const near = (value, low, high) => value >= low && value <= high;
const expected =
  spread["pure-rand xoroshiro128plus"] < 1e-3 &&
  near(factors["pure-rand xoroshiro128plus"][1], 15, 35) &&
  spread["pure-rand xorshift128plus"] < 1e-3 &&
  near(factors["d3-random randomLcg"][0], 90, 105) &&
  factors["d3-random randomLcg"][1] === 0 &&
  near(factors["prando, numbers"][0], 90, 120) &&
  near(factors["prando, names"][0], 30, 60) &&
  ["pure-rand mersenne", "chance", "random-js", "random-seed"].every((name) => near(factors[name][0], 0.3, 1.9));
process.exit(expected ? 0 : 1);
JS
echo "node $(node --version)"
node triples.mjs || { echo "neighbouring-seeds: the behaviour has changed"; exit 1; }
