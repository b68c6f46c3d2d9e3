#!/bin/sh
# Guess: `run(program)` of a program with #minimize or #maximize finds the optimum, as the command clingo does when no number of models is named.
#
# Behaviour (clingo-wasm 0.6.0, clingo 5.8.1): run asks for one model, so it ends with the first, which is not the best: the greatest sum of 1..4 is -4
# instead of -10. Result is "SATISFIABLE" and Models.Optimum is "unknown"; the declared type of Models has neither Optimum nor Costs. With 0 models the last
# witness is the optimum, not the first. With 0 models and --opt-mode=optN the optimum is in the list twice, and Models.Number counts the worse
# models too.
#
# Why it matters: a placement of replicas that is read from Witnesses[0] is a valid placement, only not the best, and a program whose first model
# happens to be the best hides it.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y > /dev/null
npm install --silent --no-audit --no-fund clingo-wasm@0.6.0 > /dev/null
cat > first.mjs <<'JS'
import clingo from "clingo-wasm";
const program = "{x(1..4)}. :- #count{I:x(I)}<1. #maximize{I:x(I)}.";
const show = async (what, ...rest) => {
  const { Result, Models, Call } = await clingo.run(program, ...rest);
  const costs = Call[0].Witnesses.map((witness) => witness.Costs[0]);
  console.log(`${what}: ${Result}, optimum ${Models.Optimum}, costs of the witnesses ${costs.join(", ")}, models ${Models.Number}`);
  return { Result, Models, costs };
};
const one = await show("run(program)");
const all = await show("run(program, 0)", 0);
const optimal = await show("run(program, 0, optN)", 0, ["--opt-mode=optN"]);
const same =
  one.Result === "SATISFIABLE" && one.Models.Optimum === "unknown" && one.costs.join() === "-4" &&
  all.Result === "OPTIMUM FOUND" && all.costs[0] === -4 && all.costs.at(-1) === -10 &&
  optimal.costs.filter((cost) => cost === -10).length === 2 && optimal.Models.Number === optimal.costs.length;
if (!same) console.log("It behaves differently now.");
process.exit(same ? 0 : 1);
JS
node first.mjs
