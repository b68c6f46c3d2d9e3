#!/bin/sh
# Guess: when a test moves mocked time on by 25 ms, each timer runs at its own time: Date.now() in it is that time, and a timer that it starts runs in
# the same move if it is due.
#
# Behaviour (node:test of Node.js 20.20.2 and 24.21.0, mock.timers.tick and runAll): the clock is first set to the end. All callbacks of tick(25) see time 25,
# a timer of 7 ms as well as both turns of an interval of 10. A timer of 5 ms that the first of them starts counts from 25 and is not run. runAll leaves it
# too. Real timers drop fractions, so 1.9 and 1 are equal and run in the order of their start; mocked ones run 1 first.
# The SimulatedClock of xstate 5.33.3 does the same: a machine with a step each 10 ms has made one step after increment(35).
# @sinonjs/fake-timers 15.5.0 runs each at its own time and the new one at 12.
#
# Why it matters: a retry, an interval of heartbeats, or any simulation that is driven by mocked timers measures durations of 0, or
# of the whole move, and takes half its steps; a test passes or fails by the size of the steps.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y > /dev/null
npm install --silent --no-audit --no-fund node@24.21.0 @sinonjs/fake-timers@15.5.0 xstate@5.33.3 > /dev/null
cat > mocked.cjs <<'JS'
const { mock } = require("node:test");
const { createClock } = require("@sinonjs/fake-timers");
const { SimulatedClock, createActor, createMachine } = require("xstate");
const record = (start, every, now, seen = []) => {
  const log = (name) => seen.push(`${name} at ${now()}`);
  start(() => {
    log("first");
    start(() => log("its successor"), 5);
  }, 7);
  every(() => log("interval"), 10);
  start(() => log("last"), 20);
  return seen;
};
mock.timers.enable({ apis: ["setTimeout", "setInterval", "Date"] });
const mocked = record(setTimeout, setInterval, Date.now);
mock.timers.tick(25);
const byTick = mocked.join(", ");
mock.timers.reset();
mock.timers.enable({ apis: ["setTimeout", "Date"] });
const all = record(setTimeout, () => {}, Date.now);
mock.timers.runAll();
mock.timers.reset();
const clock = createClock();
const fake = record(clock.setTimeout, clock.setInterval, () => clock.now);
clock.tick(25);
const simulated = new SimulatedClock();
const step = (target) => ({ after: { 10: target } });
const machine = createMachine({ initial: "zero", states: { zero: step("one"), one: step("two"), two: step("three"), three: {} } });
const actor = createActor(machine, { clock: simulated }).start();
simulated.increment(35);
const steps = actor.getSnapshot().value;
console.log(`xstate, increment(35) with a step each 10: in state ${steps}`);
console.log(`${process.version}, tick(25): ${byTick}`);
console.log(`${process.version}, runAll(): ${all.join(", ")}`);
console.log(`fake-timers, tick(25): ${fake.join(", ")}`);
const same =
  steps === "one" &&
  byTick === "first at 25, interval at 25, interval at 25, last at 25" &&
  all.join(", ") === "first at 20, last at 20" &&
  fake.join(", ") === "first at 7, interval at 10, its successor at 12, last at 20, interval at 20";
if (!same) {
  console.log("It behaves differently now.");
  process.exit(1);
}
JS
node --no-warnings mocked.cjs
node_modules/.bin/node --no-warnings mocked.cjs
