/**
 * Exactly-once execution at all replicas (dissertation, replicated procedure call), judged from the trace alone:
 *
 * - one life of a member executes a replicated call, named by thread and path, at most once;
 * - nothing is executed that no client called;
 * - a call that was answered was executed by every member that stayed up from the call to the end of the trace, if a
 *   client that got the answer, and that the member does not refuse, stayed up as well, to see to it that late members
 *   get the call;
 * - a call that failed definitely at every client that made it was executed by nobody.
 *
 * The trace must hold the whole run, to a moment when nothing is under way any more.
 */
import { errorTable, type CallErrorKind } from "../../protocols/errors.ts";
import type { Address, Milliseconds } from "../../protocols/host.ts";
import type { StampedEvent } from "../trace.ts";
import { Lives } from "./lives.ts";
import { Findings, type Violation } from "./violation.ts";

export interface ExactlyOnceOptions {
  /** For the sentences: what brings the run about again. */
  readonly seed: string;
  /** The members of a troupe, by its ID. */
  readonly members: (troupe: number) => readonly Address[];
  /**
   * Whether a member that a client of the call declared crashed need not have executed it: right where members can be
   * cut off for longer than the protocol is patient. Default: false.
   */
  readonly excuseSuspects?: boolean;
  /**
   * Whether a member takes no CALL of that life of a client, so that the client cannot see to it that the member
   * executes its calls. Default: never.
   */
  readonly refuses?: (member: Address, client: Address, incarnation: number) => boolean;
}

/** One client member's part in a replicated call. */
interface Attempt {
  readonly client: Address;
  readonly incarnation: number;
  readonly time: Milliseconds;
  /** Undefined while it is under way. */
  outcome: string | undefined;
  done: Milliseconds;
}

interface Call {
  readonly name: string;
  readonly troupe: number;
  readonly procedure: string;
  readonly attempts: Attempt[];
  /** Executions by member and incarnation. */
  readonly executions: Map<string, number>;
}

export function checkExactlyOnce(trace: readonly StampedEvent[], options: ExactlyOnceOptions): Violation[] {
  const findings = new Findings(options.seed);
  const calls = new Map<string, Call>();
  const suspects = new Set<string>();
  const machines = new Map<Address, string>();
  for (const stamped of trace) {
    const { time, machine, address, incarnation, event } = stamped;
    machines.set(address, machine);
    if (event.type === "peer-crashed") suspects.add(`${address} ${event.peer}`);
    if (event.type !== "call" && event.type !== "call-done" && event.type !== "execute") continue;
    const key = `${event.thread} ${event.path}`;
    const call = calls.get(key);
    if (event.type === "call") {
      const attempt = { client: address, incarnation, time, outcome: undefined, done: Infinity };
      if (call !== undefined) call.attempts.push(attempt);
      else {
        const name = `call ${event.path} of thread ${event.thread} (${event.procedure})`;
        const { troupe, procedure } = event;
        calls.set(key, { name, troupe, procedure, attempts: [attempt], executions: new Map() });
      }
    } else if (call === undefined) {
      findings.add(
        time,
        `${machine} has an event "${event.type}" of call ${event.path} of thread ${event.thread}, which nobody made`,
      );
    } else if (event.type === "execute") {
      const executor = `${address} ${incarnation}`;
      const count = (call.executions.get(executor) ?? 0) + 1;
      call.executions.set(executor, count);
      if (count > 1) findings.add(time, `${machine} executed ${call.name} ${count} times`);
    } else {
      const attempt = call.attempts.findLast((each) => each.client === address && each.incarnation === incarnation);
      if (attempt !== undefined) Object.assign(attempt, { outcome: event.outcome, done: time });
    }
  }
  const lives = new Lives(trace);
  for (const call of calls.values()) {
    checkComplete(call, lives, machines, suspects, options, findings);
    checkRefused(call, findings);
  }
  return findings.violations;
}

function checkComplete(
  call: Call,
  lives: Lives,
  machines: ReadonlyMap<Address, string>,
  suspects: ReadonlySet<string>,
  { members, excuseSuspects = false, refuses = () => false }: ExactlyOnceOptions,
  findings: Findings,
): void {
  const lasting = call.attempts.filter(
    ({ client, incarnation, outcome, done }) =>
      wasAnswered(outcome, call) && lives.throughout(client, done) === incarnation,
  );
  if (lasting.length === 0) return;
  const begun = call.attempts.reduce((first, { time }) => Math.min(first, time), Infinity);
  for (const member of members(call.troupe)) {
    const incarnation = lives.throughout(member, begun);
    if (incarnation === undefined || call.executions.has(`${member} ${incarnation}`)) continue;
    if (excuseSuspects && call.attempts.some(({ client }) => suspects.has(`${client} ${member}`))) continue;
    const first = lasting.find(({ client, incarnation }) => !refuses(member, client, incarnation));
    if (first === undefined) continue;
    findings.add(
      first.done,
      `${machines.get(member) ?? member} was up but never executed ${call.name}, which was answered`,
    );
  }
}

/** An error that a client raised may come from collating its arguments: only an execution shows that it did not. */
function wasAnswered(outcome: string | undefined, call: Call): boolean {
  return outcome === "returned" || outcome === "all replies" || (outcome === "raised" && call.executions.size > 0);
}

function checkRefused({ name, attempts, executions }: Call, findings: Findings): void {
  if (executions.size === 0 || !attempts.every(({ outcome }) => isDefinite(outcome))) return;
  const { outcome, done } = attempts[0]!;
  findings.add(done, `${name} was executed, although it failed definitely (${outcome!})`);
}

function isDefinite(outcome: string | undefined): boolean {
  return outcome !== undefined && Object.hasOwn(errorTable, outcome) && errorTable[outcome as CallErrorKind].definite;
}
