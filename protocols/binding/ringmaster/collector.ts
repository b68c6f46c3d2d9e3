/**
 * Garbage collection: one Ringmaster member's judgement of which processes are alive, and the removal of dead members.
 *
 * Source: dissertation, chapter 6. The Ringmaster calls the null procedure at members periodically, and drops members
 * that have crashed. Callers report crashes too, which only makes the Ringmaster member ask at once. A Ringmaster
 * member suspects a process that it has not heard for longer than a lease (lease.ts), that another process has replaced
 * at its address, or that is known to have crashed. Removal needs the suspicion of a majority. Removal is a change of
 * membership like any other (change.ts), and the first Ringmaster member to find it due coordinates it.
 *
 * Before an office leaves members out, a majority of Ringmaster members gives them up. This majority grants them no
 * lease, even if they are heard again, until a read of the register shows that the office is over. A process that
 * becomes a Ringmaster member does not know which members were given up. It therefore gives up all members of a troupe
 * whose membership has an office.
 *
 * If a majority suspects all members of a troupe, no member is removed, since a new epoch needs the state of one of
 * them. If a majority holds all of them for certainly dead, the troupe is marked as lost. The mark is removed when a
 * member is heard again.
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

/** What a Ringmaster member knows of a member that it watches. */
interface Subject {
  readonly member: RegisteredMember;
  /** When the member was last heard, or first known. */
  heard: Milliseconds;
  /** The clock reading in the member's last answer, in ms; null if there is none. */
  echo: Milliseconds | null;
  /** Whether another process runs in the member's place, or the member is known to have crashed. */
  gone: boolean;
  asking: boolean;
  /** The term of the office for which the member was given up; 0 if it was not given up. */
  barred: number;
}

/**
 * After this many rounds the collector reads the registers by consensus, to learn changes that this Ringmaster member
 * missed.
 */
const roundsToRead = 10;

export class Collector implements Judge {
  readonly #process: BindingProcess;
  /** The registrations recorded at this Ringmaster member. */
  readonly #recorded: () => readonly Registration[];
  readonly #subjects = new Map<string, Subject>();
  readonly #removing = new Set<number>();
  #formed: Milliseconds = -Infinity;
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
      // A member that was unknown counts as heard now.
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

  /** The Ringmaster was formed now: it does not know troupes of an earlier Ringmaster. */
  isNew(): void {
    this.#formed = this.#process.program.host.now();
  }

  get mayNotKnow(): boolean {
    return this.#process.program.host.now() - this.#formed < this.#process.options.grace;
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

  /** An agreed registration, even an old one, shows which offices are over. */
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
   * An external observer knows that this process has crashed: the process was fail-stop, and its machine is seen to be
   * down. The process is removed at once.
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

  /** Calls the null procedure at the member. */
  #ask(registration: Registration, member: RegisteredMember): void {
    const subject = this.#subject(member);
    if (subject.asking) return;
    subject.asking = true;
    const { program, consensus, life: from } = this.#process;
    void program.apart(async () => {
      const troupe = troupeOf(registration);
      const { epoch, members } = consensus.configuration ?? { epoch: 0, members: [] };
      try {
        const given = subject.barred > 0 || registration.lost || registration.recovered === true;
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

  /** Reads a register and performs the changes that are due, one at a time for each troupe. */
  #look(base: number): void {
    if (this.#removing.has(base)) return;
    this.#removing.add(base);
    const { program, options, random } = this.#process;
    void program.apart(async () => {
      try {
        // All Ringmaster members find the removal due at about the same time. The random wait usually lets a single one
        // act.
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
