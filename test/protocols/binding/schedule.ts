/**
 * Randomized schedules of joins, leaves, crashes of every party at every step, restarts, partitions and calls; and what must
 * hold at the end of each, whatever happened:
 *
 * - nothing is executed twice by one life of a member, nor by a member whose state includes it already;
 * - once a member has entered an epoch, no process executes a call under an earlier one;
 * - all members of the last epoch have equal states;
 * - what a client was answered is in that state: always if the call was unanimous, else if the client lives to see to it;
 * - each client gets the answers that its own calls lead to;
 * - when faults have stopped, every process that lives is a member again, and calls are answered.
 */
import { firstCome, majority, unanimous, type Collator } from "../../../protocols/call/collator.ts";
import { epochOf } from "../../../protocols/binding/troupe-id.ts";
import { CallError } from "../../../protocols/errors.ts";
import type { Random } from "../../../protocols/host.ts";
import { checkEqualState } from "../../../sim/checkers/equal-state.ts";
import { exponential } from "../../../sim/lifetimes.ts";
import type { Machine } from "../../../sim/machine.ts";
import type { StampedEvent, TraceListener } from "../../../sim/trace.ts";
import type { World } from "../../../sim/world.ts";
import { Ledger } from "./ledger.ts";
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

const excused = ["troupe-unavailable", "troupe-lost", "ringmaster-unavailable"];

/** No cut and no pause lasts longer, with the time that it takes to get over it. */
const longestTrouble = 5000;

interface Client {
  readonly name: string;
  readonly machine: Machine;
  readonly collator: Collator;
  /** Numbers of the calls that were answered. */
  /** When each call was answered. */
  readonly answered: Map<number, number>;
  /** Numbers of those that failed, and may have been executed or not. */
  readonly failed: number[];
  made: number;
  readonly problems: string[];
}

export interface Report {
  readonly problems: string[];
  /** What happened in the run, counted: a schedule without its faults would test nothing. */
  readonly counts: Record<string, number>;
}

export async function runSchedule(seed: string, listener?: TraceListener): Promise<Report> {
  const run = new Run(seed);
  if (listener !== undefined) run.world.listen(listener);
  return run.report();
}

class Run {
  readonly #seed: string;
  readonly #random: Random;
  readonly #town: Town;
  readonly #inhabitants: Inhabitant<Ledger>[] = [];
  readonly #clients: Client[] = [];
  readonly #problems: string[] = [];
  readonly #counts: Record<string, number> = {};
  readonly #left = new Set<Inhabitant<Ledger>>();
  /** The last member has left: what comes after is another troupe. */
  #dissolved = false;
  /** When each machine crashed last. */
  readonly #crashed = new Map<Machine, number>();
  /** The latest epoch that any member has entered, and how often each life has executed each call. */
  #epoch = 0;
  readonly #outs = new Map<string, number>();
  readonly #executions = new Map<string, number>();

