/**
 * One module's membership of a troupe that may change: stands before the module as its gate.
 *
 * - *joining*: a newcomer whose state is not complete. CALLs wait.
 * - *member*: executes CALLs that carry its troupe ID, as long as its lease runs: it has been heard by a majority of Ringmaster
 *   members a short while ago. CALLs with an older ID are refused as stale. One with a newer ID waits: the member asks the register.
 * - *frozen*: a change is under way. CALLs wait. A frozen member becomes active again only by what the register says: a later
 *   epoch, or the same with no change under way. When the coordinator dies, a frozen member ends its office.
 * - *out*: the register has a later epoch without this process. Every CALL is refused, for good.
 *
 * A member that was told of the loss of a troupe that it called executes nothing until that is settled (losses.ts).
 * A CALL that was executed under an earlier ID, and whose client repeats it, is answered again and not executed.
 */
import type { Incoming } from "../../call/server/callers.ts";
import { nobody, type Export, type Gate } from "../../call/server/export.ts";
import { refuse, type Invocation } from "../../call/server/invocation.ts";
import type { CallName, KeptCall } from "../../call/server/retained-call.ts";
import { discard, execute, keptCalls, lacks, unansweredCalls } from "../../call/server/retained-calls.ts";
import type { Milliseconds } from "../../host.ts";
import type { ServerExchange } from "../../message/incoming-call.ts";
import type { TroupeId } from "../../troupe/troupe.ts";
import type { CallHeader } from "../../wire/call.ts";
import { holdsOffice, type Agent } from "../change/binding-process.ts";
import { change } from "../change/change.ts";
import type { Greeting, KeptPage, Manifest, Office, Standstill } from "../change/member-procedures.ts";
import { includesLife, resigned, troupeOf, type Registration } from "../register/register.ts";
import { Snapshots } from "../state/snapshots.ts";
import { Transfer } from "../state/transfer.ts";
import { Lease } from "./lease.ts";
import { Losses } from "./losses.ts";
import { Quiet } from "./quiet.ts";
import { KeptPages } from "./retained-pages.ts";

export type MembershipState = "joining" | "member" | "frozen" | "out";

export class Membership implements Gate {
  readonly name: string;
  readonly base: number;
  readonly exported: Export;
  state: MembershipState = "joining";
  /** What the register said when last heard; undefined while joining. */
  registration: Registration | undefined = undefined;
  /** Called once when the process finds that it is out. */
  onOut: () => void = () => undefined;
  /** While joining: the register may name this process as a member. */
  begun = false;
  /** While joining: the latest epoch that is known to be without this process, which may have been a member before. */
  outside = 0;
  readonly lease: Lease;
  /** The state that is being received while joining. */
  readonly transfer: Transfer;
  readonly #agent: Agent;
  readonly #snapshots: Snapshots;
  #held: Incoming[] = [];
  /** The latest office that has frozen this member. */
  #term = 0;
  readonly #pages = new KeptPages();
  readonly #quiet: Quiet;
  #attending = false;
  /** The latest troupe ID heard of. */
  #heardOf: TroupeId = 0;
  readonly #losses: Losses;

  constructor(agent: Agent, name: string, exported: Export) {
    this.#agent = agent;
    this.name = name;
    this.base = exported.troupe.module;
    this.exported = exported;
    this.lease = new Lease(agent.program.host, agent.options.lease, exported, (running) => {
      if (running) this.#dispatchHeld();
      else this.#attend();
    });
    this.transfer = new Transfer(agent, this.base, exported);
    this.#quiet = new Quiet(agent.program, exported);
    this.#losses = new Losses(agent.program.host, agent.options.pollInterval);
    this.#snapshots = new Snapshots(agent.program, exported, agent.options);
    exported.gate = this;
    exported.admits = nobody;
  }

  /** The present troupe ID; 0 before there is one. */
  get id(): TroupeId {
    return this.registration === undefined ? 0 : troupeOf(this.registration).id;
  }

