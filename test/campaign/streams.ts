/** Joint independence of random streams, over as many runs as show a factor of 1.3 in a corner of probability 0.001. */
import { dependences, families } from "../sim/chance/independence.ts";

const runs = 250_000;

/** Judges every family of keys and prints what is wrong; answers in how many families something is. */
export function judgeStreams(): number {
  let failed = 0;
  for (const [name, family] of Object.entries(families)) {
    const wrong = dependences(family, runs);
    if (wrong.length > 0) failed++;
    for (const sentence of wrong) console.log(`FAILED streams, ${name}: ${sentence}`);
  }
  console.log(`streams: ${Object.keys(families).length} families of keys, ${runs} runs of each, ${failed} failed`);
  return failed;
}
