/**
 * One process of the Ringmaster: how it becomes a member, and how the Ringmaster's own membership changes.
 *
 * What members record is volatile, so a process that comes back after a crash must not take the place of the acceptor that
 * it was: it would have forgotten its promises. It comes back as a new member, by a change of the Ringmaster's membership.
 *
 * - **Forming.** When every process at a well-known address is new, the one with the lowest address makes them the first members. A
 *   process is installed once in its life in epoch 1, unless a later life of the former asks again: that it does only if
 *   all were new after its start, and then its predecessor's Ringmaster has never had two members that served.
 * - **Changing** epoch r to r + 1: the register of the Ringmaster's own membership is changed, in r, to the new members; a majority of
 *   r is *sealed*, so that nothing can be agreed on in r any more; what they have recorded is merged (of each register the
 *   value with the highest ballot, so that whatever was agreed on in r is among it) and installed at the members of r + 1.
 *   Each step may be repeated by anybody; a process that finds that the register has changed carries on. One that is sealed can
 *   read no register any more: it is told the new members when it is sealed, and tells whoever asks.
 * - A process that belongs to the latest configuration but missed its installation is installed later, from the same merge or
 *   from what a member that was installed has recorded. It has voted for nothing there, and whatever was agreed on since, a
 *   majority without it has recorded: so it does not matter when.
 *
 * If a majority of the members is lost at once, so is what they agreed on: binding stands still until every process at the
 * well-known addresses has been started anew, and the troupes have to be formed anew too.
 */
import type { Export } from "../../call/server/export.ts";
import { CallError } from "../../errors.ts";
import type { BindingProcess } from "../change/binding-process.ts";
import {
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
  /** The configuration that it serves in, or served in last. */
  #configuration: Registration | null = null;
  /** The latest configuration that it knows to have been agreed on. */
  #latestKnown: Registration | null = null;
  #ringmaster: Ringmaster | undefined = undefined;
  #exported: Export | undefined = undefined;
  #round = 0;
  #leaving = false;

  /** `binding` is that of the process's program. */
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

  /** Leaves the Ringmaster; the process goes on tending only to that. */
  leave(): void {
    this.#leaving = true;
  }

  /** A process is known, from elsewhere, to have crashed: it is not waited for until it is suspected. */
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
    if (next.epoch > (this.#latestKnown?.epoch ?? 0)) this.#latestKnown = next;
    if (this.#ringmaster === undefined || this.#configuration === null) return null;
    if (this.#configuration.epoch < next.epoch) this.#withdraw();
    return { life: this.#process.life, epoch: this.#configuration.epoch, registers: this.#ringmaster._registers() };
  }

  install(configuration: Registration, registers: readonly RegisterState[]): boolean {
    const { program, life, consensus } = this.#process;
    if (!includesProcess(configuration.members, life)) return false;
    const present = this.#configuration;
    if (present !== null && this.#ringmaster !== undefined) {
      const { epoch, term } = configuration;
      if (epoch < present.epoch || (epoch === present.epoch && term <= present.term)) return this.serves;
    }
    const before = this.#ringmaster;
    // In epoch 1 a second installation is by a later life of the former, and nothing was agreed on before it.
    const states = before === undefined || configuration.epoch === 1 ? [registers] : [before._registers(), registers];
    this.#configuration = configuration;
    if (configuration.epoch >= (this.#latestKnown?.epoch ?? 0)) this.#latestKnown = configuration;
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

  /** Serves no more. */
  #withdraw(): void {
    if (this.#exported !== undefined) this.#process.program.reception.withdraw(this.#exported);
    this.#exported = undefined;
  }

  #recorded(): Registration[] {
    if (!this.serves) return [];
    return this.#ringmaster!._registers().flatMap(({ accepted }) => (accepted === null ? [] : [accepted.value]));
  }

  /** What the register of the Ringmaster's own membership says here. */
  #ownRegister(): Registration | undefined {
    return this.#recorded().find(({ name }) => name === ringmasterName);
  }

  /** Whatever is to be done for the Ringmaster's membership. */
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

  /** The latest configuration that is heard of; "new" if all processes are new, "nobody" if that is not known. */
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
      if (configuration !== null && configuration.epoch > (latest?.epoch ?? 0)) latest = configuration;
      if (latest !== null && standings.length === majorityOf(addresses.size)) break;
    }
    if (latest !== null) return latest;
    return standings.length === addresses.size ? "new" : "nobody";
  }

  /** All processes are new: the one at the lowest address makes them the Ringmaster. */
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
      // Tells this formation from one by an earlier life of the process.
      term: life.incarnation,
      coordinator: null,
      settled: 0,
      lost: false,
      earlier: [],
    };
    const accepted = { ballot: lowest, value: configuration };
    await this.#install(configuration, [{ base: ringmasterBase, promised: lowest, accepted }]);
  }

  /** Changes the members of the configuration to these, unless it has been changed already; then that change is carried out. */
  async #change(from: Registration, to: readonly ProcessId[]): Promise<void> {
    const agreed = await this.#process.consensus.agree(ringmasterBase, (now) => {
      return now?.epoch === from.epoch ? withMembers(now, to) : undefined;
    });
    if (agreed !== undefined && agreed.epoch > from.epoch) await this.#carryOut(agreed);
  }

  /** Seals the epoch before and installs the members of this one. */
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
      // One that is installed already started from the same merge.
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
