/**
 * Many events in one run: 1,000 holds with Exp(1), and beside each a timer that is set anew at every event.
 * Usage: marathon.js EVENTS. The growth is that of the resident set after the first tenth.
 */
import seedrandom from "seedrandom";
import { Engine, type Handle } from "../../sim/engine/engine.ts";
import { measured, print } from "./measured.ts";

const events = Number(process.argv[2]);
const random = seedrandom.alea("marathon");
const engine = new Engine();

interface Holder {
  timer: Handle;
}

function fire(holder: Holder): void {
  engine.cancel(holder.timer);
  // Every second timer has a delay that never comes again; a few of both kinds expire.
  holder.timer = engine.after(random() < 0.5 ? 5 : 5 + random(), expire, holder);
  engine.after(-Math.log(1 - random()), fire, holder);
  if (engine.executed >= limit) engine.stop();
}

function expire(holder: Holder): void {
  holder.timer = 0;
}

let limit = 0;

async function run(until: number): Promise<void> {
  limit = until;
  await engine.run();
}

for (let n = 0; n < 1000; n++) engine.after(-Math.log(1 - random()), fire, { timer: 0 });
await run(events / 10);
const early = process.memoryUsage.rss();
const measurement = await measured(events - engine.executed, () => run(events));
print({ ...measurement, growthMiB: (process.memoryUsage.rss() - early) / 2 ** 20 });
