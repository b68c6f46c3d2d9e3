/** Runs a schedule: its whole course is a function of the schedule alone. */
import type { Program } from "../protocols/program/program.ts";
import type { Troupe } from "../protocols/troupe/troupe.ts";
import { exponential } from "../sim/chance/lifetimes.ts";
import type { Machine } from "../sim/machine/machine.ts";
import type { StampedEvent, TraceListener } from "../sim/trace.ts";
import { World } from "../sim/world.ts";
import { belonging, equalWhenBound } from "./checks/ringmaster.ts";
import { begin, Diary } from "./client.ts";
import type { Course } from "./course.ts";
import { judge, type Violation } from "./judge.ts";
import { RingmasterGround } from "./ringmaster-ground.ts";
import type { Fault, Schedule } from "./schedule.ts";
import { calm, tableEnd } from "./settings.ts";
import { TableGround } from "./table-ground.ts";

/** What came of a schedule. */
export interface Outcome {
  /** In the order of the checkers; none if all is well. */
  readonly violations: readonly Violation[];
  /** What happened, counted by type. */
  readonly counts: Readonly<Record<string, number>>;
}

/** Events that no checker reads, of which there are very many. */
const fine: ReadonlySet<string> = new Set([
  "datagram-sent",
  "datagram-delivered",
  "datagram-dropped",
  "acknowledge",
  "duplicate",
  "message-received",
  "message-sent",
  "probe",
  "retransmit",
]);

/** Procedures of the modules; all others are steps of the binding protocols. */
const procedures: ReadonlySet<string> = new Set(["write", "mark"]);

/** `listener` hears every event. */
export async function run(schedule: Schedule, listener?: TraceListener): Promise<Outcome> {
  const course = new Run(schedule, listener);
  const counts: Record<string, number> = {};
  let violations: Violation[];
  try {
    await course.play();
    violations = judge(course);
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    violations = [{ checker: "runs end", time: course.world.now, sentence: `The run stopped: ${text}.`, calls: [] }];
  }
  for (const { event } of course.events) {
    const name = event.type === "membership" ? `membership ${event.state}` : event.type;
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return { violations, counts };
}

type FaultInStep = Extract<Fault, { readonly step: number }>;

class Run implements Course {
  readonly schedule: Schedule;
  readonly world: World;
  readonly diaries: Diary[] = [];
  readonly events: StampedEvent[] = [];
  readonly #table: TableGround | undefined;
  readonly #bound: RingmasterGround | undefined;
  /** What happens in a step of the binding protocols, with the steps until then. */
  readonly #waiting: { readonly fault: FaultInStep; steps: number }[] = [];

  constructor(schedule: Schedule, listener: TraceListener | undefined) {
    this.schedule = schedule;
    const { seed, ringmasters, troupes, network } = schedule;
    const { delay, loss, duplication, lag } = network;
    this.world = new World({
      seed,
      network: {
        delay: exponential(delay),
        ...(loss > 0 ? { loss } : {}),
        ...(duplication > 0 ? { duplication: { probability: duplication, lag: exponential(lag) } } : {}),
      },
    });
    this.world.listen((event) => this.#hear(event));
    if (listener !== undefined) this.world.listen(listener);
    if (ringmasters > 0) this.#bound = new RingmasterGround(this.world, ringmasters, troupes);
    else this.#table = new TableGround(this.world, troupes);
  }

  get ground(): TableGround | RingmasterGround {
    return this.#bound ?? this.#table!;
  }

  #hear(stamped: StampedEvent): void {
    const { event } = stamped;
    if (fine.has(event.type)) return;
    this.events.push(stamped);
    if (event.type !== "execute" || this.#waiting.length === 0 || procedures.has(event.procedure)) return;
    for (const waiting of this.#waiting) {
      if (--waiting.steps !== 0) continue;
      const { fault } = waiting;
      // A step may come late, but all faults are over in time.
      const ends = stamped.time + ((fault.kind === "crash in a step" ? fault.back : fault.lasts) ?? 0);
      if (this.#bound !== undefined && ends > calm.healed) continue;
      const machine = this.world.named(stamped.machine);
      this.world.after(0, () => {
        if (fault.kind === "crash in a step") this.#crash(machine, fault.back);
        else this.#pause(machine, fault.lasts);
      });
    }
  }

  async play(): Promise<void> {
    const { world, schedule } = this;
    for (const fault of schedule.faults) world.at(fault.at, () => this.#inflict(fault));
    const ground = this.#bound;
    if (ground === undefined) {
      this.#beginClients();
      await world.run(tableEnd);
      return;
    }
    schedule.troupes.forEach(({ name, members }) => {
      members.forEach((machine, place) => world.at(calm.found + place * 20, () => ground.join(name, machine)));
    });
    world.at(calm.clients, () => this.#beginClients());
    // A last change makes the members agree on what clients have left behind that died in the middle of a call.
    for (const { name } of schedule.troupes) world.at(calm.last, () => ground.join(name, `${name}, the last`));
    await world.run(calm.end);
    const isUnderWay = ({ ended, finished, client, problems }: Diary): boolean =>
      ended === Infinity && finished < client.threads.length && problems.length === 0;
    // Calls that were answered early may still be on their way to some members.
    const isSettled = (): boolean =>
      !this.diaries.some(isUnderWay) && [belonging, equalWhenBound].every(({ check }) => check(this).length === 0);
    while (!isSettled() && world.now < calm.late) await world.run(world.now + 500);
  }

  #beginClients(): void {
    for (const client of this.schedule.clients) {
      this.ground.client(client, (program: Program, machine: Machine, as?: Troupe) => {
        const diary = new Diary(client, machine.name, program.host.incarnation);
        this.diaries.push(diary);
        begin(program, client, diary, as);
      });
    }
  }

  #inflict(fault: Fault): void {
    const { world } = this;
    switch (fault.kind) {
      case "crash":
        this.#crash(this.#machine(fault.machine), fault.back);
        return;
      case "pause":
        this.#pause(this.#machine(fault.machine), fault.lasts);
        return;
      case "crash in a step":
      case "pause in a step":
        this.#waiting.push({ fault, steps: fault.step });
        return;
      case "cut": {
        const here = (names: readonly string[]): string[] => names.filter((name) => this.#machine(name) !== undefined);
        const { oneWay, lasts } = fault;
        const and = fault.and === null ? {} : { and: here(fault.and) };
        const cut = world.partition({ between: here(fault.between), oneWay, ...and });
        world.after(lasts, () => cut.heal());
        return;
      }
      case "join":
        this.#bound?.join(fault.troupe, fault.machine);
        return;
      case "leave":
        this.#bound?.leave(fault.machine);
    }
  }

  /** Undefined if it is not there yet. */
  #machine(name: string): Machine | undefined {
    return this.world.machines.find((machine) => machine.name === name);
  }

  #crash(machine: Machine | undefined, back: number | null): void {
    if (machine?.up !== true || this.#bound?.mayCrash(machine) === false) return;
    for (const diary of this.diaries)
      if (diary.machine === machine.name && diary.ended === Infinity) diary.ended = this.world.now;
    machine.crash();
    if (back !== null) this.world.after(back, () => machine.restart());
  }

  #pause(machine: Machine | undefined, lasts: number): void {
    if (machine?.up !== true) return;
    machine.pause();
    this.world.after(lasts, () => machine.resume());
  }
}
