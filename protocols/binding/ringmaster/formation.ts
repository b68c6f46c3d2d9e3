/**
 * One process of the Ringmaster: how it becomes a member, and how the Ringmaster's own membership changes.
 *
 * Source: dissertation, chapter 6 (the Ringmaster is a troupe); Paxos as in register/ringmaster.ts. Registers are
 * volatile. A process that restarts after a crash must not take the place of the acceptor that it was, since it has
 * forgotten its promises. It joins as a new member, by a change of the Ringmaster's membership.
 *
 * - **Forming.** When every process at a well-known address is new, the process with the lowest address makes them the
 *   first members. A process is installed once in its life in epoch 1, unless a later incarnation of the forming
 *   process asks again. That incarnation asks only if all processes were new after its start; then the Ringmaster of
 *   the earlier incarnation never had two members that served.
 * - **Changing** epoch r to r + 1. First, r agrees on the new members in the register of the Ringmaster's own
 *   membership. Second, a majority of r is *sealed*, so that r can agree on no further value. Third, the registers of
 *   the sealed members are merged: for each register the value with the highest ballot, which includes every value that
 *   r agreed on. The merge is installed at the members of r + 1. Any process may repeat each step; a process that finds
 *   the register changed completes the change. A sealed member can read no register any more: it learns the new members
 *   when it is sealed, and tells every process that asks.
 * - A process that belongs to the latest configuration but missed its installation is installed later, from the same
 *   merge or from the registers of an installed member. The process has not voted in that epoch, so that a majority
 *   without it has recorded every value agreed on since. Therefore the time of its installation does not matter.
 *
 * If a majority of the members is lost at once, the values that they agreed on are lost too. Binding then stops until
 * every process at a well-known address has been restarted. Members of troupes that live register their troupes again
 * (member/recovery.ts).
 */
import type { Export } from "../../call/server/export.ts";
import { CallError } from "../../errors.ts";
import type { BindingProcess } from "../change/binding-process.ts";
import {
  isLater,
  majorityOf,
  WellKnownModule,
  placesAt,
  ringmasterBase,
  ringmasterName,
  ringmasterTroupe,
  type WellKnownProcess,
  type Sealed,
  type RingmasterStatus,
} from "../register/configuration.ts";
import { includesProcess, sameProcess, withMembers, type ProcessId, type Registration } from "../register/register.ts";
import { lowest, mergeRegisters, Ringmaster, type RegisterState } from "../register/ringmaster.ts";
import type { RingmasterBinding } from "../verbs/ringmaster-binding.ts";
import { Collector } from "./collector.ts";

export class RingmasterMember implements WellKnownProcess {
  readonly #process: BindingProcess;
  readonly #places: readonly number[];
  readonly #collector: Collector;
  /** The configuration in which this process serves, or served last. */
  #configuration: Registration | null = null;
  /** The latest configuration that this process knows to be agreed on. */
  #latestKnown: Registration | null = null;
  #ringmaster: Ringmaster | undefined = undefined;
  #exported: Export | undefined = undefined;
  #round = 0;
  #leaving = false;

  /** `binding`: the binding of the process's program. */
  constructor(binding: RingmasterBinding) {
    this.#process = binding.process;
    this.#places = binding.places;
    this.#collector = new Collector(this.#process, () => this.#recorded());
    this.#process.program.export(new WellKnownModule(this), { troupe: placesAt([this.#process.life.address]) });
  }

