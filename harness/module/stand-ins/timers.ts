/** node:timers for modules: the timers of the thread. */
import { ownTimers } from "../globals.ts";
import * as promises from "./timers-promises.ts";

export const { setTimeout, setInterval, setImmediate, clearTimeout, clearInterval, clearImmediate } = ownTimers;
export { promises };
export default { ...ownTimers, promises };
