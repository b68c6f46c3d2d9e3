/**
 * What holds of transactions in a static table: one order of commits at all members, and one decision on each. In troupes
 * that change, state that is transferred includes what others have committed: equal states say whether it was the same.
 */
import { checkAgreement, checkCommitOrder } from "../../sim/checkers/history/commits.ts";
import type { StampedEvent } from "../../sim/trace.ts";
import type { Checker, Course, Found } from "../course.ts";
import { TableGround } from "../table-ground.ts";

function onTransactions(
  name: string,
  check: (events: readonly StampedEvent[], course: Course, ground: TableGround) => readonly Found[],
): Checker {
  return {
    name,
    check: (course) => {
      const { ground, schedule, events } = course;
      // What a caller without transactions calls is a transaction by itself; the checkers take a thread's call for one.
      const isWhole = schedule.troupes.every(({ ordering }) => ordering !== "none");
      return ground instanceof TableGround && isWhole ? check(events, course, ground) : [];
    },
  };
}

export const commitOrder = onTransactions("order of commits", (events, { schedule }) =>
  checkCommitOrder(events, schedule),
);

/** What a member has committed that died since, with all who had heard so, the others may never learn. */
export const agreement = onTransactions("agreement", (events, { schedule }, { addresses, members }) => {
  const dead = new Set(members.filter(({ machine }) => !machine.up).map(({ machine }) => machine.name));
  const ofLiving = events.filter(({ event, machine }) => event.type !== "transaction" || !dead.has(machine));
  return checkAgreement(ofLiving, { seed: schedule.seed, members: (id) => addresses.get(id) ?? [] });
});
