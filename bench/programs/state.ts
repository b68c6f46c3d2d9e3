/**
 * Externalizes a state of many small entries into pieces, as a donor does, and internalizes it, as a newcomer does.
 * Prints the CPU time of each, and the longest step. Usage: state.js map|records ENTRIES.
 */
import { Cutter } from "../../protocols/binding/state/pieces.ts";
import { StateReader, StateWriter } from "../../protocols/call/module-state.ts";
import "../../sim/inspection.ts";

class Entries {
  map = new Map<string, number>();
  records: { id: number; name: string }[] = [];
}

const [kind, entries] = process.argv.slice(2) as [string, string];
const module = new Entries();
for (let i = 0; i < Number(entries); i++) {
  if (kind === "map") module.map.set(`key ${i}`, i);
  else module.records.push({ id: i, name: `name ${i % 1000}` });
}

function measure(what: string, step: () => boolean): void {
  const begun = process.cpuUsage();
  let [steps, longest] = [0, 0];
  for (let isWhole = false; !isWhole; steps++) {
    const from = performance.now();
    isWhole = step();
    longest = Math.max(longest, performance.now() - from);
  }
  const { user, system } = process.cpuUsage(begun);
  const seconds = (user + system) / 1e6;
  console.log(`${what}: ${seconds.toFixed(2)} s of CPU time in ${steps} steps, the longest ${longest.toFixed(0)} ms`);
}

for (let pass = 0; pass < 3; pass++) {
  const writer = new StateWriter(module);
  const cutter = new Cutter(64 * 1024);
  measure("externalized", () => {
    const isWhole = writer.step();
    cutter.add(writer.drain());
    if (isWhole) cutter.end();
    return isWhole;
  });
  const reader = new StateReader(new Entries(), Buffer.concat(cutter.pieces.map(({ bytes }) => bytes)));
  measure("internalized", () => reader.step());
}
