/** `npm run robustness [-- --datagrams 1000000 --seed 1985]`: exit status 1 if anything went wrong under attack. */
import { parseArgs } from "node:util";
import { attack } from "./attack.ts";
import { measureShare } from "./starvation.ts";

const { values } = parseArgs({
  options: { datagrams: { type: "string", default: "1000000" }, seed: { type: "string", default: "1985" } },
});
const began = performance.now();
const damage = await attack({ seed: values.seed, datagrams: Number(values.datagrams) }, (sent) => {
  process.stderr.write(`${sent} datagrams sent\n`);
});
console.log("under attack:", damage);
console.log("among silent and slow peers:", await measureShare(2000));
console.log(`seconds: ${((performance.now() - began) / 1000).toFixed(0)}, seed: ${values.seed}`);
process.exitCode = damage.failures.length > 0 ? 1 : 0;
