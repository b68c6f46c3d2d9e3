/** node:buffer for modules: files are made at the clock of the thread. */
import real from "node:buffer";
import { own, like } from "../globals.ts";

// What has no stand-in here is Node's own.
export * from "node:buffer";

export const File = own["File"] as typeof real.File;
export default like(real, { File });
