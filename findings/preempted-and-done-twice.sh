#!/bin/sh
# Guess: a server of the kind last come, first served, that interrupts its work for a new request, finishes each request once.
#
# Behaviour (simjs 2.0.3, Facility.LCFS): requests of 4, 4 and 1 at times 0, 1 and 2 finish at 9, 6 and 3, as they should, but the second request calls back
# twice, both times at 6. The event that the interruption had made stale stays in the queue and takes over the new time. The statistics count the
# request once, so the average stay is right (5) and hides it. First come, first served, and processor sharing call back once.
#
# Why it matters: a reply is sent twice, so a count of completions is too high, and a closed model (the client sends the next request at a reply)
# has one client more after each such interruption.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y > /dev/null
npm install --silent --no-audit --no-fund --ignore-scripts simjs@2.0.3 > /dev/null
cat > twice.cjs <<'JS'
globalThis.window = {}; // The package offers its classes to a browser's window only.
require("simjs");
const { Sim, Entity, Facility } = globalThis.window.Sim;
const run = (discipline) => {
  const sim = new Sim();
  const facility = new Facility("server", discipline);
  const done = [];
  class Client extends Entity {
    start(at, work) {
      this.setTimer(at).done(() => this.useFacility(facility, work).done(() => done.push(`${work} of time ${at} at ${this.time()}`)));
    }
  }
  [[0, 4], [1, 4], [2, 1]].forEach(([at, work], i) => sim.addEntity(Client, `client ${i}`, at, work));
  sim.simulate(100);
  const stats = facility.systemStats();
  const left = stats.current();
  console.log(`${done.join("; ")}; in the system at the end: ${left}; average stay ${stats.durationSeries.average().toFixed(2)}`);
  return [done.length, left];
};
const [first, last, sharing] = [Facility.FCFS, Facility.LCFS, Facility.PS].map(run);
if (first.join() !== "3,0" || sharing.join() !== "3,0" || last.join() !== "4,0") {
  console.log("It behaves differently now.");
  process.exit(1);
}
JS
node twice.cjs
