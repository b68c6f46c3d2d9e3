#!/bin/sh
# Guess: a simulation that is run to time 5, then to 10, 15 and 20 (to draw a progress bar, say) does what a run to 20 does, and a facility's use
# is the time during which it has been busy.
#
# Behaviour (simjs 2.0.3):
# - simulate(until) takes the first event beyond `until` out of the queue and drops it. A process that ticks once a second ticks 20 times in one
#   run, and 5 times in four windows: its timer of second 6 is lost, and with it the process. Nothing says so; all later windows are empty.
# - usage() counts a service at its start: a facility that began a service of 10 at time 6 has been used for 10 at time 10.
# - A message to all entities reaches the last entity first.
#
# Why it matters: a warm-up that is run first and discarded silences one process of the model, so that loads and queues are too short;
# and a short run shows a use above 100%.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y > /dev/null
npm install --silent --no-audit --no-fund --ignore-scripts simjs@2.0.3 > /dev/null
cat > windows.cjs <<'JS'
globalThis.window = {}; // The package offers its classes to a browser's window only.
require("simjs");
const { Sim, Entity, Facility } = globalThis.window.Sim;
const ticks = (...ends) => {
  const sim = new Sim();
  let count = 0;
  class Clock extends Entity {
    start() {
      this.setTimer(1).done(this.tick);
    }
    tick() {
      count++;
      this.setTimer(1).done(this.tick);
    }
  }
  sim.addEntity(Clock);
  for (const end of ends) sim.simulate(end);
  return count;
};
const counts = [ticks(20), ticks(5, 10, 15, 20)];
console.log(`ticks until 20: ${counts[0]} in one run, ${counts[1]} in four windows`);

const sim = new Sim();
const facility = new Facility("disk");
class Client extends Entity {
  start() {
    this.setTimer(6).done(() => this.useFacility(facility, 10));
  }
}
sim.addEntity(Client);
sim.simulate(10);
console.log(`use at time 10 of a facility that is busy since 6: ${facility.usage()}`);

const order = [];
const group = new Sim();
class Member extends Entity {
  start(number) {
    this.number = number;
    if (number === 0) this.setTimer(1).done(() => this.send("hello", 1));
  }
  onMessage() {
    order.push(this.number);
  }
}
for (let number = 0; number < 4; number++) group.addEntity(Member, `member ${number}`, number);
group.simulate(5);
console.log(`a message of member 0 to all reaches members ${order.join(", ")}`);
if (counts.join() !== "20,5" || facility.usage() !== 10 || order.join() !== "3,2,1") {
  console.log("It behaves differently now.");
  process.exit(1);
}
JS
node windows.cjs
