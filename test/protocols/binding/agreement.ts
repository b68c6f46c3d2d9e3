/**
 * Randomized agreement: clients append to some registers of the Ringmaster, and read them, at the same time, while
 * members of the Ringmaster crash, come back, stand still and are cut off from some of the others. At the end
 *
 * - every value that anybody was told is a beginning of the last one: nothing that was agreed on is lost or changed;
 * - what was appended is there, once;
 * - an operation sees all that was agreed on before it began.
 */
import { founded, type Registration } from "../../../protocols/binding/register/register.ts";
import { hashOfName } from "../../../protocols/troupe/troupe-id.ts";
import { CallError } from "../../../protocols/errors.ts";
import type { Random } from "../../../protocols/host.ts";
import { exponential } from "../../../sim/chance/lifetimes.ts";
import type { Machine } from "../../../sim/machine/machine.ts";
import type { TraceListener } from "../../../sim/trace.ts";
import { describe, Observer } from "./observer.ts";
import type { Report } from "../../campaign/report.ts";
import { Town } from "./town.ts";

/** One that is seldom written is where a member that has missed something does not soon catch up. */
const names = Array.from({ length: 10 }, (_, i) => `agreement ${i}`);
const clients = 5;
const binding = { probeInterval: 150, pollInterval: 10, patience: 1500 };
const messages = { retransmitInterval: 15, longestInterval: 45, tries: 5, probeInterval: 100, datagramLifetime: 5000 };
/** In ms: operations begin, faults begin and end, operations end, the end. */
const times = { begin: 200, faults: 300, healed: 1600, quiet: 1900, end: 4500 };

interface Operation {
  readonly name: string;
  readonly client: number;
  /** What it appended; 0 if it read. */
  readonly item: number;
  readonly begun: number;
  readonly ended: number;
  /** Undefined if nobody was told. */
  readonly items: readonly number[] | undefined;
}

/** The items are in `earlier`, as epochs without members: so nobody is watched for their sake. */
function itemsOf(registration: Registration | undefined): number[] {
  return (registration?.earlier ?? []).map(({ epoch }) => epoch);
}

function withItem(now: Registration | undefined, name: string, item: number): Registration | undefined {
  const before = now ?? { ...founded(undefined, name, { address: 0, incarnation: 0 }, { quorum: "one", group: null }) };
  const items = itemsOf(before);
  if (items.includes(item)) return undefined;
  const earlier = [...items, item].map((epoch) => ({ epoch, members: [] }));
  return { ...before, members: [], epoch: items.length + 1, earlier };
}

export async function runAgreement(seed: string, listener?: TraceListener): Promise<Report> {
  const town = new Town(seed, {
    binding,
    messages,
    network: { delay: exponential(1), loss: 0.03, duplication: 0.03 },
  });
  const { world, ringmasters } = town;
  if (listener !== undefined) world.listen(listener);
  const observer = new Observer(world);
  const random = world.random.fork("agreement");
  const operations: Operation[] = [];
  await world.run(times.begin);
  const programs = Array.from({ length: clients }, () => town.client());
  let last = 0;
  const { problems, counts } = observer;
  for (const [client, program] of programs.entries()) {
    const { consensus } = (program.binding as ReturnType<Town["binding"]>).process;
    const own = program.host.random.fork("operations");
    void program
      .thread(async () => {
        while (world.now < times.quiet) {
          const item = own.next() < 0.5 ? ++last : 0;
          // The first are the busiest.
          const name = names[Math.floor(own.next() ** 2 * names.length)]!;
          const base = hashOfName(name);
          const begun = world.now;
          let items: number[] | undefined;
          try {
            items = itemsOf(
              item === 0 ? await consensus.read(base) : await consensus.agree(base, (now) => withItem(now, name, item)),
            );
            observer.count(item === 0 ? "read" : "append");
          } catch (error) {
            if (!(error instanceof CallError) || error.kind !== "ringmaster-unavailable") throw error;
            observer.count("no answer");
          }
          operations.push({ name, client, item, begun, ended: world.now, items });
          await program.sleep(own.next() * 40);
        }
      })
      .catch((error: unknown) => problems.push(`client ${client}: ${String(error)}`));
  }
  const faults = new Faults(town, random, observer);
  for (let i = 0; i < 8; i++) {
    world.at(times.faults + random.next() * (times.healed - times.faults - 100), () => faults.act());
  }
  await world.run(times.healed);
  for (const { machine } of ringmasters) if (!machine.up) machine.restart();
  await world.run(times.end);
  // A client of its own looks at the end: it has heard nothing of what came before.
  const judge = town.client();
  const { consensus } = (judge.binding as ReturnType<Town["binding"]>).process;
  for (const name of names) {
    const { value, reason } = await town.outcome(judge, () => consensus.read(hashOfName(name)));
    const own = operations.filter((operation) => operation.name === name);
    if (reason === undefined) problems.push(...judged(own, itemsOf(value)));
    else problems.push(`at the end: ${describe(reason)}`);
  }
  return { problems: problems.map((problem) => `seed ${seed}: ${problem}`), counts };
}

