/** Which of the members that were told of the loss of a callee go on (member/losses.ts says what losses are). */
import { nameOf } from "../../call/server/retained-call.ts";
import type { ProcessId } from "../register/register.ts";
import type { FreezeReport } from "./change-data.ts";

/**
 * Of members that stand still, those that go on. What a member withholds is void if another has answered it. Of those that withhold
 * nothing of the kind, the one that was told of the fewest losses goes on, and whoever was told of the same.
 */
export function agreeing<L extends ProcessId>(
  frozen: readonly L[],
  reports: ReadonlyMap<ProcessId, FreezeReport>,
): L[] {
  const lossesOf = (life: L): readonly string[] => reports.get(life)!.losses;
  const answered = new Set(frozen.flatMap((life) => reports.get(life)!.calls.map(nameOf)));
  const sound = frozen.filter((life) => !reports.get(life)!.withheld.some((call) => answered.has(nameOf(call))));
  // Of two that each withhold what the other has answered, either may go on.
  const eligible = sound.length > 0 ? sound : frozen;
  const fewest = Math.min(...eligible.map((life) => lossesOf(life).length));
  const model = lossesOf(eligible.find((life) => lossesOf(life).length === fewest)!);
  return frozen.filter((life) => lossesOf(life).join() === model.join());
}
