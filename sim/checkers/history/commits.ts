/**
 * What the members of troupes committed, judged from the trace:
 *
 * - *Same order*: there is one order of all transactions in which each member committed those that conflict by the
 *   locks they held, whichever troupe the member belongs to.
 * - *Agreement*: a transaction that one member committed, or of which a client was answered, is committed exactly once
 *   by each member that stayed up from then to the end of the trace.
 *
 * Source: dissertation, chapter 5. The trace must hold the whole run, to a moment when nothing is under way any more.
 */
import type { Address, Milliseconds } from "../../../protocols/host.ts";
import { outermost } from "../../../protocols/thread/attempt.ts";
import { areCompatible, type Mode } from "../../../protocols/transaction/locks.ts";
import { baseOf } from "../../../protocols/troupe/troupe-id.ts";
import type { StampedEvent } from "../../trace.ts";
import { Lives } from "../lives.ts";
import { Findings, type Violation } from "../violation.ts";
import { edges, Graph } from "./graph.ts";

export interface CommitOptions {
  /** For the sentences: what brings the run about again. */
  readonly seed: string;
  /** The members of a troupe, by its ID; of a troupe that changes, those that are members still. */
  readonly members: (troupe: number) => readonly Address[];
}

const modes: readonly Mode[] = ["intend-shared", "intend-exclusive", "shared", "exclusive"];
const conflicting = modes.map((mode) => modes.map((other) => !areCompatible(mode, other)));

/** The violations of the same order, ten at the most. */
export function checkCommitOrder(trace: readonly StampedEvent[], { seed }: Pick<CommitOptions, "seed">): Violation[] {
  const findings = new Findings(seed);
  const numbers = new Map<string, number>();
  const names: { readonly name: string; readonly time: Milliseconds }[] = [];
  for (const { time, event } of trace) {
    if (event.type !== "transaction" || event.outcome !== "committed") continue;
    const name = nameOf(event);
    if (numbers.has(name)) continue;
    numbers.set(name, names.length);
    names.push({ name, time });
  }
  const graph = new Graph(names.length);
  const places: { readonly machine: string; readonly object: string }[] = [];
  /** By life of a member, troupe and object: of each mode, a joint that all who have held it so far lead to. */
  const held = new Map<string, { readonly place: number; readonly joints: number[] }>();
  for (const { machine, address, incarnation, event } of trace) {
    if (event.type !== "transaction" || event.outcome !== "committed") continue;
    const number = numbers.get(nameOf(event))!;
    // Calls of one transaction may claim the same object, which does not order the transaction after itself.
    const joined: (() => void)[] = [];
    for (const { object, mode } of event.claims ?? []) {
      const key = `${address} ${incarnation} ${troupeOf(event.troupe)} ${object}`;
      let before = held.get(key);
      if (before === undefined) {
        held.set(key, (before = { place: places.length, joints: [-1, -1, -1, -1] }));
        places.push({ machine, object: object === "" ? "its module" : `object ${object.slice(1)}` });
      }
      const { place, joints } = before;
      const own = modes.indexOf(mode as Mode);
      for (const [other, joint] of joints.entries()) {
        if (joint >= 0 && conflicting[own]![other]!) graph.add(joint, number, edges.pass, place);
      }
      joined.push(() => {
        const joint = graph.joint();
        if (joints[own]! >= 0) graph.add(joints[own]!, joint, edges.pass, place);
        graph.add(number, joint, edges.order, place);
        joints[own] = joint;
      });
    }
    for (const join of joined) join();
  }
  for (const circle of graph.circles([{ kinds: edges.order }])) {
    const steps = circle.map(({ from, to, label }) => {
      const { machine, object } = places[label]!;
      return `${machine} committed ${names[from]!.name} before ${names[to]!.name} (${object})`;
    });
    findings.add(names[circle[0]!.from]!.time, `transactions were committed in different orders: ${steps.join("; ")}`);
  }
  return findings.violations;
}

/** The violations of agreement. */
export function checkAgreement(trace: readonly StampedEvent[], { seed, members }: CommitOptions): Violation[] {
  const findings = new Findings(seed);
  const lives = new Lives(trace);
  const machines = new Map<Address, string>();
  /** By troupe and whole transaction. Calls of a transaction that come to a troupe make one transaction there. */
  const decided = new Map<string, Decided>();
  const ordered = new Set<number>();
  for (const { event } of trace) if (event.type === "transaction") ordered.add(troupeOf(event.troupe));
  const of = (event: Named, time: Milliseconds): Decided => {
    const key = `${troupeOf(event.troupe)} ${nameOf(event)}`;
    const known = decided.get(key);
    if (known !== undefined) return known;
    const first = {
      name: nameOf(event),
      troupe: event.troupe,
      time: Infinity,
      begun: time,
      commits: new Map(),
      answered: "",
    };
    decided.set(key, first);
    return first;
  };
  for (const { time, machine, address, incarnation, event } of trace) {
    machines.set(address, machine);
    if (event.type === "transaction") {
      const transaction = of(event, time);
      const life = `${address} ${incarnation}`;
      const outcomes = transaction.commits;
      if (event.outcome === "undone") outcomes.set(life, outcomes.get(life) ?? 0);
      if (event.outcome !== "committed") continue;
      transaction.time = Math.min(transaction.time, time);
      transaction.troupe = event.troupe;
      const count = (outcomes.get(life) ?? 0) + 1;
      outcomes.set(life, count);
      if (count > 1) findings.add(time, `${machine} committed ${transaction.name} ${count} times`);
    } else if (
      event.type === "call-done" &&
      ordered.has(troupeOf(event.troupe)) &&
      event.path === outermost(event.path)
    ) {
      if (event.outcome !== "returned" || lives.throughout(address, time) !== incarnation) continue;
      const transaction = of(event, time);
      transaction.time = Math.min(transaction.time, time);
      transaction.answered = `${machine} was told that it returned`;
    }
  }
  for (const { name, troupe, time, begun, commits, answered } of decided.values()) {
    if (time === Infinity) continue;
    const [life] = [...commits].find(([, count]) => count > 0) ?? [];
    const who = life === undefined ? answered : `${machines.get(Number(life.split(" ")[0]))!} committed it`;
    for (const member of members(troupe)) {
      const incarnation = lives.throughout(member, begun);
      if (incarnation === undefined) continue;
      const count = commits.get(`${member} ${incarnation}`);
      if (count !== undefined && count > 0) continue;
      const machine = machines.get(member) ?? `the member at address ${member}`;
      const did = count === 0 ? "undid" : "never committed";
      findings.add(time, `${machine} was up and ${did} ${name}, although ${who}`);
    }
  }
  return findings.violations;
}

interface Named {
  readonly thread: string;
  readonly path: string;
  readonly troupe: number;
}

interface Decided {
  readonly name: string;
  /** The ID of the troupe when it was committed last. */
  troupe: number;
  /** When it was first committed or answered; infinite if it was not. */
  time: Milliseconds;
  readonly begun: Milliseconds;
  /** Commits by life of a member; 0 of one that has undone it. */
  readonly commits: Map<string, number>;
  answered: string;
}

/** The whole transaction that a call belongs to. */
function nameOf({ thread, path }: Named): string {
  return `call ${outermost(path)} of thread ${thread}`;
}

/** What all IDs of a troupe have in common. */
function troupeOf(id: number): number {
  return baseOf(id) || id;
}
