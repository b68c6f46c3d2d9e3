/**
 * Kill at every step, systematically: a change of membership, under calls, is run once; then again and again, each time
 * killing one party at one of its steps, or letting it stand still there until the others hold it for dead.
 *
 * What a fail-stop process has done, as far as others can ever know, is what it has sent. So a step of a party is a
 * datagram that it sends between the beginning of the change and the moment at which all have heard of its end, and a
 * party that is killed after each of its steps in turn has been killed at every point that makes a difference (before
 * the first: it never took part). The run up to the kill is the same as the first, datagram for datagram.
 */
import { firstCome, unanimous } from "../../protocols/call/collator.ts";
import type { Program } from "../../protocols/program/program.ts";
import { exponential } from "../../sim/chance/lifetimes.ts";
import type { Machine } from "../../sim/machine/machine.ts";
import type { StampedEvent, TraceListener } from "../../sim/trace.ts";
import { Client } from "../protocols/binding/clients.ts";
import { Ledger } from "../protocols/binding/ledger.ts";
import { Observer } from "../protocols/binding/observer.ts";
import type { Report } from "./report.ts";
import { Town, type Inhabitant } from "../protocols/binding/town.ts";

/** Which change: its coordinator is the newcomer, a Ringmaster member, or the leaver. */
export const changes = ["join", "removal", "leave"] as const;
export type ChangeKind = (typeof changes)[number];

/**
 * What becomes of a party: it is killed, and comes back or does not; or it stands still, and does not know it when it
 * goes on.
 */
export const fates = ["back", "gone", "paused"] as const;

/** What happens to a party, by the name of its machine, after so many of its steps. */
export interface Kill {
  readonly party: string;
  readonly step: number;
  readonly fate: (typeof fates)[number];
}

const binding = {
  probeInterval: 150,
  lease: 600,
  suspicion: 900,
  pollInterval: 40,
  quiescence: 300,
  patience: 3000,
  pieceBytes: 256,
  answerBytes: 2048,
};
const messages = { retransmitInterval: 25, longestInterval: 75, tries: 5, probeInterval: 150, datagramLifetime: 5000 };

/** In ms: clients begin, the change begins, a killed party is back after, a pause lasts, clients end, the end. */
const times = { clients: 1000, change: 1500, back: 500, pause: 1500, quiet: 6000, end: 8000 };

/** A ledger whose state is in many pieces. */
class LadenLedger extends Ledger {
  ballast: Uint8Array = new Uint8Array(0);

  override getState(): unknown {
    return { ledger: super.getState(), ballast: this.ballast };
  }

  override setState(state: unknown): void {
    const { ledger, ballast } = state as { ledger: unknown; ballast: Uint8Array };
    super.setState(ledger);
    this.ballast = ballast;
  }
}

/** What the change itself does; `read`, `null` and the like go on at all times. */
const stepsOfChange = new Set([
  "prepare",
  "accept",
  "suspects",
  "manifest",
  "pieces",
  "freeze",
  "holdsOffice",
  "digest",
]);

/** How many steps each party takes, by the names of their machines. */
export async function survey(kind: ChangeKind): Promise<Map<string, number>> {
  const run = new ChangeRun(kind);
  const { problems } = await run.report();
  if (problems.length > 0) throw new Error(`${kind}, with nobody killed: ${problems.join("; ")}`);
  const [from, to] = [run.began, run.ended];
  const steps = new Map<string, number>();
  for (const { machine, time } of run.sent) {
    if (time >= from && time <= to) steps.set(machine, (steps.get(machine) ?? 0) + 1);
  }
  return steps;
}

export function runKill(kind: ChangeKind, kill: Kill, listener?: TraceListener): Promise<Report> {
  const run = new ChangeRun(kind, kill);
  if (listener !== undefined) run.town.world.listen(listener);
  return run.report();
}

class ChangeRun {
  readonly town: Town;
  /** Datagrams, by sender. */
  readonly sent: { readonly machine: string; readonly time: number }[] = [];
  /** When the change took its first step, and when the last member was told of its end. */
  began = Infinity;
  ended = 0;
  readonly #kind: ChangeKind;
  readonly #kill: Kill | undefined;
  readonly #observer: Observer;
  readonly #inhabitants: Inhabitant<Ledger>[] = [];
  readonly #clients: Client[] = [];
  #leaver: Inhabitant<Ledger> | undefined = undefined;
  #steps = 0;
  #killed: Machine | undefined = undefined;

