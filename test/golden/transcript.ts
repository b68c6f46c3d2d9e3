/** A trace in lines for human eyes: what each machine did, when, and each datagram at the moment it is sent. */
import type { StampedEvent } from "../../sim/trace.ts";
import type { World } from "../../sim/world.ts";
import { describe } from "../protocols/message/scripted-net.ts";

/** Events that a datagram shows as well, or that nobody misses. */
const hidden: readonly StampedEvent["event"]["type"][] = ["message-sent", "acknowledge", "datagram-delivered", "start"];

export function transcript(trace: readonly StampedEvent[], world: World): string {
  const name = (address: number): string => world.machines[address >> 8]?.name ?? `group ${address}`;
  const widest = Math.max(...world.machines.map((machine) => machine.name.length));
  return trace
    .filter(({ event }) => !hidden.includes(event.type))
    .map(
      ({ time, machine, event }) =>
        `${time.toFixed(1).padStart(8)}  ${machine.padEnd(widest)}  ${inWords(event, name)}\n`,
    )
    .join("");
}

function inWords(event: StampedEvent["event"], name: (address: number) => string): string {
  switch (event.type) {
    case "datagram-sent":
      return `> ${name(event.to)}: ${describe(event.datagram)} (${event.datagram.length} bytes)`;
    case "datagram-dropped":
      return `lost, ${event.reason}: a datagram from ${name(event.from)}`;
    case "message-received":
      return `has ${event.kind.toUpperCase()} ${event.call} from ${name(event.from)}, ${event.bytes} bytes`;
    case "duplicate":
      return `has a duplicate of ${event.kind.toUpperCase()} ${event.call} from ${name(event.from)}`;
    case "retransmit":
      return `repeats segment ${event.segment} of ${event.kind.toUpperCase()} ${event.call} to ${name(event.to)}, attempt ${event.attempt}`;
    case "probe":
      return event.call === 0
        ? `asks whether ${name(event.to)} lives, attempt ${event.attempt}`
        : `asks ${name(event.to)} about call ${event.call}, attempt ${event.attempt}`;
    case "peer-crashed":
      return `declares ${name(event.peer)} crashed: ${event.reason}`;
    case "call":
      return `calls ${event.procedure}, ${event.path} of thread ${event.thread}, at ${event.members} members of troupe ${event.troupe}`;
    case "call-done":
      return `has the result of ${event.path} of thread ${event.thread}: ${event.outcome}`;
    case "execute":
      return `executes ${event.procedure}, ${event.path} of thread ${event.thread}`;
    case "executed":
      return `has executed ${event.path} of thread ${event.thread}: ${event.outcome}`;
    case "disagreement":
      return `finds a disagreement in ${event.path} of thread ${event.thread}`;
    case "divergence":
      return `finds that members of ${event.name} differ in ${event.field} after ${event.call}`;
    case "rebind":
      return `repeats ${event.path} of thread ${event.thread} at troupe ${event.troupe}`;
    case "membership":
      return `is ${event.state} in "${event.name}", troupe ${event.troupe}`;
    case "transaction":
      return `has ${event.path} of thread ${event.thread} ${event.outcome}, attempt ${event.attempt}`;
    case "note":
      return event.text;
    case "malformed":
      return `drops a malformed datagram from ${name(event.from)}: ${event.reason}`;
    case "partition":
    case "heal":
      return `${event.type} ${event.name}`;
    case "slow":
      return `is slower by a factor of ${event.factor}`;
    case "end":
      return `a process ends: ${event.reason}`;
    case "start":
    case "crash":
    case "restart":
    case "pause":
    case "resume":
    case "message-sent":
    case "acknowledge":
    case "datagram-delivered":
      return event.type;
  }
}
