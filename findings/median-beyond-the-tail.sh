#!/bin/sh
# Guess: the median of a law is its 50% point; a library's function of it agrees with its own distribution function.
#
# Behaviour (jStat 1.9.6): pareto.median(scale, shape) is scale * shape * 1.414, where the shape-th root of 2 is meant. Of scale 1 and shape 3 it gives 4.243; the
# right one is 1.260, and pareto.cdf(4.243, 1, 3) is 0.987. Of scale 3 and shape 1 it gives 4.243 too, instead of 6. pareto.mean, cdf and inv are right, and
# so are the medians of six other laws.
#
# Why it matters: lengths of repairs and sizes of files are drawn from this law, and its median is the figure that a report states.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y > /dev/null
npm install --silent --no-audit --no-fund jstat@1.9.6 > /dev/null
cat > median.cjs <<'JS'
const { jStat } = require("jstat");
const laws = { pareto: [1, 3], normal: [1, 2], exponential: [2], weibull: [3, 1.5], cauchy: [1, 2], lognormal: [0, 1], triangular: [0, 4, 1] };
const wrong = Object.entries(laws).filter(([law, parameters]) => {
  const median = jStat[law].median(...parameters);
  const below = jStat[law].cdf(median, ...parameters);
  console.log(`${law}(${parameters.join(", ")}): median ${median.toFixed(3)}, of which ${below.toFixed(3)} are below`);
  return Math.abs(below - 0.5) > 0.01;
});
const low = jStat.pareto.median(3, 1);
console.log(`pareto(3, 1): median ${low.toFixed(3)}, least value 3, 50% point ${jStat.pareto.inv(0.5, 3, 1).toFixed(3)}`);
if (wrong.map(([law]) => law).join() !== "pareto" || Math.abs(jStat.pareto.median(1, 3) - 4.243) > 0.001 || Math.abs(low - 4.243) > 0.001) {
  console.log("It behaves differently now.");
  process.exit(1);
}
JS
node median.cjs