  /** Joins or forms the Ringmaster, and serves from then on. */
  start(): void {
    const { program, options } = this.#process;
    void program.apart(async () => {
      for (;;) {
        try {
          await this.#tend();
        } catch (error) {
          if (!(error instanceof CallError)) throw error;
        }
        const wait = this.serves && !this.#leaving ? options.upkeep : options.pollInterval;
        await program.sleep(wait * (0.75 + this.#process.random.next() / 2));
      }
    });
  }

  /** Leaves the Ringmaster. The process continues to tend the membership only until it has left. */
  leave(): void {
    this.#leaving = true;
  }

  /** An external observer knows that a process has crashed. The process is dropped without waiting for suspicion. */
  crashed(life: ProcessId): void {
    this.#collector.crashed(life);
  }

  get serves(): boolean {
    return this.#exported !== undefined;
  }

  get configuration(): Registration | null {
    return this.#configuration;
  }

  standing(): RingmasterStatus {
    return { life: this.#process.life, configuration: this.#latestKnown, serves: this.serves };
  }

  seal(next: Registration): Sealed | null {
    if (isLater(next, this.#latestKnown)) this.#latestKnown = next;
    if (this.#ringmaster === undefined || this.#configuration === null) return null;
    if (this.#configuration.epoch < next.epoch) this.#withdraw();
    return { life: this.#process.life, epoch: this.#configuration.epoch, registers: this.#ringmaster._registers() };
  }

  install(configuration: Registration, registers: readonly RegisterState[]): boolean {
    const { program, life, consensus } = this.#process;
    if (!includesProcess(configuration.members, life)) return false;
    const present = this.#configuration;
    if (present !== null && this.#ringmaster !== undefined && !isLater(configuration, present)) return this.serves;
    const before = this.#ringmaster;
    // A second installation in epoch 1 comes from a later incarnation of the forming process. No value was agreed on
    // before it.
    const states = before === undefined || configuration.epoch === 1 ? [registers] : [before._registers(), registers];
    this.#configuration = configuration;
    if (isLater(configuration, this.#latestKnown)) this.#latestKnown = configuration;
    if (configuration.epoch === 1) this.#collector.isNew();
    this.#ringmaster = new Ringmaster(mergeRegisters(states), this.#collector);
    this.#withdraw();
    this.#exported = program.export(this.#ringmaster, { troupe: ringmasterTroupe(configuration) });
    consensus.learn(configuration);
    if (before === undefined) this.#collector.inherit(this.#recorded());
    this.#collector.start();
    if (program.host.traced) {
      const { id } = ringmasterTroupe(configuration);
      program.host.trace({ type: "membership", name: ringmasterName, troupe: id, state: "member" });
    }
    return true;
  }

  /** Ends service. */
  #withdraw(): void {
    if (this.#exported !== undefined) this.#process.program.reception.withdraw(this.#exported);
    this.#exported = undefined;
  }

  #recorded(): Registration[] {
    if (!this.serves) return [];
    return this.#ringmaster!._registers().flatMap(({ accepted }) => (accepted === null ? [] : [accepted.value]));
  }

  /** The value of the register of the Ringmaster's own membership, at this member. */
  #ownRegister(): Registration | undefined {
    return this.#recorded().find(({ name }) => name === ringmasterName);
  }

  /** Performs every step that the Ringmaster's membership needs now. */
  async #tend(): Promise<void> {
    const { consensus, life } = this.#process;
    const own = this.#ownRegister();
    const changed = own !== undefined && own.epoch > this.#configuration!.epoch;
    if (this.serves && !changed && !this.#leaving && ++this.#round % 20 !== 0) return;
    if (changed) {
      const agreed = await consensus.read(ringmasterBase);
      if (agreed !== undefined && agreed.epoch > this.#configuration!.epoch) await this.#carryOut(agreed);
      return;
    }
    const latest = await this.#latest();
    if (latest === "nobody") return;
    if (latest === "new") {
      await this.#form();
      return;
    }
    consensus.learn(latest);
    if (includesProcess(latest.members, life)) {
      if (!this.serves || this.#configuration!.epoch < latest.epoch) await this.#carryOut(latest);
      else if (this.#leaving)
        await this.#change(
          latest,
          latest.members.filter((member) => !sameProcess(member, life)),
        );
    } else if (!this.#leaving) {
      const others = latest.members.filter(({ address }) => address !== life.address);
      await this.#change(latest, [...others, life]);
    }
  }

  /**
   * The latest configuration that any process reports; "new" if all processes are new, "nobody" if neither is known.
   */
  async #latest(): Promise<Registration | "new" | "nobody"> {
    const { program } = this.#process;
    const addresses = new Set([...this.#places, ...(this.#latestKnown?.members ?? []).map(({ address }) => address)]);
    const stub = program.import(WellKnownModule, placesAt([...addresses]), { fixed: true });
    const standings: RingmasterStatus[] = [];
    let latest = this.#latestKnown;
    for await (const reply of stub.standing.replies()) {
      if (reply.type !== "returned") continue;
      standings.push(reply.value);
      const { configuration } = reply.value;
      if (configuration !== null && isLater(configuration, latest)) latest = configuration;
      if (latest !== null && standings.length === majorityOf(addresses.size)) break;
    }
    if (latest !== null) return latest;
    return standings.length === addresses.size ? "new" : "nobody";
  }

  /** All processes are new. The process at the lowest address makes them the Ringmaster. */
  async #form(): Promise<void> {
    const { program, life } = this.#process;
    if (this.#places.some((address) => address < life.address)) return;
    const stub = program.import(WellKnownModule, placesAt(this.#places), { fixed: true });
    const lives: ProcessId[] = [];
    for await (const reply of stub.standing.replies()) {
      if (reply.type !== "returned" || reply.value.configuration !== null) return;
      lives.push(reply.value.life);
    }
    if (lives.length < this.#places.length) return;
    const configuration: Registration = {
      name: ringmasterName,
      epoch: 1,
      founded: 1,
      members: lives.sort((a, b) => a.address - b.address).map((member) => ({ ...member, joined: 1 })),
      quorum: "majority",
      group: null,
      // Distinguishes this formation from a formation by an earlier incarnation of the process.
      term: life.incarnation,
      coordinator: null,
      settled: 0,
      lost: false,
      earlier: [],
    };
    const accepted = { ballot: lowest, value: configuration };
    await this.#install(configuration, [{ base: ringmasterBase, promised: lowest, accepted }]);
  }

  /**
   * Changes the members of the configuration to `to`. If the configuration has already been changed, that change is
   * completed instead.
   */
  async #change(from: Registration, to: readonly ProcessId[]): Promise<void> {
    const agreed = await this.#process.consensus.agree(ringmasterBase, (now) => {
      return now?.epoch === from.epoch ? withMembers(now, to) : undefined;
    });
    if (agreed !== undefined && agreed.epoch > from.epoch) await this.#carryOut(agreed);
  }

  /** Seals the previous epoch and installs the members of this epoch. */
  async #carryOut(configuration: Registration): Promise<void> {
    const { members, epoch, earlier } = configuration;
    const before = earlier[0]?.members ?? [];
    const addresses = [...new Set([...before, ...members].map(({ address }) => address))];
    const stub = this.#process.program.import(WellKnownModule, placesAt(addresses), { fixed: true });
    const sealed: Sealed[] = [];
    for await (const reply of stub.seal.replies(configuration)) {
      if (reply.type !== "returned" || reply.value === null) continue;
      sealed.push(reply.value);
      const old = sealed.filter(({ life }) => includesProcess(before, life)).length;
      // An installed member started from the same merge.
      const installed = sealed.some((state) => state.epoch >= epoch);
      if (!installed && old < majorityOf(before.length)) continue;
      await this.#install(configuration, mergeRegisters(sealed.map(({ registers }) => registers)));
      return;
    }
  }

  async #install(configuration: Registration, registers: readonly RegisterState[]): Promise<void> {
    const { members } = configuration;
    const stub = this.#process.program.import(WellKnownModule, placesAt(members.map(({ address }) => address)), {
      fixed: true,
    });
    let installed = 0;
    for await (const reply of stub.install.replies(configuration, registers)) {
      if (reply.type === "returned" && reply.value && ++installed === majorityOf(members.length)) return;
    }
  }
}
