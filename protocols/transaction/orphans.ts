/** Whether a troupe that has called within a transaction, and whose members are all silent, is dead for ever. */
import type { TroupeId } from "../troupe/troupe.ts";
import type { Process } from "../call/process.ts";

/** Answers after a delay, since a silent member may be heard again. False while the binding agent does not answer. */
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
