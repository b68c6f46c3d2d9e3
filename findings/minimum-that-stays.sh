#!/bin/sh
# Guess: minimizeWeightedSum finds the best solution and leaves the problem as it was, so that another sum can be minimized next.
#
# Behaviour (logic-solver 2.0.1): the solver is bound to the minimum from then on. With "a or b", weights 3 and 1 give b. Afterwards weights 1 and 3 give b again,
# cost 3, where a costs 1; and to assume a has no solution at all. There is no way back but a new solver.
#
# Why it matters: two objectives compared on one model (cost of machines, then of messages) give one placement for both, and a "what if" of another
# server is called impossible.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y > /dev/null
npm install --silent --no-audit --no-fund logic-solver@2.0.1 > /dev/null
cat > minimum.cjs <<'JS'
const Logic = require("logic-solver");
const open = () => {
  const solver = new Logic.Solver();
  solver.require(Logic.or("a", "b"));
  return solver;
};
const best = (solver, weights) => solver.minimizeWeightedSum(solver.solve(), ["a", "b"], weights).getTrueVars().join();
const solver = open();
const [first, second] = [best(solver, [3, 1]), best(solver, [1, 3])];
const assumed = solver.solveAssuming("a");
const alone = best(open(), [1, 3]);
console.log(`weights 3 and 1: ${first}; then 1 and 3: ${second} (alone: ${alone}); then a assumed: ${assumed === null ? "no solution" : assumed.getTrueVars()}`);
if (first !== "b" || second !== "b" || alone !== "a" || assumed !== null) {
  console.log("It behaves differently now.");
  process.exit(1);
}
JS
node minimum.cjs
