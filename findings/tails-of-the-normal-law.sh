#!/bin/sh
# Guess: a statistics library's distribution functions hold a few digits in the tails, and its quantile function undoes them.
#
# Behaviour:
# - simple-statistics 7.8.8: cumulativeStdNormalProbability looks a table up that ends at 3.09. P(Z < -6) is 0.001 instead of 1e-9; every
#   z beyond gives 0.001 or 0.999. In between it has four digits.
# - probit(0.975) is 1.9572 instead of 1.9600; probit(0) is -3.71, above probit(1e-9), which is -5.99: it is not monotone.
# - jStat 1.9.6: poisson.cdf(1000, 1000) is NaN instead of 0.508, since it sums powers over factorials.
#
# Why it matters: whoever tests a simulated outage of 1e-9 against its law reads a thousandth; and whoever tests counts of events gets NaN once
# they are many, which no comparison finds.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y > /dev/null
npm install --silent --no-audit --no-fund simple-statistics@7.8.8 jstat@1.9.6 > /dev/null
cat > tails.cjs <<'JS'
const ss = require("simple-statistics");
const { jStat } = require("jstat");
const seen = {
  "simple-statistics P(Z < -6)": ss.cumulativeStdNormalProbability(-6),
  "simple-statistics P(Z < -4)": ss.cumulativeStdNormalProbability(-4),
  "simple-statistics probit(0.975)": ss.probit(0.975),
  "simple-statistics probit(1e-9)": ss.probit(1e-9),
  "simple-statistics probit(0)": ss.probit(0),
  "jStat normal P(Z < -6)": jStat.normal.cdf(-6, 0, 1),
  "jStat poisson.cdf(100, 100)": jStat.poisson.cdf(100, 100),
  "jStat poisson.cdf(1000, 1000)": jStat.poisson.cdf(1000, 1000),
};
for (const [what, value] of Object.entries(seen)) console.log(what.padEnd(34), value);
const [six, four, quantile, rare, zero, , some, many] = Object.values(seen);
const same =
  six === 0.001 && four === 0.001 && Math.abs(quantile - 1.9572) < 1e-4 && rare < -5 && zero > -4 && some > 0.5 && some < 0.6 && Number.isNaN(many);
if (!same) {
  console.log("It behaves differently now.");
  process.exit(1);
}
JS
node tails.cjs
