/**
 * Random numbers by key. Usage: streams.js keyed|alea seed|draw COUNT: seeds so many streams, each with its first
 * number, or draws so many numbers of one. `alea` is seedrandom's Alea on the same keys, with numbers of 32 bits.
 */
import seedrandom from "seedrandom";
import { streams } from "../../sim/chance/random.ts";
import { measured, print } from "./measured.ts";

const [generator, what, count] = process.argv.slice(2) as [string, string, string];
const operations = Number(count);
const machines = streams("1985", 0).fork("failures").fork("failure");
let sum = 0;

function open(place: number): () => number {
  const stream = machines.fork(`machine ${place}`).fork("lifetime");
  return generator === "alea" ? seedrandom.alea(stream.key) : () => stream.next();
}

function work(amount: number): Promise<void> {
  if (what === "seed") for (let place = 0; place < amount; place++) sum += open(place)();
  else for (let next = open(0), left = amount; left > 0; left--) sum += next();
  return Promise.resolve();
}

await work(operations / 4);
const measurement = await measured(operations, () => work(operations));
if (!(sum > 0)) throw new Error("the numbers were not drawn");
print(measurement);
