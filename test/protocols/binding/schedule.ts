/**
 * Randomized schedules of joins, leaves, crashes of every party at every step, restarts, partitions and calls; and what must
 * hold at the end of each, whatever happened, besides what is observed (observer.ts):
 *
 * - what a client was answered is in the members' state: always if the call was unanimous, else if the client lives to see to it;
 * - each client gets the answers that its own calls lead to;
 * - when faults have stopped, every process that lives is a member again, and calls are answered.
 */
import { firstCome, majority, unanimous } from "../../../protocols/call/collator.ts";
import type { Program } from "../../../protocols/call/program.ts";
import { CallError } from "../../../protocols/errors.ts";
import type { Random } from "../../../protocols/host.ts";
import { exponential } from "../../../sim/lifetimes.ts";
import type { Machine } from "../../../sim/machine.ts";
import type { TraceListener } from "../../../sim/trace.ts";
import { Client } from "./clients.ts";
import { Ledger } from "./ledger.ts";
import { describe, Observer } from "./observer.ts";
import { Town, type Inhabitant } from "./town.ts";

const binding = {
  probeInterval: 150,
  lease: 600,
  suspicion: 900,
  loss: 4000,
  pollInterval: 40,
  quiescence: 300,
  patience: 3000,
};
const messages = { retransmitInterval: 25, longestInterval: 75, tries: 5, probeInterval: 150, datagramLifetime: 5000 };

/** When things happen, in ms: calls begin, faults begin, faults end, everything has come back, calls end, the end. */
const calm = { begin: 1000, faults: 1500, healed: 7000, joined: 13_000, quiet: 14_000, end: 17_000 };

/** No cut and no pause lasts longer, with the time that it takes to get over it. */
const longestTrouble = 5000;

/** Executions that overlap with everything else; one that lasts longer than a change waits for them. */
function unhurried(program: Program): Ledger {
  return new Ledger((call) => program.sleep(call % 60 === 7 ? 1.5 * binding.quiescence : (call * 13) % 25));
}

export interface Report {
  readonly problems: string[];
  /** What happened in the run, counted: a schedule without its faults would test nothing. */
  readonly counts: Record<string, number>;
}

export async function runSchedule(seed: string, listener?: TraceListener): Promise<Report> {
  const run = new Run(seed);
  if (listener !== undefined) run.town.world.listen(listener);
  return run.report();
}

class Run {
  readonly town: Town;
  readonly #seed: string;
  readonly #random: Random;
  readonly #observer: Observer;
  readonly #inhabitants: Inhabitant<Ledger>[] = [];
  readonly #clients: Client[] = [];
  readonly #left = new Set<Inhabitant<Ledger>>();
  /** How many inhabitants there were when the last member left: what comes after is another troupe. */
  #dissolved = 0;
  /** When each machine crashed last. */
  readonly #crashed = new Map<Machine, number>();
  /** Steps of the binding protocols until something happens to the one that takes the step. */
  #stepsToTrouble = 0;

  constructor(seed: string) {
    this.#seed = seed;
    this.town = new Town(seed, {
      binding,
      messages,
      network: { delay: exponential(1), loss: 0.02, duplication: 0.02 },
    });
    this.#random = this.town.world.random.fork("schedule");
    this.#observer = new Observer(this.town.world);
    this.#observer.onStep = (machine) => this.#step(machine);
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

  #join(): void {
    this.#inhabitants.push(this.town.member("ledger", unhurried, { anew: false }));
    this.#count("join");
  }

  #leave(): void {
    const present = this.#inhabitants.filter((each) => each.machine.up && !this.#left.has(each));
    const inhabitant = this.#pick(present);
    const membership = inhabitant?.membership;
    if (inhabitant === undefined || membership === undefined || present.length < 2) return;
    this.#left.add(inhabitant);
    this.#count("leave");
    const { program } = inhabitant;
    void program.thread(async () => {
      try {
        await (program.binding as ReturnType<Town["binding"]>).leaveTroupe(membership);
        if (membership.registration?.members.length === 0) this.#dissolved = this.#inhabitants.length;
      } catch (error) {
        if (!(error instanceof CallError)) throw error;
      }
    });
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

  #act(): void {
    const lot = this.#random.next();
    const machine = this.#pick(this.town.world.machines)!;
    if (lot < 0.12) this.#join();
    else if (lot < 0.16) for (let i = 0; i < 3; i++) this.#join();
    else if (lot < 0.25) this.#leave();
    else if (lot < 0.45) this.#crash(machine);
    else if (lot < 0.7) this.#stepsToTrouble = 1 + this.#below(60);
    else if (lot < 0.85) this.#partition();
    else this.#pause(machine);
  }

  #client(index: number): void {
    const collator = [unanimous, unanimous, firstCome, majority][this.#below(4)]!;
    const client = new Client(this.town, `client of ${collator.name} ${index}`, collator, {
      quiet: calm.quiet,
      rest: (call) => 5 + ((call * 7) % 40),
      failing: (kind) => this.#count(`call failed: ${kind}`),
    });
    this.#clients.push(client);
  }

  async report(): Promise<Report> {
    const { world } = this.town;
    const founders = 1 + this.#below(3);
    for (let i = 0; i < founders; i++) world.at(400 + i * 20, () => this.#join());
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
    this.#join();
    await world.run(calm.end);
    this.#judge();
    const { problems, counts } = this.#observer;
    return { problems: problems.map((problem) => `seed ${this.#seed}: ${problem}`), counts };
  }

  #judge(): void {
    const observer = this.#observer;
    // One that was dropped before the last left has nothing to come back to.
    const expected = this.#inhabitants
      .slice(this.#dissolved)
      .filter((each) => !this.#left.has(each) && each.machine.up);
    const [first] = observer.judge(this.#inhabitants, expected, { seed: this.#seed, time: this.town.world.now });
    if (first === undefined) {
      this.#judgeLoss();
      return;
    }
    if (this.#dissolved > 0) return;
    for (const client of this.#clients) {
      const crashed = this.#crashed.get(client.machine);
      observer.problems.push(...client.judge(first.module, crashed, longestTrouble));
    }
  }

  /** All members died: that must be what is said. */
  #judgeLoss(): void {
    this.#count("total loss");
    for (const { error, machine } of this.#inhabitants) {
      if (machine.up && error !== undefined && !(error instanceof CallError && error.kind === "troupe-lost")) {
        this.#observer.problems.push(`after a total loss ${machine.name} was told ${describe(error)}`);
      }
    }
  }
}
