/**
 * Judges a run with a partition by the statement of docs/under-a-partition.md (partition-statement.ts):
 *
 * - While the cut lasts, no client is answered on a side to which the statement gives no answers, and no client is told
 *   that the troupe is unavailable on a side to which the statement gives answers.
 * - With a Ringmaster, no member executes calls after its lease must have ended, under an epoch that has been replaced,
 *   or that its state includes already.
 * - In the end all living members have executed the same calls, and all answered calls, except where the statement
 *   allows otherwise. Allowed exceptions are reported, but not as violations.
 *
 * The trace must hold the whole run, from the start of the members to a moment when nothing is under way. The checker
 * judges one cut, from its opening to its healing. Members must not crash.
 */
import type { Troupe } from "../../protocols/troupe/troupe.ts";
import type { Milliseconds } from "../../protocols/host.ts";
import type { StampedEvent } from "../trace.ts";
import { Histories, type Stay } from "./histories.ts";
import { canDropOthers, serviceFor, type Divided, type Service, type Side } from "./partition-statement.ts";
import { Findings, type Violation } from "./violation.ts";

export interface PartitionCheckOptions extends Omit<Divided, "members" | "binding"> {
  /** For the sentences: what brings the run about again. */
  readonly seed: string;
  /** The troupe of a static table, or the name of one that is bound by a Ringmaster. */
  readonly troupe: Troupe | string;
  /** The partition, by its name in the trace. */
  readonly cut: string;
  /** Machines of one side: members, clients, and members of the Ringmaster. All others stand on the other side. */
  readonly side: readonly string[];
  /** Of the binding. */
  readonly lease: Milliseconds;
  /**
   * How long, from its start, a client carries a call to members that have not answered (call/client/repetition.ts).
   */
  readonly carried: Milliseconds;
  /** How long after the healing a call that was under way may still fail: the time to give up a silent member. */
  readonly silence: Milliseconds;
}

export interface PartitionJudgement {
  readonly violations: readonly Violation[];
  /** Differences and losses that the design allows. */
  readonly allowed: readonly Violation[];
  /** Calls that some of the members have executed in the end, and others have not. */
  readonly divergent: number;
  /** Calls that were answered, and that no member has executed in the end. */
  readonly lost: number;
}

/** One call, as one client saw it. */
interface Call {
  readonly name: string;
  readonly key: string;
  readonly machine: string;
  readonly begun: Milliseconds;
  done: Milliseconds;
  outcome: string | undefined;
}

const answers: readonly (string | undefined)[] = ["returned", "raised", "all replies"];
const refusals: readonly (string | undefined)[] = ["troupe-unavailable", "troupe-lost", "no-majority"];

export function checkPartition(trace: readonly StampedEvent[], options: PartitionCheckOptions): PartitionJudgement {
  return new Judge(trace, options).judge();
}

class Judge {
  readonly #options: PartitionCheckOptions;
  readonly #histories: Histories;
  readonly #violations: Findings;
  readonly #allowed: Findings;
  readonly #calls = new Map<string, Call>();
  readonly #divided: Divided;
  readonly #sides: { readonly cut: Side; readonly rest: Side };
  #opened: Milliseconds = Infinity;
  #healed: Milliseconds = Infinity;
  #divergent = 0;
  #lost = 0;

  constructor(trace: readonly StampedEvent[], options: PartitionCheckOptions) {
    this.#options = options;
    const { seed, troupe, cut, quorum, collator, agreeing } = options;
    this.#histories = new Histories(trace, troupe);
    this.#violations = new Findings(seed);
    this.#allowed = new Findings(seed);
    for (const stamped of trace) {
      const { time, event } = stamped;
      if (event.type === "partition" && event.name === cut) this.#opened = time;
      else if (event.type === "heal" && event.name === cut) this.#healed = time;
      else if (event.type === "call" || event.type === "call-done") this.#note(stamped);
    }
    const machines = new Set(this.#histories.stays.map(({ machine }) => machine));
    this.#divided = {
      binding: typeof troupe === "string" ? "ringmaster" : "static",
      quorum,
      collator,
      agreeing,
      members: machines.size,
    };
    const { ringmaster } = this.#histories;
    const sideOf = (on: boolean): Side => ({
      members: this.#count(machines, on),
      ringmaster: this.#count(ringmaster, on) > ringmaster.size / 2,
    });
    this.#sides = { cut: sideOf(true), rest: sideOf(false) };
  }

  #count(machines: ReadonlySet<string>, cutOff: boolean): number {
    return [...machines].filter((machine) => this.#isCutOff(machine) === cutOff).length;
  }

