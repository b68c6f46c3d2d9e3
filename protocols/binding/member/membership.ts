/**
 * One module's membership of a troupe that may change. The membership decides which CALLs the module admits.
 * Source: dissertation, chapter 6 (troupe IDs, get_state and set_troupe_id); change/change.ts has the rule of a change.
 *
 * - *joining*: a newcomer whose state is not complete. CALLs wait.
 * - *member*: the module executes a CALL that carries the member's troupe ID, while the lease runs (lease.ts). A CALL
 *   with an older ID is refused as stale. A CALL with a newer ID waits while the member asks the register.
 * - *frozen*: a change is under way. CALLs wait. A later epoch in the register, or the same epoch with no change under
 *   way, makes the member active again. A frozen member ends the office of a coordinator that has died.
 * - *out*: the register has a later epoch without this process. Every CALL is refused, permanently.
 * - A member that was told of the loss of a callee executes no CALL until the loss is settled (losses.ts).
 * - A repeated CALL that was executed under an earlier ID is answered again, and not executed.
 */
import type { Admission } from "../../call/server/admission.ts";
import type { Export, ExportOptions } from "../../call/server/export.ts";
import { refuse, type Incoming } from "../../call/server/incoming.ts";
import type { CallName, RetainedCall } from "../../call/server/retained-call.ts";
import { discard, level, retainedCalls, lacks, unansweredCalls } from "../../call/server/retained-calls.ts";
import type { Address, Milliseconds } from "../../host.ts";
import type { LossListener } from "../../thread/context.ts";
import { hashOfName } from "../../troupe/troupe-id.ts";
import type { Troupe, TroupeId } from "../../troupe/troupe.ts";
import { holdsOffice, type BindingProcess } from "../change/binding-process.ts";
import type { Greeting, RetainedCallsPage, Manifest, Office, FreezeReport } from "../change/change-data.ts";
import { change } from "../change/change.ts";
import type { ChangingMember } from "../change/member-procedures.ts";
import { includesProcess, resigned, troupeOf, type ProcessId, type Registration } from "../register/register.ts";
import { Snapshots } from "../state/snapshots.ts";
import { Transfer } from "../state/transfer.ts";
import { Attendance } from "./attendance.ts";
import { Comparison } from "./comparison.ts";
import { HeldCalls } from "./held-calls.ts";
import { Lease } from "./lease.ts";
import { Losses } from "./losses.ts";
import { quietWithin } from "./quiet.ts";
import { consulted, isSupplanted } from "./recovery.ts";
import { RetainedPages } from "./retained-pages.ts";

export type MembershipState = "joining" | "member" | "frozen" | "out";

/** No CALL carries this ID. */
const nobody: TroupeId = -1;

export class Membership implements Admission, LossListener, ChangingMember {
  readonly name: string;
  readonly base: number;
  readonly exported: Export;
  state: MembershipState = "joining";
  /** The registration that this process learned last; undefined while joining. */
  registration: Registration | undefined = undefined;
  /** Called once when the process finds that it is out. */
  onOut: () => void = () => undefined;
  /** While joining: whether the register may name this process as a member. */
  begun = false;
  /** While joining: the latest epoch known not to contain this process, which may have been a member before. */
  outside = 0;
  readonly lease: Lease;
  /** The state that a newcomer receives while joining. */
  readonly transfer: Transfer;
  readonly comparison: Comparison;
  readonly #process: BindingProcess;
  readonly #snapshots: Snapshots;
  readonly #held: HeldCalls;
  /** The latest office that has frozen this member. */
  #term = 0;
  readonly #pages = new RetainedPages();
  readonly #attendance: Attendance;
  /** The latest troupe ID that any message named. */
  #heardOf: TroupeId = 0;
  readonly #losses: Losses;
  /** The latest troupe ID under which transactions were in doubt. */
  #doubted: TroupeId = 0;
  /** The troupe ID that a CALL must carry to be executed. */
  #admitted: TroupeId = nobody;
  troupe: Troupe;
  readonly changes = true;

