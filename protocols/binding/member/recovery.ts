/**
 * After all processes of the Ringmaster have died, a new Ringmaster does not know the living troupes. Members register
 * their troupe again, with what each of them knows. Source: ours; the dissertation's Ringmaster does not die.
 *
 * - The register takes the latest membership that any member knows, by epoch and term, and marks it as recovered.
 * - No member of a recovered membership is given a lease. A member may have missed the latest change, so that its
 *   membership is not the present one.
 * - A change without newcomer (change/change.ts) confirms the recovered membership: it freezes every member that is not
 *   known to be dead, brings each call to all of them, and leaves out members whose states differ. A member that knows
 *   a later membership does not obey, and registers that membership instead.
 *
 * Invariant: two memberships never execute calls side by side, as in every change.
 */
import type { BindingProcess } from "../change/binding-process.ts";
import { includesProcess, type ProcessId, type Registration } from "../register/register.ts";

/** Whether the register's value is missing, or is recovered from a member that knew less. */
function isBehind(value: Registration | undefined, { epoch, term }: Registration): boolean {
  if (value === undefined) return true;
  return value.recovered === true && (value.epoch < epoch || (value.epoch === epoch && value.term < term));
}

/**
 * The register's value, after this member has registered its troupe again if the Ringmaster does not know it.
 * `own`: the registration that the member learned last. `term`: the latest office that has frozen the member.
 *
 * @throws CallError "ringmaster-unavailable"
 */
export async function consulted(
  { consensus }: BindingProcess,
  base: number,
  own: Registration | undefined,
  term: number,
): Promise<Registration | undefined> {
  const value = await consensus.read(base);
  if (own === undefined) return value;
  const known: Registration = {
    ...own,
    term: Math.max(own.term, term),
    coordinator: null,
    lost: false,
    recovered: true,
  };
  if (!isBehind(value, known)) return value;
  return consensus.agree(base, (now) => (isBehind(now, known) ? known : undefined));
}

/**
 * Whether a new Ringmaster has founded the troupe anew, without the living members of the earlier membership `own`: the
 * process, a member of `own`, is out. `own`: what it knew before the value was read, since what it has learned
 * meanwhile may be later than the value.
 */
export function isSupplanted(life: ProcessId, own: Registration | undefined, value: Registration): boolean {
  if (own === undefined || !includesProcess(own.members, life)) return false;
  return value.recovered !== true && value.epoch <= own.epoch && !includesProcess(value.members, life);
}