  called(exchange: ServerExchange, message: Uint8Array, header: CallHeader): void {
    const stale = this.state === "member" && header.serverTroupe < this.id;
    if (this.state !== "out" && this.#agent.program.reception.answerAgain(exchange, message, header)) return;
    if (this.state === "out" || stale) {
      refuse(exchange, "stale-binding");
      return;
    }
    this.#held.push({ exchange, message, header });
    this.#heard(header.serverTroupe);
  }

  #heard(id: TroupeId): void {
    if (id > this.#heardOf) this.#heardOf = id;
    this.#attend();
  }

  toldOfLoss(call: string): void {
    // One that has no fellows needs none.
    if (this.state === "out" || this.registration === undefined || this.registration.members.length === 1) return;
    this.#losses.told(call);
    this.exported.admits = nobody;
    this.#attend();
  }

  withholds(invocation: Invocation): boolean {
    return this.#losses.withholds(invocation);
  }

  #dispatchHeld(): void {
    const held = this.#held;
    this.#held = [];
    for (const { exchange, message, header } of held) {
      // One that was executed for the sake of a change has its answer, and the client may be finished with it by now.
      if (exchange.kept === undefined && !exchange.finished)
        this.#agent.program.reception.dispatch(exchange, message, header);
    }
  }

  /** Out for good: a newcomer that gives up joining, or a member that a later epoch is without. */
  giveUp(): void {
    this.state = "out";
    this.lease.end();
    this.#losses.giveWay();
    this.#dispatchHeld();
    discard(this.#agent.program, this.exported);
  }

  /** The null procedure. */
  greeted(greeting: Greeting): Milliseconds | null {
    if (this.state === "out") return null;
    this.lease.granted(greeting);
    if (greeting.id > this.id) this.#heard(greeting.id);
    return this.#agent.program.host.now();
  }

  /** What the register says, or has been decided just now. */
  adopt(registration: Registration): void {
    const before = this.registration;
    if (this.state === "out") return;
    // News of the membership that it had before may still be under way.
    if (this.state === "joining" && (!this.begun || registration.epoch <= this.outside)) return;
    if (before !== undefined) {
      if (registration.epoch < before.epoch) return;
      if (registration.epoch === before.epoch && registration.term < before.term) return;
    }
    if (!includesLife(registration.members, this.#agent.life)) {
      if (before !== undefined && registration.epoch > before.epoch) this.#leave(registration);
      return;
    }
    this.registration = registration;
    this.exported.troupe = troupeOf(registration);
    const same = before?.epoch === registration.epoch;
    if (same && this.state === "frozen") {
      if (registration.term < this.#term) return;
      if (registration.coordinator !== null) {
        this.#term = registration.term;
        return;
      }
    } else if (same) return;
    if (!same || registration.settled === this.#term) this.#losses.settle(same);
    this.#thaw();
  }

  #thaw(): void {
    this.state = "member";
    this.#snapshots.moves();
    this.exported.admits = this.#losses.unsettled ? nobody : this.id;
    this.#trace();
    if (this.lease.runs) this.#dispatchHeld();
    // A newcomer's change may have taken longer than the lease that it came with.
    else this.#attend();
  }

  #leave(registration: Registration): void {
    this.registration = registration;
    this.exported.admits = nobody;
    this.#snapshots.moves();
    this.giveUp();
    this.#trace();
    this.onOut();
  }

  #trace(): void {
    const { host } = this.#agent.program;
    if (!host.traced) return;
    const { state, name } = this;
    host.trace({ type: "membership", name, troupe: this.id, state });
  }

  /** Whether the office may do with this member what it asks for. */
  #isFrozenBy({ epoch, term }: Office): boolean {
    return this.state === "frozen" && this.registration?.epoch === epoch && this.#term === term;
  }