function judged(operations: readonly Operation[], final: readonly number[]): string[] {
  const problems: string[] = [];
  if (new Set(final).size !== final.length) problems.push(`something was appended twice: ${final.join(" ")}`);
  for (const { client, item, ended, items } of operations) {
    if (items === undefined) continue;
    if (items.some((each, place) => final[place] !== each)) {
      problems.push(`at ${ended} ms client ${client} was told ${items.join(" ")}; at the end it is ${final.join(" ")}`);
    }
    if (item !== 0 && !items.includes(item)) problems.push(`client ${client} has appended ${item}, which is lost`);
  }
  const told = operations.filter(({ items }) => items !== undefined).toSorted((a, b) => a.ended - b.ended);
  const begun = told.toSorted((a, b) => a.begun - b.begun);
  let place = 0;
  let most = 0;
  for (const operation of begun) {
    for (; told[place]!.ended < operation.begun; place++) most = Math.max(most, told[place]!.items!.length);
    if (operation.items!.length < most) {
      problems.push(
        `client ${operation.client} was told at ${operation.ended} ms what was over at ${operation.begun} ms`,
      );
    }
  }
  return problems;
}

class Faults {
  readonly #town: Town;
  readonly #random: Random;
  readonly #observer: Observer;
  #stepsToCrash = 0;

  constructor(town: Town, random: Random, observer: Observer) {
    this.#town = town;
    this.#random = random;
    this.#observer = observer;
    observer.onStep = (machine, procedure) => {
      if (procedure === "read" || procedure === "standing" || --this.#stepsToCrash !== 0) return;
      town.world.after(0, () => this.#crash(town.world.named(machine)));
    };
  }

  #pick<T>(list: readonly T[]): T {
    return list[Math.floor(this.#random.next() * list.length)]!;
  }

  #crash(machine: Machine): void {
    const { world, ringmasters } = this.#town;
    // What was agreed on dies with a majority.
    if (world.now > times.healed) return;
    if (!ringmasters.every(({ machine: { up }, member }) => up && member.serves)) return;
    this.#observer.count("crash of a Ringmaster member");
    machine.crash();
    world.after(10 + this.#random.next() * 400, () => machine.restart());
  }

  act(): void {
    const { world, ringmasters } = this.#town;
    const members = ringmasters.map(({ machine }) => machine);
    const lot = this.#random.next();
    const lasting = 10 + this.#random.next() * 300;
    if (lot < 0.2) this.#crash(this.#pick(members));
    else if (lot < 0.5) this.#stepsToCrash = 1 + Math.floor(this.#random.next() * 40);
    else if (lot < 0.6) {
      const machine = this.#pick(world.machines);
      this.#observer.count("pause");
      machine.pause();
      world.after(lasting, () => machine.resume());
    } else {
      const all = world.machines.map((machine) => machine.name);
      const [side, oneWay] = [this.#pick(members).name, this.#random.next() < 0.3];
      const and = all.filter((each) => each !== side && this.#random.next() < 0.6);
      if (and.length === 0) return;
      this.#observer.count("partial partition");
      const cut = world.partition({ between: [side], and, oneWay });
      const crashes = this.#random.next() < 0.5;
      world.after(lasting * 2, () => {
        cut.heal();
        // Another goes before this one has caught up.
        if (crashes) this.#crash(this.#pick(members.filter(({ name }) => name !== side)));
      });
    }
  }
}
