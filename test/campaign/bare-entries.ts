/**
 * What no module can go below: the longest step of a bare Map, or a bare array, that gets its entries 4,096 at a time.
 * Usage: bare-entries.js KIND ENTRIES. Prints ms of CPU time.
 */
import { setImmediate } from "node:timers/promises";
import { threadTime } from "./turns.ts";

const [kind, count] = [process.argv[2], Number(process.argv[3])];
const map = new Map<string, number>();
const records: { id: number; name: string }[] = [];
let longest = 0;
for (let i = 0; i < count;) {
  const begun = threadTime();
  for (const end = Math.min(count, i + 4096); i < end; i++) {
    if (kind === "map") map.set(`key ${i}`, i);
    else records.push({ id: i, name: `name ${i % 1000}` });
  }
  longest = Math.max(longest, threadTime() - begun);
  await setImmediate();
}
console.log(longest.toFixed(0));
