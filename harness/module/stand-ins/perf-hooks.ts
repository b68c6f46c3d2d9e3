/** node:perf_hooks for modules: the clock of the thread. */
import real from "node:perf_hooks";
import { like, ownPerformance } from "../globals.ts";

// What has no stand-in here is Node's own.
export * from "node:perf_hooks";

export const performance = ownPerformance;
export default like(real, { performance });
