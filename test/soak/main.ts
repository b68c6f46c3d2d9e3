/**
 * `npm run soak [-- --duration 120s --members 7 --clients 3 --loss 0.01 --seed 1985]`: exit status 1 if a checker
 * complains.
 */
import { parseArgs } from "node:util";
import { parseDuration } from "../../languages/durations.ts";
import { Soak } from "./soak.ts";

const { values } = parseArgs({
  options: {
    duration: { type: "string", default: "120s" },
    members: { type: "string", default: "7" },
    clients: { type: "string", default: "3" },
    loss: { type: "string", default: "0.01" },
    seed: { type: "string", default: "1985" },
  },
});
const duration = parseDuration(values.duration);
if (duration === undefined) {
  process.stderr.write(`--duration ${values.duration}: expected a duration such as 120s or 2m.\n`);
  process.exit(2);
}
const soak = new Soak({
  seed: values.seed,
  duration,
  members: Number(values.members),
  clients: Number(values.clients),
  loss: Number(values.loss),
  betweenKills: 700,
  untilRestart: 1500,
});
const result = await soak.run((sentence) => process.stderr.write(`${sentence}\n`));
console.log(result);
console.log(`seed: ${values.seed}`);
process.exitCode = result.failures.length > 0 ? 1 : 0;
