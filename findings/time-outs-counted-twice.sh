#!/bin/sh
# Guess: the latencies of a circuit breaker hold one number for each call: six calls of 5 ms and four that time out at 200 ms have the median 5 ms.
#
# Behaviour (opossum 10.0.0): a call that times out adds its latency twice, as a time-out and as a failure. Of these ten calls latencyTimes has 14 numbers, the
# 50% point is 200 ms, and the mean is 117 instead of 83. `failures` counts the time-outs too, so failures and timeouts are not to be added; `fires` is 10.
#
# Why it matters: the latencies on a page of metrics get worse with the share of time-outs by twice what is true, and a median says that most calls time
# out where most succeed.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y > /dev/null
npm install --silent --no-audit --no-fund opossum@10.0.0 > /dev/null
cat > twice.cjs <<'JS'
const CircuitBreaker = require("opossum");
const sleep = (delay) => new Promise((resolve) => setTimeout(resolve, delay));
(async () => {
  const breaker = new CircuitBreaker(sleep, { timeout: 200, errorThresholdPercentage: 100, rollingCountTimeout: 60000 });
  for (const delay of [5, 5, 5, 5, 5, 5]) await breaker.fire(delay);
  for (const delay of [500, 500, 500, 500]) await breaker.fire(delay).catch(() => {});
  const { fires, successes, failures, timeouts, latencyTimes, latencyMean, percentiles } = breaker.stats;
  console.log(`fires ${fires}, successes ${successes}, failures ${failures}, timeouts ${timeouts}`);
  console.log(`${latencyTimes.length} latencies: ${latencyTimes.join(" ")}; 50% point ${percentiles[0.5]}, mean ${latencyMean.toFixed(0)}`);
  const same = fires === 10 && successes === 6 && failures === 4 && timeouts === 4 && latencyTimes.length === 14 && percentiles[0.5] >= 200;
  if (!same) console.log("It behaves differently now.");
  process.exit(same ? 0 : 1);
})();
JS
node twice.cjs
