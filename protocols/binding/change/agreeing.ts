/**
 * Decides which members stay after some members were told of the loss of a callee (member/losses.ts defines losses).
 */
import { nameOf } from "../../call/server/retained-call.ts";
import type { ProcessId } from "../register/register.ts";
import type { FreezeReport } from "./change-data.ts";

/**
 * The frozen members that stay in the troupe. A member whose withheld answer another member has already given cannot
 * stay. Among the other members, the member with the fewest losses is the model. Every member with the same losses as
 * the model stays.
 */
export function agreeing<L extends ProcessId>(
  frozen: readonly L[],
  reports: ReadonlyMap<ProcessId, FreezeReport>,
): L[] {
  const lossesOf = (life: L): readonly string[] => reports.get(life)!.losses;
  const answered = new Set(frozen.flatMap((life) => reports.get(life)!.calls.map(nameOf)));
  const sound = frozen.filter((life) => !reports.get(life)!.withheld.some((call) => answered.has(nameOf(call))));
  // If every member withholds an answer that another has given, any member may be the model.
  const eligible = sound.length > 0 ? sound : frozen;
  const fewest = Math.min(...eligible.map((life) => lossesOf(life).length));
  const model = lossesOf(eligible.find((life) => lossesOf(life).length === fewest)!);
  return frozen.filter((life) => lossesOf(life).join() === model.join());
}