  /** Exports the module for a troupe of which this process is not a member yet. */
  constructor(
    process: BindingProcess,
    name: string,
    module: object,
    options: Omit<ExportOptions<object>, "troupe">,
    group?: Address,
  ) {
    this.#process = process;
    this.#held = new HeldCalls(process.program.reception);
    this.name = name;
    this.base = hashOfName(name);
    this.troupe = { id: nobody, name, module: this.base, members: [], ...(group === undefined ? {} : { group }) };
    this.#losses = new Losses(process.program.host, process.options.pollInterval);
    const isNeeded = (): boolean => this.#unsettled;
    this.#attendance = new Attendance(process.program, process.options.pollInterval, isNeeded, async () => {
      await this.#consult();
      if (this.#needsChange) await this.#settle();
    });
    this.exported = process.program.reception.export(
      module,
      { ...options, troupe: this.troupe },
      { admission: this, filter: this.#losses, losses: this },
    );
    this.lease = new Lease(process.program.host, process.options.lease, (running) => {
      if (running) this.#held.dispatch();
      else this.#attendance.attend();
    });
    this.transfer = new Transfer(process, this.base, this.exported);
    this.#snapshots = new Snapshots(process.program, this.exported, process.options);
    this.comparison = new Comparison(process, this);
  }

  /** The present troupe ID; 0 before there is one. */
  get id(): TroupeId {
    return this.registration === undefined ? 0 : troupeOf(this.registration).id;
  }

  admits(troupe: TroupeId): boolean {
    return troupe === this.#admitted && this.lease.runs;
  }

