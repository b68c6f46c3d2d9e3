/**
 * A member of the troupe of `many-entries.ts`, in a process of its own, which measures how long its turns take and how
 * much memory it uses. Usage: entries-member.js PLACES KIND ENTRIES.
 */
import { monitorEventLoopDelay } from "node:perf_hooks";
import { readPlaces } from "../../harness/real/places.ts";
import { openProcess, pause } from "../../harness/real/process.ts";
import { Entries, type Report } from "./entries.ts";
import { Turns } from "./turns.ts";

const [places, kind, count] = process.argv.slice(2) as [string, "map" | "records", string];
const states: string[] = [];
const { binding, program } = openProcess({
  ip: "127.0.0.1",
  port: 0,
  places: readPlaces(places),
  changed: (name, state) => states.push(`${name} ${state}`),
});
const module = new Entries();
if (count !== "0") module.fill(kind, Number(count));
const used = (): number => {
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
};
let most = 0;
const sampling = setInterval(() => (most = Math.max(most, used())), 20);
// The garbage of the filling is none of the joining.
globalThis.gc?.();
const delay = monitorEventLoopDelay({ resolution: 1 });
const cpu = process.cpuUsage();
delay.enable();
const turns = new Turns();
await program.thread(() => binding.joinTroupe("entries", module));
let alive = true;
process.on("message", () => {
  clearInterval(sampling);
  delay.disable();
  turns.stop();
  globalThis.gc?.();
  const { user, system } = process.cpuUsage(cpu);
  const report: Report = {
    entries: module.count(),
    longest: delay.max / 1e6,
    work: turns.longest,
    cpu: (user + system) / 1000,
    most,
    used: used(),
    states,
  };
  process.send!(report, () => (alive = false));
});
process.send!("joined");
while (alive) await pause(50);
process.exit(0);
