#!/bin/sh
# Guess: a t-digest of 990 zeros and ten values of 100 has the median 0 and the 90% point 0; a digest errs by little, and least in the tails.
#
# Behaviour (tdigest 0.1.3, and the Summary of prom-client 15.1.3, which uses it): equal values are one point at the middle of their ranks, and between two
# points the digest draws a line. The median of those values is 1, the 90% point 81, the 98% point 97. Half zeros and half ones have the 49.9%
# point 0.498 instead of 0. The exact mode of tdigest (delta false) and hdr-histogram-js 3.0.1 give 0 for the first three.
#
# Why it matters: simulated waits have an atom at 0, and delays an atom at the time-out. A p90 of 81 ms is reported, by each metrics page of a
# Node.js service too, where nine in ten calls do not wait at all.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y > /dev/null
npm install --silent --no-audit --no-fund tdigest@0.1.3 hdr-histogram-js@3.0.1 prom-client@15.1.3 > /dev/null
cat > equal.cjs <<'JS'
const { TDigest } = require("tdigest");
const { build } = require("hdr-histogram-js");
const { Summary } = require("prom-client");
const values = Array.from({ length: 1000 }, (_, i) => (i < 990 ? 0 : 100));
const digest = new TDigest();
const exact = new TDigest(false);
const histogram = build();
const points = [0.5, 0.9, 0.98, 1];
const summary = new Summary({ name: "wait", help: "Time until a call starts.", percentiles: points });
for (const value of values) digest.push(value), exact.push(value), histogram.recordValue(value), summary.observe(value);
(async () => {
  const seen = {
    "tdigest": points.map((p) => digest.percentile(p)),
    "tdigest, exact": points.map((p) => exact.percentile(p)),
    "prom-client, Summary": (await summary.get()).values.slice(0, points.length).map((entry) => entry.value),
    "hdr-histogram-js": points.map((p) => histogram.getValueAtPercentile(100 * p)),
  };
  for (const [what, read] of Object.entries(seen)) console.log(`${what}: ${points.map((p, i) => `${100 * p}% ${read[i].toFixed(2)}`).join(", ")}`);
  const halves = new TDigest();
  for (let i = 0; i < 2000; i++) halves.push(i < 1000 ? 0 : 1);
  console.log(`tdigest, 1000 zeros and 1000 ones: 49.9% ${halves.percentile(0.499)}, 50.1% ${halves.percentile(0.501)}`);
  const near = (read) => read.map(Math.round).join();
  const same =
    near(seen.tdigest) === "1,81,97,100" && near(seen["prom-client, Summary"]) === "1,81,97,100" && near(seen["tdigest, exact"]) === "0,0,0,100" && near(seen["hdr-histogram-js"]) === "0,0,0,100" &&
    Math.abs(halves.percentile(0.499) - 0.498) < 0.01;
  if (!same) {
    console.log("It behaves differently now.");
    process.exit(1);
  }
})();
JS
node equal.cjs
