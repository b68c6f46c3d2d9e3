/**
 * Garbage collection: one Ringmaster member's judgement of which processes live, and the removal of those that do not.
 *
 * Source: dissertation, chapter 6: the Ringmaster calls the null procedure at members now and then and drops those that have crashed;
 * callers report crashes too, which only makes the Ringmaster member ask at once. A member suspects a process that it has
 * not heard for longer than a lease lasts (lease.ts), or that another process has replaced at its address, or that is known to have crashed. Removal needs
 * the suspicion of a majority, and is a change of membership like any other (change.ts), coordinated by the first to find it due.
 *
 * An office that is about to leave members out has them given up by a majority first: these grant them no lease, though they
 * may be heard again, until a read of the register shows that the office is over. A process that becomes a member of the
 * Ringmaster does not know who was given up before, and begins with all members of a troupe that has an office given up.
 *
 * When a majority suspects all members of a troupe, nothing is removed, since a new epoch needs the state of one of them. When
 * it holds them for certainly dead, the troupe is marked as lost. If one of them is heard again, the mark goes.
 */
import { CallError } from "../../errors.ts";
import { noTimer, type Milliseconds } from "../../host.ts";
import type { BindingProcess } from "../change/binding-process.ts";
import { change } from "../change/change.ts";
import { dead } from "../change/judgement.ts";
import { ringmasterBase } from "../register/configuration.ts";
import {
  includesProcess,
  markedLost,
  sameProcess,
  troupeOf,
  type ProcessId,
  type RegisteredMember,
  type Registration,
} from "../register/register.ts";
import type { Judge } from "../register/ringmaster.ts";

/** A member of a troupe, as it is watched. */
interface Subject {
  readonly member: RegisteredMember;
  /** When it was last heard, or first known. */
  heard: Milliseconds;
  /** What it answered last. */
  echo: Milliseconds | null;
  /** Another process was found in its place, or it is known to have crashed. */
  gone: boolean;
  asking: boolean;
  /** The term of the office for which it was given up; 0 if it was not. */
  barred: number;
}

/** Every so many rounds the registers themselves are read, for what this member may have missed of them. */
const roundsToRead = 10;

export class Collector implements Judge {
  readonly #process: BindingProcess;
  /** The registers that have a value here, with that value. */
  readonly #recorded: () => readonly Registration[];
  readonly #subjects = new Map<string, Subject>();
  readonly #removing = new Set<number>();
  #round = 0;
  #timer = noTimer;

  constructor(process: BindingProcess, recorded: () => readonly Registration[]) {
    this.#process = process;
    this.#recorded = recorded;
  }

  start(): void {
    if (this.#timer === noTimer) this.#next();
  }

  #next(): void {
    const { host } = this.#process.program;
    this.#timer = host.after(this.#process.options.probeInterval, () => this.#goRound(), undefined);
  }