  constructor(seed: string) {
    this.#seed = seed;
    this.#town = new Town(seed, {
      binding,
      messages,
      network: { delay: exponential(1), loss: 0.02, duplication: 0.02 },
    });
    this.#random = this.#town.world.random.fork("schedule");
    this.#town.world.listen((stamped) => this.#observe(stamped));
  }

  get world(): World {
    return this.#town.world;
  }

  #below(count: number): number {
    return Math.floor(this.#random.next() * count);
  }

  #pick<T>(list: readonly T[]): T | undefined {
    return list[this.#below(list.length)];
  }

  #count(what: string): void {
    this.#counts[what] = (this.#counts[what] ?? 0) + 1;
  }

  #observe({ time, machine, address, incarnation, event }: StampedEvent): void {
    if (event.type === "membership" && event.name === "ledger") {
      this.#count(event.state);
      // Its state is replaced before it is a member again.
      if (event.state === "out") this.#outs.set(machine, (this.#outs.get(machine) ?? 0) + 1);
      if (event.state === "member") this.#epoch = Math.max(this.#epoch, epochOf(event.troupe));
    } else if (event.type === "rebind") this.#count("rebind");
    else if (event.type === "disagreement") this.#count(`disagreement ${event.path}`);
    if (event.type !== "execute") return;
    this.#count(`execute ${event.procedure}`);
    if (event.procedure !== "write" && event.procedure !== "mark") {
      this.#step(machine);
      return;
    }
    if (epochOf(event.troupe) < this.#epoch) {
      this.#problems.push(
        `at ${time} ms ${machine} executed a call of epoch ${epochOf(event.troupe)} in ${this.#epoch}`,
      );
    }
    const key = `${address} ${incarnation} ${this.#outs.get(machine) ?? 0} ${event.thread} ${event.path}`;
    const times = (this.#executions.get(key) ?? 0) + 1;
    this.#executions.set(key, times);
    if (times > 1) this.#problems.push(`at ${time} ms ${machine} executed call ${event.thread} ${event.path} again`);
  }

  /** Steps of the binding protocols until the next crash at one of them. */
  #stepsToCrash = 0;

  #step(machine: string): void {
    if (--this.#stepsToCrash !== 0) return;
    const victim = this.#town.world.named(machine);
    this.#town.world.after(this.#random.next() < 0.5 ? 0 : this.#random.next() * 5, () => this.#crash(victim));
  }

  #crash(machine: Machine): void {
    if (!machine.up || this.#town.world.now > calm.healed) return;
    const ringmaster = this.#town.ringmasters.some((entry) => entry.machine === machine);
    // What a majority of the Ringmaster has agreed on dies with a majority: that is beyond what it promises.
    if (ringmaster && !this.#town.ringmasters.every(({ machine: { up }, member }) => up && member.serves)) return;
    this.#count(
      ringmaster
        ? "crash of a Ringmaster member"
        : machine.name.startsWith("client")
          ? "crash of a client"
          : "crash of a member",
    );
    this.#crashed.set(machine, this.#town.world.now);
    machine.crash();
    if (this.#random.next() < 0.7) this.#town.world.after(20 + this.#random.next() * 3000, () => machine.restart());
  }

  #join(): void {
    this.#inhabitants.push(this.#town.member("ledger", () => new Ledger(), { anew: false }));
    this.#count("join");
  }

  #leave(): void {
    const inhabitant = this.#pick(this.#inhabitants.filter((each) => each.machine.up && !this.#left.has(each)));
    const membership = inhabitant?.membership;
    if (inhabitant === undefined || membership === undefined) return;
    if (this.#inhabitants.filter((each) => each.machine.up && !this.#left.has(each)).length < 2) return;
    this.#left.add(inhabitant);
    this.#count("leave");
    const { program } = inhabitant;
    void program.thread(async () => {
      try {
        await (program.binding as ReturnType<Town["binding"]>).leaveTroupe(membership);
        if (membership.registration?.members.length === 0) this.#dissolved = true;
      } catch (error) {
        if (!(error instanceof CallError)) throw error;
      }
    });
  }

  #partition(): void {
    const names = this.#town.world.machines.map(({ name }) => name).filter(() => this.#random.next() < 0.4);
    if (names.length === 0) return;
    this.#count("partition");
    const cut = this.#town.world.partition({ between: names, oneWay: this.#random.next() < 0.2 });
    this.#town.world.after(50 + this.#random.next() * 2500, () => cut.heal());
  }

  #pause(): void {
    const machine = this.#pick(this.#town.world.machines);
    if (machine === undefined || !machine.up) return;
    this.#count("pause");
    machine.pause();
    this.#town.world.after(20 + this.#random.next() * 1500, () => machine.resume());
  }

  #act(): void {
    const lot = this.#random.next();
    if (lot < 0.15) this.#join();
    else if (lot < 0.25) this.#leave();
    else if (lot < 0.5) this.#crash(this.#pick(this.#town.world.machines)!);
    else if (lot < 0.7) this.#stepsToCrash = 1 + this.#below(60);
    else if (lot < 0.85) this.#partition();
    else this.#pause();
  }

  #client(index: number): void {
    const collator = [unanimous, unanimous, firstCome, majority][this.#below(4)]!;
    const program = this.#town.client();
    const name = `client of ${collator.name} ${index}`;
    const machine = this.#town.world.machines.at(-1)!;
    const client: Client = { name, machine, collator, answered: new Map(), failed: [], made: 0, problems: [] };
    this.#clients.push(client);
    const { world } = this.#town;
    void program
      .thread(async () => {
        const ledger = await program.bind(Ledger, "ledger", { collator });
        while (world.now < calm.quiet) {
          const number = ++client.made;
          try {
            const answer = collator === unanimous ? await ledger.write(name, number) : await ledger.mark(name, number);
            client.answered.set(number, world.now);
            if (answer > number) client.problems.push(`${name} got ${answer} for call ${number}`);
          } catch (error) {
            // Out of everybody's reach for a while.
            if (!(error instanceof CallError) || !excused.includes(error.kind)) throw error;
            client.failed.push(number);
            this.#count(error.kind);
          }
          await program.sleep(5 + ((number * 7) % 40));
        }
      })
      .catch((error: unknown) => client.problems.push(`${name}: ${String(error)}`));
  }

  async report(): Promise<Report> {
    const { world } = this.#town;
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
    const problems = this.#problems.map((problem) => `seed ${this.#seed}: ${problem}`);
    return { problems, counts: this.#counts };
  }

  #judge(): void {
    const members = this.#inhabitants.filter(({ membership }) => membership?.state === "member");
    const latest = Math.max(0, ...members.map(({ membership }) => epochOf(membership!.id)));
    if (members.length === 0) {
      this.#judgeLoss();
      return;
    }
    for (const { membership, machine } of members) {
      if (epochOf(membership!.id) !== latest)
        this.#problems.push(`${machine.name} is in epoch ${epochOf(membership!.id)}, not ${latest}`);
    }
    const missing = this.#inhabitants.filter(
      (each) => !this.#left.has(each) && each.machine.up && !members.includes(each),
    );
    for (const { machine, membership, error } of missing) {
      this.#problems.push(
        `${machine.name} is no member at the end: ${membership?.state ?? describe(error ?? "joining")}`,
      );
    }
    const states = members.map(({ machine, module }) => ({ name: machine.name, state: module }));
    for (const { sentence } of checkEqualState(states, { seed: this.#seed, time: this.#town.world.now }))
      this.#problems.push(sentence);
    for (const { module } of members)
      if (module.twice.length > 0) this.#problems.push(`executed twice: ${module.twice.join(", ")}`);
    if (!this.#dissolved) for (const client of this.#clients) this.#judgeClient(client, members[0]!.module);
  }

  #judgeClient({ name, machine, collator, answered, failed, made, problems }: Client, ledger: Ledger): void {
    this.#problems.push(...problems);
    const lives = !this.#crashed.has(machine);
    if (lives && answered.size + failed.length !== made) this.#problems.push(`${name} has no answer to call ${made}`);
    for (const [number, time] of answered) {
      // Only its client sees to it that a call which one member has answered comes to all.
      if (collator !== unanimous && time > (this.#crashed.get(machine) ?? Infinity) - longestTrouble) continue;
      if (!ledger.has(name, number)) this.#problems.push(`${name} was answered call ${number}, which is lost`);
    }
    const written = ledger.written.get(name) ?? [];
    const sorted = written.toSorted((a, b) => a - b);
    if (sorted.join(" ") !== written.join(" "))
      this.#problems.push(`calls of ${name} are out of order: ${written.join(" ")}`);
  }

  /** All members died: that must be what is said. */
  #judgeLoss(): void {
    this.#count("total loss");
    for (const { error, machine } of this.#inhabitants) {
      if (machine.up && error !== undefined && !(error instanceof CallError && error.kind === "troupe-lost")) {
        this.#problems.push(`after a total loss ${machine.name} was told ${describe(error)}`);
      }
    }
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error as string);
}
