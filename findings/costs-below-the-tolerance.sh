#!/bin/sh
# Guess: a solver of linear programs finds the best of three whole choices when the costs are 5e-9, 1e-9 and 3e-9, as it does when they are 5, 1 and 3.
#
# Behaviour:
# - highs 1.15.3: from costs of about 1e-8 on (below the tolerance of its dual values, 1e-7) it chooses the dear pair, 6e-9, or the dearest one of two,
#   and its status is "Optimal".
# - javascript-lp-solver 1.0.3 and yalps 0.6.4 choose right, and report a cost of 0.
#
# Why it matters: the costs of a placement of replicas are often probabilities of failure. The one that is called optimal is five times
# as likely to fail as the best, or is said never to fail. Multiply the costs first.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y > /dev/null
npm install --silent --no-audit --no-fund highs@1.15.3 javascript-lp-solver@1.0.3 yalps@0.6.4 > /dev/null
cat > costs.mjs <<'JS'
import highs from "highs";
import solver from "javascript-lp-solver";
import { solve } from "yalps";
const solveText = await highs();
const chosen = (scale) => {
  const text = (kind, count) => `Minimize\n cost: ${5 * scale} x + ${scale} y + ${3 * scale} z\nSubject To\n c: x + y + z >= ${count}\n${kind}End`;
  const [whole, one] = [text("Binary\n x y z\n", 2), text("", 1)].map((program) => {
    const { Status, Columns } = solveText.solve(program);
    return `${["x", "y", "z"].filter((name) => Columns[name].Primal > 0.5).join("")}, ${Status}`;
  });
  const variables = { x: { cost: 5 * scale, c: 1 }, y: { cost: scale, c: 1 }, z: { cost: 3 * scale, c: 1 } };
  const first = solver.Solve({ optimize: "cost", opType: "min", constraints: { c: { min: 1 } }, variables });
  const second = solve({ direction: "minimize", objective: "cost", constraints: { c: { min: 1 } }, variables });
  const seen = {
    "highs, two of three": whole,
    "highs, one of three": one,
    "javascript-lp-solver, one of three": `${first.y === 1 ? "y" : "another"}, cost ${first.result}`,
    "yalps, one of three": `${second.variables.map(([name]) => name).join("")}, cost ${second.result}`,
  };
  for (const [what, answer] of Object.entries(seen)) console.log(`scale ${scale}, ${what}: ${answer}`);
  return Object.values(seen).join("; ");
};
const same =
  chosen(1) === "yz, Optimal; y, Optimal; y, cost 1; y, cost 1" && chosen(1e-9) === "xy, Optimal; x, Optimal; y, cost 0; y, cost 0";
if (!same) {
  console.log("It behaves differently now.");
  process.exit(1);
}
JS
node costs.mjs
