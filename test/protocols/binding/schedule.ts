/**
 * Randomized schedules of joins, leaves, crashes of every party at every step, restarts, partitions and calls; and what must
 * hold at the end of each, whatever happened, besides what is observed (observer.ts):
 *
 * - what a client was answered is in the members' state: always if the call was unanimous, else if the client lives to see to it;
 * - each client gets the answers that its own calls lead to;
 * - when faults have stopped, every process that lives is a member again, and calls are answered.
 */
import { firstCome, majority, unanimous } from "../../../protocols/call/collator.ts";
import type { Program } from "../../../protocols/program/program.ts";
import type { Random } from "../../../protocols/host.ts";
import { exponential } from "../../../sim/chance/lifetimes.ts";
import type { Machine } from "../../../sim/machine/machine.ts";
import type { TraceListener } from "../../../sim/trace.ts";
import { Client } from "./clients.ts";
import { Company } from "./company.ts";
import { Ledger } from "./ledger.ts";
import { Observer } from "./observer.ts";
import { Teller } from "./teller.ts";
import { Town } from "./town.ts";

const binding = {
  probeInterval: 150,
  lease: 600,
  suspicion: 900,
  loss: 4000,
  pollInterval: 40,
  quiescence: 300,
  patience: 3000,
};
/** The troubles of two troupes add up: where one calls another, a client that is answered early carries its call on for longer. */
const messages = { retransmitInterval: 25, longestInterval: 75, tries: 5, probeInterval: 150, datagramLifetime: 5000 };

/** When things happen, in ms: calls begin, faults begin, faults end, everything has come back, calls end, the end. */
const calm = { begin: 1000, faults: 1500, healed: 7000, joined: 13_000, quiet: 14_000, end: 17_000 };

/** No cut and no pause lasts longer, with the time that it takes to get over it. */
const longestTrouble = 5000;

/** Executions overlap with everything else; one lasts longer than a change waits for them. */
const pause = (program: Program) => (call: number) =>
  program.sleep(call % 60 === 7 ? 1.5 * binding.quiescence : (call * 13) % 25);

export interface Report {
  readonly problems: string[];
  /** What happened in the run, counted: a schedule without its faults would test nothing. */
  readonly counts: Record<string, number>;
}

/** `nested`: clients call a troupe of tellers, which change as the ledger does that they call in turn. */
export async function runSchedule(
  seed: string,
  { nested = false, listener }: { readonly nested?: boolean; readonly listener?: TraceListener | undefined } = {},
): Promise<Report> {
  const run = new Run(seed, nested);
  if (listener !== undefined) run.town.world.listen(listener);
  return run.report();
}

class Run {
  readonly town: Town;
  readonly #seed: string;
  readonly #random: Random;
  readonly #observer: Observer;
  readonly #ledger: Company;
  readonly #tellers: Company | undefined;
  /** With the troupe that each calls. */
  readonly #clients = new Map<Client, Company>();
  /** When each machine crashed last. */
  readonly #crashed = new Map<Machine, number>();
  /** Steps of the binding protocols until something happens to the one that takes the step. */
  #stepsToTrouble = 0;