  async freeze(office: Office): Promise<Standstill | null> {
    if ((this.registration?.epoch ?? 0) < office.epoch) await this.#agent.program.apart(() => this.#consult());
    const { registration } = this;
    if (this.state === "joining" || this.state === "out" || registration === undefined) return null;
    if (registration.epoch !== office.epoch || office.term < Math.max(this.#term, registration.term)) return null;
    if (!this.#isFrozenBy(office)) {
      this.#term = office.term;
      this.state = "frozen";
      this.exported.admits = nobody;
      for (const gathering of this.#agent.program.reception.gatheringsOf(this.exported)) {
        if (gathering.decided) continue;
        this.#held.push(...gathering.dissolve());
      }
      this.#trace();
      this.#attend();
    }
    await this.#quiet.within(this.#agent.options.quiescence);
    if (!this.#isFrozenBy(office)) return null;
    const { program } = this.#agent;
    return {
      quiet: this.exported.running === 0 && this.#losses.wait === 0,
      calls: keptCalls(program, this.exported).map(({ key, origins }) => ({ key, origins })),
      losses: this.#losses.report(),
      withheld: this.#losses.unsettled ? unansweredCalls(program, this.exported) : [],
    };
  }

  idle(): void {
    this.#quiet.idle();
  }

  lacking(office: Office, calls: readonly CallName[]): number[] | null {
    if (!this.#isFrozenBy(office)) return null;
    return calls.flatMap((call, place) => (lacks(this.#agent.program, call) ? [place] : []));
  }

  kept(office: Office, from: number): KeptPage | null {
    if (!this.#isFrozenBy(office)) return null;
    const { program } = this.#agent;
    const clients = from === 0 ? program.endpoint.retention.clients() : [];
    return { ...this.#pages.page(from, () => keptCalls(program, this.exported)), clients };
  }

  async execute(office: Office, calls: readonly KeptCall[]): Promise<boolean> {
    // Without a lease, a later epoch may have begun without this member, and the office's end not be heard of here.
    if (!this.#isFrozenBy(office) || !this.lease.runs) return false;
    this.#snapshots.moves();
    for (const call of calls) execute(this.#agent.program, this.exported, call);
    await this.#quiet.within(this.#agent.options.quiescence);
    // What was told of a loss meanwhile the coordinator does not know.
    return this.#losses.areKnown && this.#isFrozenBy(office) && this.exported.running === 0;
  }

  manifest(newcomer: { address: number; incarnation: number }): Manifest | null {
    return this.state === "joining" || this.state === "out" ? null : this.#snapshots.take(newcomer);
  }

  pieces(newcomer: { address: number; incarnation: number }, places: readonly number[]): Uint8Array[] | null {
    return this.#snapshots.pieces(newcomer, places);
  }

  digest(office: Office): number | null {
    return this.#isFrozenBy(office) ? this.#snapshots.digest() : null;
  }

  /** Asks the register. When the coordinator of a change has died, or has forgotten it, its office is ended on its behalf. */
  async #consult(): Promise<void> {
    const { consensus } = this.#agent;
    const registration = await consensus.read(this.base);
    if (registration === undefined) return;
    this.adopt(registration);
    if (this.state !== "frozen" || (await holdsOffice(this.#agent, this.base, registration))) return;
    const after = await consensus.agree(this.base, (now) => {
      return now === undefined ? undefined : resigned(now, registration.term);
    });
    if (after !== undefined) this.adopt(after);
  }

  /** Changes nothing but what losses make necessary. */
  async #settle(): Promise<void> {
    const { program } = this.#agent;
    await program.sleep(this.#losses.wait);
    if (!this.#losses.unsettled || this.state !== "member") return;
    const after = await change(this.#agent, this.registration!, this.base, {});
    if (typeof after === "object") this.adopt(after);
  }

  /** Something is unsettled that only the register can settle. */
  get #unsettled(): boolean {
    if (this.state === "out") return false;
    return this.state !== "member" || this.#heardOf > this.id || !this.lease.runs || this.#losses.unsettled;
  }

  /** Asks the register until things are settled. */
  #attend(): void {
    if (this.#attending || !this.#unsettled) return;
    this.#attending = true;
    const { program, options } = this.#agent;
    void program.apart(async () => {
      for (;;) {
        try {
          await this.#consult();
          if (this.#losses.unsettled) await this.#settle();
        } catch {
          // The Ringmaster does not answer: nothing is settled.
        }
        if (!this.#unsettled) break;
        await program.sleep(options.pollInterval);
      }
      this.#attending = false;
    });
  }
}