  #isCutOff(machine: string): boolean {
    return this.#options.side.includes(machine);
  }

  #sideOf(machine: string): Side {
    return this.#isCutOff(machine) ? this.#sides.cut : this.#sides.rest;
  }

  /** Only calls that clients make of this troupe. */
  #note({ time, machine, event }: StampedEvent): void {
    if (event.type !== "call" && event.type !== "call-done") return;
    const key = `${event.thread} ${event.path}`;
    const known = this.#calls.get(key);
    if (event.type === "call-done") {
      if (known !== undefined) Object.assign(known, { done: time, outcome: event.outcome });
    } else if (known === undefined && this.#histories.isOf(event.troupe)) {
      const name = `call ${event.path} of thread ${event.thread} (${event.procedure})`;
      this.#calls.set(key, { name, key, machine, begun: time, done: Infinity, outcome: undefined });
    }
  }

  judge(): PartitionJudgement {
    for (const call of this.#calls.values()) this.#judgeService(call);
    if (this.#divided.binding === "ringmaster") this.#judgeExecutions();
    for (const stay of this.#histories.stays) this.#judgeRepetitions(stay);
    this.#judgeStates();
    const { violations } = this.#violations;
    return { violations, allowed: this.#allowed.violations, divergent: this.#divergent, lost: this.#lost };
  }

  /** A call that was made and done with during the cut. */
  #judgeService({ machine, name, begun, done, outcome }: Call): void {
    if (begun < this.#opened || done >= this.#healed) return;
    const service: Service = serviceFor(this.#divided, this.#sideOf(machine));
    if (service === "unanswered" && answers.includes(outcome)) {
      this.#violations.add(done, `${machine} was answered ${name}, on a side of the cut that must not be answered`);
    }
    if (service === "answered" && refusals.includes(outcome)) {
      this.#violations.add(
        done,
        `${machine} gave up ${name} (${outcome!}), on a side of the cut that must be answered`,
      );
    }
  }

  /** What members executed that may have been dropped. */
  #judgeExecutions(): void {
    const end = this.#opened + this.#options.lease;
    const entered = this.#histories.stays.flatMap(({ entries }) => entries);
    for (const { machine, executions } of this.#histories.stays) {
      const side = this.#sideOf(machine);
      for (const { time, epoch, active, call } of executions) {
        if (active && !side.ringmaster && time > end && time < this.#healed) {
          this.#violations.add(time, `${machine} executed call ${call} after its lease must have ended, at ${end} ms`);
        }
        const later = entered.find((entry) => entry.epoch > epoch && entry.time < time);
        if (later === undefined) continue;
        this.#violations.add(time, `${machine} executed call ${call} of epoch ${epoch} in epoch ${later.epoch}`);
      }
    }
  }

  #judgeRepetitions(stay: Stay): void {
    const executed = new Set(this.#histories.inherited(stay));
    for (const { call, time } of stay.executions) {
      if (executed.has(call)) {
        this.#violations.add(time, `${stay.machine} executed call ${call}, which its state included already`);
      }
      executed.add(call);
    }
  }

  /** What the members have executed when all is over. */
  #judgeStates(): void {
    const present = this.#histories.stays.filter((stay) => stay.present);
    const latest = present.reduce((most, { to }) => Math.max(most, to), -Infinity);
    const states = present.map((stay) => ({ stay, executed: this.#histories.of(stay) }));
    for (const machine of new Set(this.#histories.stays.map((stay) => stay.machine))) {
      if (present.some((stay) => stay.machine === machine && stay.to === latest)) continue;
      this.#violations.add(this.#healed, `${machine} lives but is no member of epoch ${latest} in the end`);
    }
    for (const call of this.#calls.values()) {
      const lacking = states.filter(({ executed }) => !executed.has(call.key)).map(({ stay }) => stay.machine);
      if (lacking.length === 0) continue;
      if (lacking.length < states.length) {
        this.#divergent++;
        this.#report(this.#mayDiffer(call), call, `only some members have executed it; not ${lacking.join(", ")}`);
      } else if (answers.includes(call.outcome)) {
        this.#lost++;
        this.#report(this.#mayBeLost(call), call, "no member has executed it");
      }
    }
  }

  #report(allowed: boolean, { begun, machine, name, outcome = "never done" }: Call, what: string): void {
    const findings = allowed ? this.#allowed : this.#violations;
    findings.add(begun, `of ${name} by ${machine} (${outcome}) it is true in the end that ${what}`);
  }

  /**
   * Whether the call met the cut for so long that its client no longer carries it to the members that it did not reach.
   */
  #isGivenUp({ begun, done }: Call): boolean {
    return this.#meetsCut({ begun, done }) && this.#healed + this.#options.silence - begun > this.#options.carried;
  }

  #meetsCut({ begun, done }: Pick<Call, "begun" | "done">): boolean {
    const { silence } = this.#options;
    return begun < this.#healed && Math.max(done, begun + silence) > this.#opened;
  }

  /** Client goes on before all members have answered. */
  #isEarly({ outcome }: Call): boolean {
    return this.#divided.collator !== "unanimous" || !answers.includes(outcome);
  }

  #mayDiffer(call: Call): boolean {
    if (this.#divided.binding === "static") return this.#meetsCut(call);
    const { cut, rest } = this.#sides;
    const goesOn = canDropOthers(this.#divided, cut) || canDropOthers(this.#divided, rest);
    return !goesOn && this.#isEarly(call) && this.#isGivenUp(call);
  }

  /** Lost with its member: the Ringmaster dropped that member in the cut, or before it heard the member again. */
  #mayBeLost(call: Call): boolean {
    const { binding, collator, quorum } = this.#divided;
    if (binding === "static" || (collator === "majority" && quorum === "majority")) return false;
    return this.#isEarly(call) && this.#isGivenUp(call);
  }
}