  constructor(kind: ChangeKind, kill?: Kill) {
    this.#kind = kind;
    this.#kill = kill;
    this.town = new Town(`kill ${kind}`, { binding, messages, network: { delay: exponential(1) } });
    this.#observer = new Observer(this.town.world);
    this.town.world.listen((stamped) => this.#observe(stamped));
  }

  #observe({ time, machine, event }: StampedEvent): void {
    if (time < times.change) return;
    if (event.type === "execute" && stepsOfChange.has(event.procedure)) this.began = Math.min(this.began, time);
    if (event.type === "membership") this.ended = time;
    if (event.type !== "datagram-sent") return;
    this.sent.push({ machine, time });
    const kill = this.#kill;
    if (kill === undefined || machine !== kill.party || time < this.began || this.#killed !== undefined) return;
    if (++this.#steps < kill.step) return;
    const victim = this.town.world.named(machine);
    this.#killed = victim;
    if (kill.fate === "paused") {
      victim.pause();
      this.town.world.after(times.pause, () => victim.resume());
      return;
    }
    victim.crash();
    if (kill.fate === "back") this.town.world.after(times.back, () => victim.restart());
  }

  #member(ballast = 0): void {
    const make = (program: Program): Ledger => {
      const ledger = new LadenLedger((call) => program.sleep((call * 13) % 25));
      ledger.ballast = Uint8Array.from({ length: ballast }, (_, i) => (i * i) >> 3);
      return ledger;
    };
    this.#inhabitants.push(this.town.member("ledger", make));
  }

  #begin(): void {
    const last = this.#inhabitants.at(-1)!;
    if (this.#kind === "join") this.#member();
    else if (this.#kind === "removal") last.machine.crash();
    else {
      this.#leaver = last;
      const { program, membership } = last;
      void program.thread(() => (program.binding as ReturnType<Town["binding"]>).leaveTroupe(membership!));
    }
  }

  async report(): Promise<Report> {
    const { world } = this.town;
    const founders = this.#kind === "join" ? 2 : 3;
    for (let i = 0; i < founders; i++) world.at(400 + i * 150, () => this.#member(i === 0 ? 20_000 : 0));
    await world.run(times.clients);
    for (const collator of [unanimous, firstCome]) {
      const client = new Client(this.town, `client of ${collator.name}`, collator, {
        quiet: times.quiet,
        rest: (call) => 3 + ((call * 7) % 20),
        failing: (kind) => this.#observer.problems.push(`a call of ${collator.name} failed: ${kind}`),
      });
      this.#clients.push(client);
    }
    await world.run(times.change);
    this.#begin();
    await world.run(times.quiet);
    // Nobody but a client sees to it that its call comes to all; if it died, the next change does.
    if (this.#clients.some(({ machine }) => machine === this.#killed)) this.#member();
    await world.run(times.end);
    this.#judge();
    const { problems, counts } = this.#observer;
    return { problems, counts };
  }

  #judge(): void {
    const observer = this.#observer;
    const { problems } = observer;
    const seed = `kill ${this.#kind}`;
    const leaver = this.#leaver;
    const killed = this.#kill?.fate === "paused" ? undefined : this.#killed;
    if (this.#kill !== undefined && this.#killed === undefined) problems.push("nothing happened to anybody");
    // A leaver that was killed and has come back has joined again.
    const gone = leaver?.machine === killed ? undefined : leaver;
    if (gone?.membership !== undefined) problems.push(`${gone.machine.name} has left, but is ${gone.membership.state}`);
    const expected = this.#inhabitants.filter((each) => each !== gone && each.machine.up);
    const [first] = observer.judge(this.#inhabitants, expected, { seed, time: this.town.world.now });
    if (first === undefined) {
      problems.push("no member is left");
      return;
    }
    const size = first.membership!.registration!.members.length;
    if (size !== expected.length) problems.push(`the troupe has ${size} members at the end, not ${expected.length}`);
    for (const client of this.#clients) {
      const crashed = client.machine === killed ? times.change : undefined;
      problems.push(...client.judge(first.module, crashed, 0));
      const last = Math.max(...client.answered.values());
      if (crashed === undefined && last < times.quiet - 300)
        problems.push(`${client.name} had no answer since ${last}`);
    }
  }
}
