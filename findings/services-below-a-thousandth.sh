#!/bin/sh
# Guess: a simulation gives the same utilization whether its times are written in milliseconds or in seconds, and ends at the end that it was given.
#
# Behaviour (simscript 1.0.37): `seize`, by which an entity is served, leaves out each service that is shorter than 0.001, whatever the unit of time. A queue whose
# services take 1 ms on average, at a load of 0.5, has the utilization 0.50 in milliseconds; in seconds it has 0.37, since 63% of its services
# are not made, and in tens of seconds 0, without a word. And `timeEnd` is a time after which the simulation ends, not at which: the first event beyond
# still takes place, at its own time. With an end at 100 and an event at 1010, the clock ends at 1010, and all averages over time are about 1010.
#
# Why it matters: network times in seconds are of this size. The arrivals are counted correctly, so that a short run looks plausible.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y > /dev/null
npm install --silent --no-audit --no-fund --ignore-scripts simscript@1.0.37 > /dev/null
cat > services.cjs <<'JS'
// The package expects a browser's function here.
globalThis.requestAnimationFrame = setImmediate;
const { Simulation, Entity, Queue, Exponential } = require("simscript");

const finished = (simulation) =>
  new Promise((resolve) => {
    simulation.finished.addEventListener(resolve);
    void simulation.start();
  });

/** A queue with exponential times between arrivals (2 ms on average) and services (1 ms), the same in each unit. */
async function queue(millisecond) {
  const between = new Exponential(2 * millisecond, 1);
  const service = new Exponential(millisecond, 2);
  const waiting = new Queue("waiting");
  const server = new Queue("server", 1);
  let asked = 0;
  class Customer extends Entity {
    async script() {
      const time = service.sample();
      asked += time;
      await this.seize(server, time, waiting);
    }
  }
  class Line extends Simulation {
    onStarting() {
      super.onStarting();
      this.timeEnd = 40000 * millisecond;
      this.generateEntities(Customer, between);
    }
  }
  const line = new Line();
  await finished(line);
  const [made, wanted] = [server.utilization, asked / line.timeNow].map((share) => share.toFixed(2));
  console.log(`a millisecond is ${millisecond}: utilization ${made}, of ${wanted} that was asked for; ${server.totalCount} services`);
  return made;
}

async function end() {
  class Late extends Entity {
    async script() {
      await this.delay(10);
      await this.delay(1000);
      console.log(`with an end at 100, something happens at ${this.simulation.timeNow}`);
    }
  }
  class Short extends Simulation {
    onStarting() {
      super.onStarting();
      this.timeEnd = 100;
      void this.activate(new Late());
    }
  }
  const short = new Short();
  await finished(short);
  return short.timeNow;
}

const seen = [];
for (const unit of [1, 0.001, 0.0001]) seen.push(queue(unit));
void Promise.all(seen).then(async ([ms, s, tens]) => {
  if (ms !== "0.50" || s !== "0.37" || tens !== "0.00" || (await end()) !== 1010) {
    console.log("It behaves differently now.");
    process.exit(1);
  }
});
JS
node services.cjs