  constructor(seed: string, nested: boolean) {
    this.#seed = seed;
    this.town = new Town(seed, {
      binding,
      messages: nested ? { ...messages, datagramLifetime: calm.healed } : messages,
      network: { delay: exponential(1), loss: 0.02, duplication: 0.02 },
    });
    this.#random = this.town.world.random.fork("schedule");
    this.#ledger = new Company(this.town, "ledger", (program) => new Ledger(pause(program)), nested);
    if (nested) this.#tellers = new Company(this.town, "teller", (program) => new Teller(program, pause(program)));
    this.#observer = new Observer(
      this.town.world,
      this.#companies.map(({ name }) => name),
    );
    this.#observer.onStep = (machine) => this.#step(machine);
  }

  get #companies(): Company[] {
    return this.#tellers === undefined ? [this.#ledger] : [this.#ledger, this.#tellers];
  }

  #below(count: number): number {
    return Math.floor(this.#random.next() * count);
  }

  #pick<T>(list: readonly T[]): T | undefined {
    return list[this.#below(list.length)];
  }

  #count(what: string): void {
    this.#observer.count(what);
  }

  #step(machine: string): void {
    if (--this.#stepsToTrouble !== 0) return;
    const { world } = this.town;
    const victim = world.named(machine);
    const crashes = this.#random.next() < 0.7;
    world.after(this.#random.next() < 0.5 ? 0 : this.#random.next() * 5, () => {
      if (crashes) this.#crash(victim);
      else this.#pause(victim);
    });
  }

  #crash(machine: Machine): void {
    const { world, ringmasters } = this.town;
    if (!machine.up || world.now > calm.healed) return;
    const ringmaster = ringmasters.some((entry) => entry.machine === machine);
    // What a majority of the Ringmaster has agreed on dies with a majority: that is beyond what it promises.
    if (ringmaster && !ringmasters.every(({ machine: { up }, member }) => up && member.serves)) return;
    const party = ringmaster ? "Ringmaster member" : machine.name.startsWith("client") ? "client" : "member";
    this.#count(`crash of a ${party}`);
    this.#crashed.set(machine, world.now);
    machine.crash();
    if (this.#random.next() < 0.7) world.after(20 + this.#random.next() * 3000, () => machine.restart());
  }

  #join(company: Company): void {
    company.join();
    this.#count("join");
  }

  #leave(company: Company): void {
    const leaver = this.#pick(company.present);
    // If the last teller leaves, those that come after are another troupe, which makes the calls of its clients anew.
    const last = leaver?.membership?.registration?.members.length === 1;
    if (company === this.#tellers && last) return;
    if (company.leave(leaver)) this.#count("leave");
  }

  /** That of the two that something is to happen to. */
  #company(): Company {
    return this.#tellers === undefined || this.#random.next() < 0.5 ? this.#ledger : this.#tellers;
  }

  #partition(): void {
    const { world } = this.town;
    const all = world.machines.map(({ name }) => name);
    const oneWay = this.#random.next() < 0.2;
    const between = all.filter(() => this.#random.next() < 0.4);
    // Machines on neither side still reach both: so some believe dead what others hear.
    const and = all.filter((name) => !between.includes(name) && this.#random.next() < 0.4);
    const partial = this.#random.next() < 0.5;
    if (between.length === 0 || (partial && and.length === 0)) return;
    this.#count(partial ? "partial partition" : "partition");
    const cut = world.partition({ between, oneWay, ...(partial ? { and } : {}) });
    world.after(50 + this.#random.next() * 2500, () => cut.heal());
  }

  #pause(machine: Machine): void {
    if (!machine.up) return;
    this.#count("pause");
    machine.pause();
    this.town.world.after(20 + this.#random.next() * 1500, () => machine.resume());
  }

  /** All that are or would be members of the ledger crash, or leave: those that come after found it anew. */
  #endLedger(): void {
    const crash = this.#random.next() < 0.6;
    this.#count(crash ? "crash of the ledger" : "dissolution of the ledger");
    for (const each of this.#ledger.present) {
      if (crash) this.#crash(each.machine);
      else this.#ledger.leave(each, true);
    }
  }

  #act(): void {
    if (this.#tellers !== undefined && this.#random.next() < 0.08) {
      this.#endLedger();
      return;
    }
    const lot = this.#random.next();
    const machine = this.#pick(this.town.world.machines)!;
    if (lot < 0.12) this.#join(this.#company());
    else if (lot < 0.16) for (let i = 0; i < 3; i++) this.#join(this.#company());
    else if (lot < 0.25) this.#leave(this.#company());
    else if (lot < 0.45) this.#crash(machine);
    else if (lot < 0.7) this.#stepsToTrouble = 1 + this.#below(60);
    else if (lot < 0.85) this.#partition();
    else this.#pause(machine);
  }

  #client(index: number): void {
    const collator = [unanimous, unanimous, firstCome, majority][this.#below(4)]!;
    const company = index === 1 ? this.#ledger : (this.#tellers ?? this.#ledger);
    const client = new Client(this.town, `client of ${collator.name} ${index}`, collator, {
      troupe: company.name,
      quiet: calm.quiet,
      rest: (call) => 5 + ((call * 7) % 40),
      failing: (kind) => this.#count(`call failed: ${kind}`),
    });
    this.#clients.set(client, company);
  }

  async report(): Promise<Report> {
    const { world } = this.town;
    for (const company of this.#companies) {
      const founders = 1 + this.#below(3);
      for (let i = 0; i < founders; i++) world.at(400 + i * 20, () => this.#join(company));
    }
    await world.run(calm.begin);
    for (let i = 0; i < 3; i++) this.#client(i + 1);
    const acts = 3 + this.#below(10);
    for (let i = 0; i < acts; i++) {
      world.at(calm.faults + this.#random.next() * (calm.healed - calm.faults - 500), () => this.#act());
    }
    await world.run(calm.healed + 2600);
    for (const machine of world.machines) if (!machine.up && !machine.name.startsWith("client")) machine.restart();
    await world.run(calm.joined);
    // A last change makes the members agree on what clients have left behind that died in the middle of a call.
    for (const company of this.#companies) this.#join(company);
    await world.run(calm.end);
    this.#judge();
    const { problems, counts } = this.#observer;
    return { problems: problems.map((problem) => `seed ${this.#seed}: ${problem}`), counts };
  }

  #judge(): void {
    const observer = this.#observer;
    const [entry] = this.#ledger.judge(observer, this.#seed);
    const tellers = this.#tellers;
    if (tellers?.dissolved === true) {
      observer.count("tellers dissolved");
      observer.problems.length = 0;
      return;
    }
    const [teller] = tellers?.judge(observer, this.#seed) ?? [];
    // What was answered before the ledger was founded anew is in no ledger any more. Tellers have it; but one that was answered by the
    // ledger, and gave the answer that a client took early, may have died since.
    const lasts = entry?.membership?.registration?.founded === 1;
    if (!lasts) observer.count("ledger lost");
    for (const [client, company] of this.#clients) {
      if (company === tellers && teller === undefined) continue;
      const ledgers = [...(lasts ? [entry] : []), ...(company === tellers ? [teller!] : [])];
      const crashed = this.#crashed.get(client.machine);
      const trouble = lasts || company !== tellers ? longestTrouble : undefined;
      for (const { module } of ledgers) observer.problems.push(...client.judge(module, crashed, trouble));
    }
  }
}
