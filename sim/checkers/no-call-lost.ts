/** That no call is lost while a member lives (dissertation: a call fails only when all members are unavailable). */
import type { Address, Milliseconds } from "../../protocols/host.ts";
import type { StampedEvent } from "../trace.ts";
import { Lives } from "./lives.ts";
import { Findings, type Violation } from "./violation.ts";

export interface NoCallLostOptions {
  /** For the sentences: what brings the run about again. */
  readonly seed: string;
  /** The members of a troupe, by its ID. */
  readonly members: (troupe: number) => readonly Address[];
}

/**
 * Every call of a client that lives to the end of the trace has ended. No call has ended with "troupe-unavailable"
 * although one life of a member lasted from the start of the call to its end. The trace must go on until nothing is
 * under way.
 */
export function checkNoCallLost(trace: readonly StampedEvent[], options: NoCallLostOptions): Violation[] {
  const findings = new Findings(options.seed);
  const lives = new Lives(trace);
  interface Open {
    readonly time: Milliseconds;
    readonly client: Address;
    readonly machine: string;
    readonly name: string;
  }
  const open = new Map<string, Open>();
  for (const { time, machine, address, incarnation, event } of trace) {
    if (event.type !== "call" && event.type !== "call-done") continue;
    const key = `${address} ${incarnation} ${event.thread} ${event.path}`;
    const call = open.get(key);
    if (event.type === "call") {
      const name = `call ${event.path} of thread ${event.thread} (${event.procedure})`;
      open.set(key, { time, client: address, machine, name });
    } else if (call !== undefined) {
      open.delete(key);
      if (event.outcome !== "troupe-unavailable") continue;
      const survivor = options
        .members(event.troupe)
        .find((member) => lives.of(member).some(({ start, end }) => start <= call.time && end >= time));
      if (survivor === undefined) continue;
      findings.add(
        time,
        `${machine} gave up ${call.name}, although the member at address ${survivor} lived throughout`,
      );
    }
  }
  for (const { time, client, machine, name } of open.values()) {
    if (lives.throughout(client, time) === undefined) continue;
    findings.add(time, `${machine} made ${name}, which was never done with`);
  }
  return findings.violations;
}
