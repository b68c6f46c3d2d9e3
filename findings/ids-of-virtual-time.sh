#!/bin/sh
# Guess: identifiers of version 7 that one process makes rise, also within a millisecond, and they still do when the program gives the time or a seeded source of
# random numbers.
#
# Behaviour (uuid 14.0.3): v7() rises, also when the clock goes back. With any option it keeps no state: with `msecs` from a virtual clock or `rng` from a
# seeded generator half of the neighbours within a millisecond fall, and a time that repeats has no order; only `seq`, counted by the caller, makes one.
# ulid 3.0.2: ulid(time) falls as often, monotonicFactory() rises with a given time and a given generator, and holds when the time goes back.
#
# Why it matters: a simulated store that sorts by identifier keeps the order of writes in production and loses it in the simulation, where many
# events have one time.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y > /dev/null
npm install --silent --no-audit --no-fund uuid@14.0.3 ulid@3.0.2 seedrandom@3.0.5 > /dev/null
cat > ids.mjs <<'JS'
import { v7 } from "uuid";
import { monotonicFactory, ulid } from "ulid";
import seedrandom from "seedrandom";
const random = seedrandom("ids");
const rng = () => Uint8Array.from({ length: 16 }, () => 256 * random());
const rising = monotonicFactory(random);
let count = 0;
const makers = {
  "v7()": () => v7(),
  "v7({ msecs })": (msecs) => v7({ msecs }),
  "v7({ rng })": () => v7({ rng }),
  "v7({ msecs, rng })": (msecs) => v7({ msecs, rng }),
  "v7({ msecs, rng, seq })": (msecs) => v7({ msecs, rng, seq: count++ }),
  "ulid(time)": (time) => ulid(time, random),
  "monotonicFactory()(time)": (time) => rising(time),
};
const falls = {};
for (const [what, make] of Object.entries(makers)) {
  // Ten identifiers for each millisecond of virtual time.
  const ids = Array.from({ length: 2000 }, (_, i) => make(1_000_000 + Math.floor(i / 10)));
  falls[what] = ids.filter((id, i) => i > 0 && ids[i - 1] >= id).length / (ids.length - 1);
  console.log(`${what}: ${(100 * falls[what]).toFixed(1)}% of the neighbours fall`);
}
const half = (what) => falls[what] > 0.35 && falls[what] < 0.55;
const same =
  falls["v7()"] === 0 && half("v7({ msecs })") && falls["v7({ rng })"] > 0.2 && half("v7({ msecs, rng })") && falls["v7({ msecs, rng, seq })"] === 0 &&
  half("ulid(time)") && falls["monotonicFactory()(time)"] === 0;
if (!same) {
  console.log("It behaves differently now.");
  process.exit(1);
}
JS
node ids.mjs
