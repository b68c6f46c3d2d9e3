#!/bin/sh
# Guess: two clients with the same list of servers find a key at the same server: that is what a consistent hash is for.
#
# Behaviour (consistent-hash 1.2.2, defaults): add(server) puts a server at points of Math.random. Two rings of the same four servers, made in one
# program or in two, name another server for about three quarters of the keys, as two strangers would. A ring remade with a fifth server moves
# about four fifths of them. hashring 3.2.0 and consistent-hashing 0.3.0 agree in each case, and move a fifth.
# Points that do not vary come only with `distribution: "uniform"` and `orderNodes`.
#
# Why it matters: a restart loses the cache, clients of a replicated store write a key to other servers than they read it from, and a
# seeded simulation of either has other figures each time.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y > /dev/null
npm install --silent --no-audit --no-fund --ignore-scripts consistent-hash@1.2.2 consistent-hashing@0.3.0 hashring@3.2.0 > /dev/null
cat > rings.cjs <<'JS'
const ConsistentHash = require("consistent-hash");
const ConsistentHashing = require("consistent-hashing");
const HashRing = require("hashring");
const rings = {
  "consistent-hash": (servers) => {
    const ring = new ConsistentHash();
    for (const server of servers) ring.add(server);
    return (key) => ring.get(key);
  },
  "consistent-hashing": (servers) => {
    const ring = new ConsistentHashing(servers);
    return (key) => ring.getNode(key);
  },
  hashring: (servers) => {
    const ring = new HashRing(servers);
    return (key) => ring.get(key);
  },
};
const five = [1, 2, 3, 4, 5].map((host) => `10.0.0.${host}:80`);
const keys = Array.from({ length: 2000 }, (_, i) => `key-${i}`);
let same = true;
for (const [library, open] of Object.entries(rings)) {
  // The mean of some pairs of rings, since neighbouring keys of the first library lie together.
  let other = 0;
  let moved = 0;
  const pairs = 20;
  for (let pair = 0; pair < pairs; pair++) {
    const [first, second, more] = [five.slice(0, 4), five.slice(0, 4), five].map(open);
    other += keys.filter((key) => first(key) !== second(key)).length / keys.length / pairs;
    moved += keys.filter((key) => first(key) !== more(key)).length / keys.length / pairs;
  }
  console.log(`${library}: two rings of the same servers disagree for ${(100 * other).toFixed(0)}% of the keys, a fifth server moves ${(100 * moved).toFixed(0)}%`);
  const random = library === "consistent-hash";
  if (random ? other < 0.6 || moved < 0.6 : other > 0 || moved > 0.3) same = false;
}
if (!same) {
  console.log("It behaves differently now.");
  process.exit(1);
}
JS
node rings.cjs
