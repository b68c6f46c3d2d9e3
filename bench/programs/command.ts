/**
 * A command of a build of `troupe`, and what it cost from the start of its process to its end.
 * Usage: command.js DIST WORD...: the folder of the build, and the command line. What the command prints comes first.
 */
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { print } from "./measured.ts";

const [dist, ...words] = process.argv.slice(2) as [string, ...string[]];
const main = join(dist, "harness", "cli", "main.js");
process.argv.splice(1, Infinity, main, ...words);
process.once("exit", (status) => {
  if (status !== 0) return;
  const { user, system } = process.cpuUsage();
  const peakMiB = process.resourceUsage().maxRSS / 1024;
  print({ operations: 1, cpuSeconds: (user + system) / 1e6, peakMiB, seconds: process.uptime() });
});
await import(pathToFileURL(main).href);
