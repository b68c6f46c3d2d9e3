/**
 * A change of membership: from epoch e to e + 1, as one atomic step.
 *
 * Source: dissertation, chapter 6. One atomic transaction admits a new member: get_state, then set_troupe_id at all
 * members, so that no call falls between the two. Any process may coordinate a change: a newcomer coordinates its own
 * joining, a member its own leaving, and a Ringmaster member the removal of dead members. The coordinator
 *
 * 1. takes *office* through the register: while it holds the office, no other process can complete a change;
 * 2. *freezes* every member that is to stay. A frozen member executes no CALL of epoch e until the register says that
 *    e + 1 is decided or that the office has ended. A member that cannot be frozen is left out only if a majority of
 *    Ringmaster members holds it for dead and gives it up: they grant it no lease, even if they hear it again, until
 *    they know that the office is over. Otherwise the change fails;
 * 3. *levels* the members that stay. Each member executes the retained calls that another member has executed and it
 *    has not. Afterwards all members have executed the same calls;
 * 4. leaves out members whose losses differ from the losses of the model (agreeing.ts);
 * 5. gives a newcomer the state of one frozen member in pieces, with the retained calls and their replies;
 * 6. *decides* e + 1 in the register, which succeeds only while its office stands;
 * 7. tells all members (set_troupe_id). A member that does not hear of the decision asks the register.
 *
 * If the coordinator dies, a frozen member or the next candidate for the office ends its office, and e continues. If
 * e + 1 was already decided, the register tells every member.
 *
 * Invariants: at any time at most one epoch executes calls. If a member of e stays in e + 1, every member of e + 1 has
 * executed all calls that this member executed in e.
 */
import { nameOf, type CallName, type RetainedCall } from "../../call/server/retained-call.ts";
import type { ClientProgress } from "../../message/retention.ts";
import {
  decided,
  includesProcess,
  inOffice,
  resigned,
  sameProcess,
  settled,
  suffices,
  type ProcessId,
  type RegisteredMember,
  type Registration,
} from "../register/register.ts";
import { agreeing } from "./agreeing.ts";
import { holdsOffice, orSilent, type BindingProcess } from "./binding-process.ts";
import type { RetainedCalls, Office, FreezeReport } from "./change-data.ts";
import { judged } from "./judgement.ts";
import { plurality } from "./plurality.ts";

/** What a change is to bring about. */
export interface Plan {
  /**
   * Gives the newcomer the state of the frozen members, which have all executed the same calls; false if no donor
   * could.
   */
  readonly admit?: (donors: readonly ProcessId[], office: Office) => Promise<boolean>;
  /** The process that `admit` adds to the troupe. */
  readonly newcomer?: ProcessId;
  readonly leaving?: ProcessId;
  /** Members that are certainly dead. */
  readonly dead?: readonly ProcessId[];
  /** Members that a majority of the Ringmaster was found to suspect. */
  readonly suspects?: readonly RegisteredMember[];
}

/** Why a change failed. "busy": another change is under way. "given up": this attempt could not be completed. */
export type Failure = "busy" | "given up";

/**
 * Makes one attempt at the change, and answers the registration that it decided.
 *
 * @throws CallError "ringmaster-unavailable": the outcome is then unknown, and only the register can tell it
 */
export async function change(
  process: BindingProcess,
  before: Registration,
  base: number,
  plan: Plan,
): Promise<Registration | Failure> {
  const { consensus, life: coordinator } = process;
  if (await holdsOffice(process, base, before)) return "busy";
  const now = await consensus.agree(base, (value) => {
    // The holder of the office in `before` is known to be dead. A later holder is not known to be dead.
    const mine = isHeldBy(value, coordinator);
    return value?.epoch === before.epoch && value.term === before.term && !mine
      ? inOffice(value, coordinator)
      : undefined;
  });
  if (now === undefined || !isHeldBy(now, coordinator)) return "busy";
  process.offices.set(base, now.term);
  try {
    const next = await new ChangeAttempt(process, base, now, plan).carryOut();
    if (next !== undefined) return next;
    await giveUp(process, base, now);
    return "given up";
  } finally {
    // Members that are frozen still learn from this process that its office is over.
    process.offices.delete(base);
  }
}

function isHeldBy(registration: Registration | undefined, life: ProcessId): boolean {
  const coordinator = registration?.coordinator ?? null;
  return coordinator !== null && sameProcess(coordinator, life);
}

