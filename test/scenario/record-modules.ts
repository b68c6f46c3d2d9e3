/**
 * For `node --import`: writes the URL and the SHA-256 of each file of the protocols that is loaded into the file that
 * LOADED_MODULES names, as they are handed to the engine.
 */
import { createHash } from "node:crypto";
import { appendFileSync } from "node:fs";
import { register, type LoadHook } from "node:module";
import { isMainThread } from "node:worker_threads";

/** Hooks run in a thread of their own, in which this file is loaded again. */
if (isMainThread) register(import.meta.url);

export const load: LoadHook = async (url, context, next) => {
  const loaded = await next(url, context);
  if (url.includes("/dist/protocols/") && loaded.source !== undefined && loaded.source !== null) {
    const hash = createHash("sha256")
      .update(Buffer.from(loaded.source as string | Uint8Array))
      .digest("hex");
    appendFileSync(process.env["LOADED_MODULES"]!, `${url} ${hash}\n`);
  }
  return loaded;
};