  #subject(member: RegisteredMember): Subject {
    const key = `${member.address}.${member.incarnation}.${member.joined}`;
    let subject = this.#subjects.get(key);
    if (subject === undefined) {
      // Whoever is not known yet is not suspected for as long as one that has just been heard.
      const heard = this.#process.program.host.now();
      subject = { member, heard, echo: null, gone: false, asking: false, barred: 0 };
      this.#subjects.set(key, subject);
    }
    return subject;
  }

  suspects(member: RegisteredMember, certainly = false): boolean {
    const { heard, gone } = this.#subject(member);
    const { suspicion, loss } = this.#process.options;
    return gone || this.#process.program.host.now() - heard > (certainly ? Math.max(suspicion, loss) : suspicion);
  }

  met(members: readonly RegisteredMember[]): void {
    for (const member of members) this.#subject(member);
  }

  bar(member: RegisteredMember, term: number): void {
    const subject = this.#subject(member);
    subject.barred = Math.max(subject.barred, term);
  }

  /** Becomes the collector of a new member of the Ringmaster, which begins with these registers. */
  inherit(registrations: readonly Registration[]): void {
    for (const { coordinator, members, term } of registrations) {
      if (coordinator !== null) for (const member of members) this.bar(member, term);
    }
  }

  /** What has been agreed on, though it may be a while ago, shows which offices are over. */
  #unbar({ members, term, coordinator }: Registration): void {
    for (const member of members) {
      const subject = this.#subject(member);
      if (term > subject.barred || (term === subject.barred && coordinator === null)) subject.barred = 0;
    }
  }

  report(life: ProcessId): void {
    for (const registration of this.#recorded()) {
      for (const member of registration.members) if (sameProcess(member, life)) this.#ask(registration, member);
    }
  }

  /**
   * This process is known to have crashed, by one who can tell: it was fail-stop, and its machine is seen to be down. It is
   * removed at once.
   */
  crashed(life: ProcessId): void {
    const { program, options, consensus } = this.#process;
    for (const registration of this.#recorded()) {
      const members = registration.members.filter((member) => sameProcess(member, life));
      for (const member of members) this.#subject(member).gone = true;
      if (members.length === 0) continue;
      const base = troupeOf(registration).module;
      void program.apart(async () => {
        for (;;) {
          this.#look(base);
          await program.sleep(2 * options.pollInterval);
          const now = await consensus.read(base).catch(() => undefined);
          if (now !== undefined && (now.lost || !includesProcess(now.members, life))) return;
        }
      });
    }
  }

  #goRound(): void {
    this.#next();
    const present = new Set<Subject>();
    for (const registration of this.#recorded()) {
      const base = troupeOf(registration).module;
      if (base === ringmasterBase) continue;
      for (const member of registration.members) {
        present.add(this.#subject(member));
        this.#ask(registration, member);
      }
      const due =
        registration.lost ||
        registration.members.some((member) => this.suspects(member) || this.#subject(member).barred > 0);
      if (due || this.#round % roundsToRead === 0) this.#look(base);
    }
    this.#round++;
    for (const [key, subject] of this.#subjects) if (!present.has(subject)) this.#subjects.delete(key);
  }

  /** Calls the null procedure. */
  #ask(registration: Registration, member: RegisteredMember): void {
    const subject = this.#subject(member);
    if (subject.asking) return;
    subject.asking = true;
    const { program, consensus, life: from } = this.#process;
    void program.apart(async () => {
      const troupe = troupeOf(registration);
      const { epoch, members } = consensus.configuration ?? { epoch: 0, members: [] };
      try {
        const given = subject.barred > 0 || registration.lost;
        const greeting = { from, epoch, size: members.length, id: troupe.id, echo: given ? null : subject.echo };
        const echo = await this.#process.at(member).null(troupe.module, greeting);
        if (echo !== null) {
          subject.echo = echo;
          subject.heard = program.host.now();
        }
      } catch (error) {
        if (!(error instanceof CallError)) throw error;
        if (error.kind === "stale-binding" || error.kind === "unknown-procedure") subject.gone = true;
      }
      subject.asking = false;
    });
  }

  /** Reads a register, and does what is due. One at a time for each troupe. */
  #look(base: number): void {
    if (this.#removing.has(base)) return;
    this.#removing.add(base);
    const { program, options, random } = this.#process;
    void program.apart(async () => {
      try {
        // The members of the Ringmaster find it due at about the same time, and one is enough.
        await program.sleep(random.next() * options.pollInterval);
        await this.#clean(base);
      } catch (error) {
        if (!(error instanceof CallError)) throw error;
      }
      this.#removing.delete(base);
    });
  }

  async #clean(base: number): Promise<void> {
    const process = this.#process;
    const registration = await process.consensus.read(base);
    if (registration === undefined) return;
    this.#unbar(registration);
    const { members, lost } = registration;
    if (!lost && !members.some((member) => this.suspects(member))) return;
    const gone = await dead(process, members);
    const all = members.length > 0 && members.every((member) => includesProcess(gone, member));
    const certain = all && (lost || (await dead(process, members, true)).length === members.length);
    if (certain !== lost) {
      await process.consensus.agree(base, (now) => {
        return now?.epoch === registration.epoch ? markedLost(now, certain) : undefined;
      });
    } else if (gone.length > 0 && !all) await change(process, registration, base, { suspects: gone });
  }
}
