#!/bin/sh
# Guess: the slope of eight points that lie on a line is right to many digits, whatever the unit of x.
#
# Behaviour: with x in milliseconds since 1970 and one point a second, libraries that sum x * x lose the slope: it is 1% of what it should be, in three of
# them with the wrong sign, and R squared is 0.02. With a point a minute it is 3.5% too steep, and with one an hour right to five digits.
# - simple-statistics 7.8.8, ml-regression-simple-linear 3.0.1, d3-regression 2.2.0, vega-statistics 2.0.0 (the regression of Vega and Vega-Lite)
#   and regression 2.0.1 all do it. The method "quad" of vega-statistics centres x first and is right.
# - regression rounds its coefficients to two decimals unless told otherwise: each of these slopes is 0.
#
# Why it matters: a trend line over the time of measurement is drawn flat, or downward where the load rises. Subtract the first time.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y > /dev/null
npm install --silent --no-audit --no-fund simple-statistics@7.8.8 regression@2.0.1 ml-regression-simple-linear@3.0.1 d3-regression@2.2.0 \
  vega-statistics@2.0.0 > /dev/null
cat > slopes.mjs <<'JS'
import { linearRegression } from "simple-statistics";
import regression from "regression";
import { SimpleLinearRegression } from "ml-regression-simple-linear";
import { regressionLinear } from "d3-regression";
import { regressionLinear as vegaLinear, regressionQuad as vegaQuad } from "vega-statistics";
const x = (point) => point[0];
const y = (point) => point[1];
const seen = [1000, 60_000, 3_600_000].map((step) => {
  const points = Array.from({ length: 8 }, (_, i) => [1.7e12 + i * step, 10 + i]);
  const quad = vegaQuad(points, x, y);
  const rises = {
    "simple-statistics": linearRegression(points).m * step,
    regression: regression.linear(points, { precision: 20 }).equation[0] * step,
    "regression, two decimals": regression.linear(points).equation[0] * step,
    "ml-regression-simple-linear": new SimpleLinearRegression(points.map(x), points.map(y)).slope * step,
    "d3-regression": regressionLinear()(points).a * step,
    "vega-statistics": vegaLinear(points, x, y).coef[1] * step,
    "vega-statistics, quad": quad.predict(points[1][0]) - quad.predict(points[0][0]),
  };
  console.log(`a point each ${step / 1000} s (right: a rise of 1 from point to point)`);
  for (const [library, rise] of Object.entries(rises)) console.log(`  ${library}: ${rise.toFixed(5)}`);
  return { rises, rSquared: vegaLinear(points, x, y).rSquared };
});
console.log(`R squared of vega-statistics at one point a second: ${seen[0].rSquared.toFixed(3)}`);
const sums = (rises) => Object.entries(rises).filter(([library]) => !/quad|decimals/.test(library)).map(([, rise]) => rise);
const same =
  sums(seen[0].rises).every((rise) => Math.abs(rise) < 0.05) &&
  sums(seen[1].rises).every((rise) => Math.abs(rise - 1.035) < 0.001) &&
  sums(seen[2].rises).every((rise) => Math.abs(rise - 1) < 1e-4) &&
  seen.every(({ rises }) => Math.abs(rises["vega-statistics, quad"] - 1) < 1e-6 && Math.abs(rises["regression, two decimals"]) === 0) &&
  seen[0].rSquared < 0.05;
if (!same) {
  console.log("It behaves differently now.");
  process.exit(1);
}
JS
node slopes.mjs