  notAdmitted(incoming: Incoming): void {
    const { exchange, call } = incoming;
    const stale = this.state === "member" && call.serverTroupe < this.id;
    if (this.state !== "out" && this.#process.program.reception.answerAgain(incoming)) return;
    if (this.state === "out" || stale) {
      refuse(exchange, "stale-binding");
      return;
    }
    this.#held.hold(incoming);
    this.#heard(call.serverTroupe);
  }

  #heard(id: TroupeId): void {
    if (id > this.#heardOf) this.#heardOf = id;
    this.#attendance.attend();
  }

  toldOfLoss(call: string): void {
    // A sole member has no other member to agree with.
    if (this.state === "out" || this.registration === undefined || this.registration.members.length === 1) return;
    this.#losses.told(call);
    this.#admitted = nobody;
    this.#attendance.attend();
  }

  /** Some members may have been told the outcome of a transaction, and others not. The next epoch settles it. */
  doubts(): void {
    if (this.state === "member") this.#doubted = this.id;
    this.#attendance.attend();
  }

  /** The membership ends permanently: a newcomer gives up, or a later epoch does not contain this member. */
  giveUp(): void {
    this.state = "out";
    this.lease.end();
    this.#losses.giveWay();
    this.#held.dispatch();
    discard(this.#process.program.reception, this.exported);
  }

  /** Answers the null procedure with this member's clock reading in ms; null if the member is out. */
  greeted(greeting: Greeting): Milliseconds | null {
    if (this.state === "out") return null;
    this.lease.granted(greeting, this.#process.consensus.configuration?.term ?? 0);
    if (greeting.id > this.id) this.#heard(greeting.id);
    return this.#process.program.host.now();
  }

  /** Adopts a registration that was read from the register or has just been decided. */
  adopt(registration: Registration): void {
    const before = this.registration;
    if (this.state === "out") return;
    // Messages about this process's previous membership may still be under way.
    if (this.state === "joining" && (!this.begun || registration.epoch <= this.outside)) return;
    if (before !== undefined) {
      if (registration.epoch < before.epoch) return;
      if (registration.epoch === before.epoch && registration.term < before.term) return;
    }
    if (!includesProcess(registration.members, this.#process.life)) {
      if (before !== undefined && registration.epoch > before.epoch) this.#leave(registration);
      return;
    }
    this.registration = registration;
    this.troupe = troupeOf(registration);
    const same = before?.epoch === registration.epoch;
    if (same && this.state === "frozen") {
      if (registration.term < this.#term) return;
      if (registration.coordinator !== null) {
        this.#term = registration.term;
        return;
      }
    } else if (same) return;
    if (!same || registration.settled === this.#term) this.#losses.settle(same);
    this.exported.ordering?.thaw(same);
    if (!same) this.comparison.begin();
    this.#thaw();
  }

  #thaw(): void {
    this.state = "member";
    this.#snapshots.moves();
    this.#admitted = this.#losses.unsettled || this.registration?.recovered === true ? nobody : this.id;
    this.#trace();
    if (this.lease.runs) this.#held.dispatch();
    // The change that admitted a newcomer may have taken longer than the newcomer's first lease.
    else this.#attendance.attend();
  }

  #leave(registration: Registration): void {
    this.registration = registration;
    this.#admitted = nobody;
    this.#snapshots.moves();
    this.giveUp();
    this.#trace();
    this.onOut();
  }

  #trace(): void {
    const { host } = this.#process.program;
    if (host.traced) host.trace({ type: "membership", name: this.name, troupe: this.id, state: this.state });
  }

  /** Whether this member is frozen by that office, and must therefore obey it. */
  #isFrozenBy({ epoch, term }: Office): boolean {
    return this.state === "frozen" && this.registration?.epoch === epoch && this.#term === term;
  }

  async freeze(office: Office): Promise<FreezeReport | null> {
    if ((this.registration?.epoch ?? 0) < office.epoch) await this.#process.program.apart(() => this.#consult());
    const { registration, state } = this;
    if (state === "joining" || state === "out" || registration === undefined) return null;
    if (registration.epoch !== office.epoch || office.term < Math.max(this.#term, registration.term)) return null;
    if (!this.#isFrozenBy(office)) {
      this.#term = office.term;
      this.state = "frozen";
      this.#admitted = nobody;
      for (const gathering of this.#process.program.reception.gatherings.of(this.exported)) {
        if (!gathering.decided) this.#held.hold(...gathering.dissolve());
      }
      this.#held.hold(...(this.exported.ordering?.freeze() ?? []));
      this.#trace();
      this.#attendance.attend();
    }
    await quietWithin(this.#process.program, this.exported, this.#process.options.quiescence);
    if (!this.#isFrozenBy(office)) return null;
    const { reception } = this.#process.program;
    return {
      quiet: this.exported.isIdle && this.#losses.wait === 0,
      calls: retainedCalls(reception, this.exported).map(({ key, origins }) => ({ key, origins })),
      losses: this.#losses.report(),
      withheld: this.#losses.unsettled ? unansweredCalls(reception, this.exported) : [],
    };
  }

  lacking(office: Office, calls: readonly CallName[]): number[] | null {
    if (!this.#isFrozenBy(office)) return null;
    return calls.flatMap((call, place) => (lacks(this.#process.program.reception, this.exported, call) ? [place] : []));
  }

  retained(office: Office, from: number): RetainedCallsPage | null {
    if (!this.#isFrozenBy(office)) return null;
    const { program } = this.#process;
    const clients = from === 0 ? program.endpoint.retention.clients() : [];
    return { ...this.#pages.page(from, () => retainedCalls(program.reception, this.exported)), clients };
  }

  async execute(office: Office, calls: readonly RetainedCall[]): Promise<boolean> {
    // Without a lease, this member might not know that its office has ended and that a later epoch runs without it.
    if (!this.#isFrozenBy(office) || !this.lease.runs) return false;
    this.#snapshots.moves();
    level(this.#process.program.reception, this.exported, calls);
    await quietWithin(this.#process.program, this.exported, this.#process.options.quiescence);
    // What was told of a loss meanwhile the coordinator does not know.
    return this.#losses.areKnown && this.#isFrozenBy(office) && this.exported.isIdle;
  }

  manifest(newcomer: ProcessId): Manifest | null | Promise<Manifest> {
    return this.state === "joining" || this.state === "out" ? null : this.#snapshots.take(newcomer);
  }

  pieces(newcomer: ProcessId, places: readonly number[]): Uint8Array[] | null {
    return this.#snapshots.pieces(newcomer, places);
  }

  digest(office: Office): number | null | Promise<number | null> {
    return this.#isFrozenBy(office) ? this.#snapshots.digest(() => this.#isFrozenBy(office)) : null;
  }

  /** Reads the register, and ends the office of a coordinator that has died or no longer knows its office. */
  async #consult(): Promise<void> {
    const own = this.registration;
    const registration = await consulted(this.#process, this.base, own, this.#term);
    if (registration === undefined) return;
    if (isSupplanted(this.#process.life, own, registration)) this.#leave(registration);
    else this.adopt(registration);
    if (this.state !== "frozen" || (await holdsOffice(this.#process, this.base, registration))) return;
    const after = await this.#process.consensus.agree(this.base, (now) => now && resigned(now, registration.term));
    if (after !== undefined) this.adopt(after);
  }

  /** A change without newcomer. It settles losses, and its next epoch voids transactions in doubt. */
  async #settle(): Promise<void> {
    await this.#process.program.sleep(this.#losses.wait);
    if (!this.#needsChange || this.state !== "member") return;
    const after = await change(this.#process, this.registration!, this.base, {});
    if (typeof after === "object") this.adopt(after);
  }

  /** Whether losses or doubts are left, or a recovered membership, which only a change can settle. */
  get #needsChange(): boolean {
    if (this.registration?.recovered === true) return true;
    return this.#losses.unsettled || (this.#doubted > 0 && this.#doubted === this.id);
  }

  /** Whether this member waits for anything that only the register can settle. */
  get #unsettled(): boolean {
    if (this.state === "out") return false;
    return this.state !== "member" || this.#heardOf > this.id || !this.lease.runs || this.#needsChange;
  }
}