async function giveUp(process: BindingProcess, base: number, { term, members }: Registration): Promise<void> {
  const after = await process.consensus.agree(base, (value) =>
    value === undefined ? undefined : resigned(value, term),
  );
  if (after !== undefined) tell(process, base, members, after);
}

/** set_troupe_id, without waiting for answers. */
function tell(process: BindingProcess, base: number, lives: readonly ProcessId[], registration: Registration): void {
  for (const life of lives)
    process
      .at(life)
      .setTroupeId(base, registration)
      .catch(() => undefined);
}

class ChangeAttempt {
  readonly #process: BindingProcess;
  readonly #base: number;
  readonly #before: Registration;
  readonly #plan: Plan;
  readonly #office: Office;

  constructor(process: BindingProcess, base: number, before: Registration, plan: Plan) {
    this.#process = process;
    this.#base = base;
    this.#before = before;
    this.#plan = plan;
    this.#office = { epoch: before.epoch, term: before.term, coordinator: process.life };
  }

  async carryOut(): Promise<Registration | undefined> {
    const { newcomer, leaving, admit } = this.#plan;
    const before = this.#before;
    const reports = await this.#freeze();
    if (reports === undefined) return undefined;
    const frozen = before.members.filter((life) => reports.has(life));
    if (!suffices(before, frozen.length)) return undefined;
    // One that leaves need not execute any more what it lacks.
    const staying = frozen.filter((life) => leaving === undefined || !sameProcess(life, leaving));
    const settles = frozen.some((life) => reports.get(life)!.losses.length > 0);
    if (!(await this.#level(settles ? frozen : staying, reports))) return undefined;
    if (settles) {
      const after = await this.#settle(agreeing(frozen, reports));
      // What is withheld is not levelled, so no state can be given on yet. The leaving member may hold the outcome that
      // the others must adopt.
      return (newcomer ?? leaving) === undefined ? after : undefined;
    }
    const alike = before.recovered === true ? await this.#alike(staying) : staying;
    if (admit !== undefined && !(await admit(alike, this.#office))) return undefined;
    return this.#decide(newcomer === undefined ? alike : [...alike, newcomer]);
  }

  /** The members whose state most of the members have. Nobody else knows which state a recovered membership has. */
  async #alike(staying: readonly RegisteredMember[]): Promise<RegisteredMember[]> {
    const answers = await Promise.all(
      staying.map((life) => orSilent(this.#process.at(life).digest(this.#base, this.#office))),
    );
    const most = plurality(answers.filter((answer) => typeof answer === "number"));
    return staying.filter((_, i) => answers[i] === most);
  }

  async #decide(members: readonly ProcessId[]): Promise<Registration | undefined> {
    const before = this.#before;
    const after = await this.#process.consensus.agree(this.#base, (value) => {
      return value?.epoch === before.epoch ? decided(value, before.term, members) : undefined;
    });
    if (after === undefined || !includesEpoch(after, before.epoch + 1, members)) return undefined;
    tell(this.#process, this.#base, before.members, after);
    return after;
  }

  /** The members that agree continue: in the next epoch, or in the present epoch if all members agree. */
  async #settle(staying: readonly ProcessId[]): Promise<Registration | undefined> {
    const { term, members } = this.#before;
    if (staying.length < members.length) return this.#decide(staying);
    const after = await this.#process.consensus.agree(this.#base, (value) => value && settled(value, term));
    if (after?.settled !== term) return undefined;
    tell(this.#process, this.#base, members, after);
    return after;
  }

  /** All members that are to stay, with their freeze reports; undefined if a member is neither frozen nor given up. */
  async #freeze(): Promise<Map<ProcessId, FreezeReport> | undefined> {
    const { program, options } = this.#process;
    const frozen = new Map<ProcessId, FreezeReport>();
    const known = [...(this.#plan.dead ?? []), ...(await this.#givenUp(this.#plan.suspects ?? []))];
    let missing = this.#before.members.filter((member) => !includesProcess(known, member));
    for (const begun = program.host.now(); ;) {
      const answers = await Promise.all(missing.map((life) => this.#freezeOne(life)));
      const silent: RegisteredMember[] = [];
      for (const [i, answer] of answers.entries()) {
        if (answer === "silent") silent.push(missing[i]!);
        else if (answer === null || !answer.quiet) return undefined;
        else frozen.set(missing[i]!, answer);
      }
      const given = await this.#givenUp(silent);
      missing = silent.filter((member) => !includesProcess(given, member));
      if (missing.length === 0) return frozen;
      if (program.host.now() - begun > options.suspicion) return undefined;
      await program.sleep(options.pollInterval);
    }
  }

  /** The members among these that a majority of Ringmaster members gives up for this office. */
  #givenUp(members: readonly RegisteredMember[]): Promise<RegisteredMember[]> {
    const { term } = this.#office;
    return judged(this.#process, members, (ringmaster) => ringmaster.giveUp.replies(term, members));
  }

  /** Null: the member does not recognise the office. */
  async #freezeOne(life: ProcessId): Promise<FreezeReport | null | "silent"> {
    return orSilent(this.#process.at(life, this.#process.options.quiescence * 2).freeze(this.#base, this.#office));
  }

  /** Makes every staying member execute what another member has executed; false if one member fails to. */
  async #level(staying: readonly ProcessId[], reports: ReadonlyMap<ProcessId, FreezeReport>): Promise<boolean> {
    const lacking = await Promise.all(staying.map((life) => this.#lacking(life, reports)));
    const names = new Set<string>();
    for (const calls of lacking) {
      if (calls === undefined) return false;
      for (const call of calls) names.add(nameOf(call));
    }
    if (names.size === 0) return true;
    const calls = await this.#fetch([...reports.keys()], names);
    if (calls === undefined) return false;
    const done = await Promise.all(
      staying.map((life, i) =>
        this.#execute(
          life,
          lacking[i]!.map((name) => calls.get(nameOf(name))!),
        ),
      ),
    );
    return done.every((executed) => executed);
  }

  /** The calls that other members have executed and this member has not; undefined if this member does not answer. */
  async #lacking(life: ProcessId, reports: ReadonlyMap<ProcessId, FreezeReport>): Promise<CallName[] | undefined> {
    const others = new Map<string, CallName>();
    for (const { calls } of reports.values()) for (const call of calls) others.set(nameOf(call), call);
    for (const call of reports.get(life)!.calls) others.delete(nameOf(call));
    if (others.size === 0) return [];
    const names = [...others.values()];
    const places = await orSilent(this.#process.at(life).lacking(this.#base, this.#office, names));
    return places === "silent" || places === null ? undefined : places.map((place) => names[place]!);
  }

  /** The calls of those names, fetched from the members that retain them; undefined if a call cannot be had. */
  async #fetch(
    frozen: readonly ProcessId[],
    names: ReadonlySet<string>,
  ): Promise<Map<string, RetainedCall> | undefined> {
    const calls = new Map<string, RetainedCall>();
    for (const life of frozen) {
      if ([...names].every((name) => calls.has(name))) break;
      const retained = await retainedAt(this.#process, this.#base, this.#office, life);
      for (const call of retained?.calls ?? []) if (names.has(nameOf(call))) calls.set(nameOf(call), call);
    }
    return [...names].every((name) => calls.has(name)) ? calls : undefined;
  }

  async #execute(life: ProcessId, calls: readonly RetainedCall[]): Promise<boolean> {
    if (calls.length === 0) return true;
    return (await orSilent(this.#process.at(life).execute(this.#base, this.#office, calls))) === true;
  }
}

/** Whether the epoch was decided with exactly these members. Later epochs may have been decided since. */
function includesEpoch(registration: Registration, epoch: number, members: readonly ProcessId[]): boolean {
  return [registration, ...registration.earlier].some((past) => {
    return (
      past.epoch === epoch &&
      past.members.length === members.length &&
      past.members.every((life) => includesProcess(members, life))
    );
  });
}

/** All calls that a frozen member retains; undefined if the member does not answer. */
export async function retainedAt(
  process: BindingProcess,
  base: number,
  office: Office,
  life: ProcessId,
): Promise<RetainedCalls | undefined> {
  const calls: RetainedCall[] = [];
  const clients: ClientProgress[] = [];
  for (;;) {
    const page = await orSilent(process.at(life).retained(base, office, calls.length));
    if (page === "silent" || page === null) return undefined;
    for (const client of page.clients) clients.push(client);
    for (const call of page.calls) calls.push(call);
    if (page.left === 0) return { calls, clients };
  }
}
