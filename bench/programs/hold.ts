/**
 * Hold model: each event schedules another one at now + Exp(1); a constant number is pending.
 * Usage: hold.js PENDING EVENTS.
 */
import seedrandom from "seedrandom";
import { Engine } from "../../sim/engine/engine.ts";
import { measured, print } from "./measured.ts";

const [pending, events] = process.argv.slice(2).map(Number) as [number, number];
const random = seedrandom.alea("hold");
const engine = new Engine();
const work = { left: 0 };

function fire(subject: typeof work): void {
  if (--subject.left === 0) engine.stop();
  engine.after(-Math.log(1 - random()), fire, subject);
}

async function run(count: number): Promise<void> {
  work.left = count;
  await engine.run();
}

for (let n = 0; n < pending; n++) engine.after(-Math.log(1 - random()), fire, work);
await run(2 * pending + 1e6);
print(await measured(events, () => run(events)));
