#!/bin/sh
# Guess: quantile(0.5) of a column is its median, and a value that a column of a CSV file cannot hold is an error.
#
# Behaviour (nodejs-polars 0.24.0): quantile() takes the nearest value, median() the mean of the two in the middle. Of 1, 2, 3, 4 the median is 2.5 and the 50%
# point 3; the 25% point is 2, where type 7 of Hyndman and Fan gives 1.75. readCSV looks at 100 rows: a column with whole numbers in them is Int64, and each
# later fraction is null, without an error and without ignoreErrors; so is a whole number beyond 2^63. mean() passes over nulls.
#
# Why it matters: quartiles of few replications differ from those of every other library in the same report, and the mean of a column of waits
# that begins with a hundred zeros is 0.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y > /dev/null
npm install --silent --no-audit --no-fund nodejs-polars@0.24.0 > /dev/null
cat > polars.cjs <<'JS'
const polars = require("nodejs-polars");
const four = polars.Series("x", [1, 2, 3, 4]);
const points = [four.median(), four.quantile(0.5), four.quantile(0.25)];
console.log(`1, 2, 3, 4: median ${points[0]}, 50% point ${points[1]}, 25% point ${points[2]}`);
const waits = [100, 99].map((zeros) => {
  const column = polars.readCSV(["wait", ...Array(zeros).fill("0"), "2.5", "7.5"].join("\n")).getColumn("wait");
  console.log(`${zeros} zeros, then 2.5 and 7.5: ${column.dtype}, ${column.nullCount()} null, mean ${column.mean().toFixed(3)}`);
  return `${column.nullCount()} ${column.mean().toFixed(3)}`;
});
if (points.join() !== "2.5,3,2" || waits.join() !== "2 0.000,0 0.099") {
  console.log("It behaves differently now.");
  process.exit(1);
}
JS
node polars.cjs
