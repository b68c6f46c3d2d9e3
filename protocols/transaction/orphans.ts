/** Whether a troupe that has called in a transaction, and whose members are all silent, is gone for good. */
import type { TroupeId } from "../troupe/troupe.ts";
import type { Process } from "../call/process.ts";

/** Answers after a while: whoever is silent may be heard again. While the binding agent does not say, the troupe may live. */
export function callersAreGone(process: Process, troupe: TroupeId): Promise<boolean> {
  return process.runtime.apart(async () => {
    await process.runtime.sleep(process.endpoint.options.longestInterval);
    if (troupe === 0) return true;
    try {
      const now = await process.binding.lookupById(troupe);
      return now === undefined || now.members.length === 0 || now.lost === true;
    } catch {
      return false;
    }
  });
}
