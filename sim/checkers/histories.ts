/**
 * The calls that the state of each member of a troupe includes, read from the trace.
 *
 * A stay is the time for which one life of a process belongs to a troupe without interruption. A process that was
 * dropped and joins again takes over the state of the other members and begins another stay. The history of a stay is
 * the calls that the given state includes, and the calls that the member executed itself.
 */
import { ringmasterName } from "../../protocols/binding/register/configuration.ts";
import type { Troupe, TroupeId } from "../../protocols/troupe/troupe.ts";
import { baseOf, epochOf, hashOfName } from "../../protocols/troupe/troupe-id.ts";
import type { Address, Milliseconds } from "../../protocols/host.ts";
import type { StampedEvent } from "../trace.ts";

export interface Execution {
  /** Thread and path. */
  readonly call: string;
  readonly time: Milliseconds;
  readonly epoch: number;
  /** False while a change of membership goes on, which lets a frozen member execute what others have. */
  readonly active: boolean;
}

export class Stay {
  readonly machine: string;
  readonly address: Address;
  /** The first and the last epoch of which the process was a member; 0 in a static table. */
  readonly from: number;
  to: number;
  frozen = false;
  /** When it entered which epoch. */
  readonly entries: { readonly epoch: number; readonly time: Milliseconds }[] = [];
  /** Whether it lives and has not been dropped when the trace ends. */
  present = true;
  readonly executions: Execution[] = [];

  constructor(machine: string, address: Address, epoch: number) {
    this.machine = machine;
    this.address = address;
    this.from = epoch;
    this.to = epoch;
  }
}

export class Histories {
  /** In the order in which they began. */
  readonly stays: readonly Stay[];
  /** Machines on which members of the Ringmaster serve. */
  readonly ringmaster: ReadonlySet<string>;
  /** Whether an ID is the troupe's, in whichever epoch. */
  readonly isOf: (id: TroupeId) => boolean;
  readonly #inherited = new Map<Stay, ReadonlySet<string>>();

  /** A troupe of a static table; or the name of one that is bound by a Ringmaster. */
  constructor(trace: Iterable<StampedEvent>, troupe: Troupe | string) {
    const stays: Stay[] = [];
    const open = new Map<string, Stay>();
    const ringmaster = new Set<string>();
    this.isOf = (id) => (typeof troupe === "string" ? baseOf(id) === hashOfName(troupe) : id === troupe.id);
    const begin = ({ machine, address, incarnation }: StampedEvent, epoch: number): Stay => {
      const stay = new Stay(machine, address, epoch);
      stays.push(stay);
      open.set(`${address} ${incarnation}`, stay);
      return stay;
    };
    for (const stamped of trace) {
      const { time, machine, address, incarnation, event } = stamped;
      const key = `${address} ${incarnation}`;
      const stay = open.get(key);
      if (event.type === "start" && typeof troupe !== "string") {
        if (troupe.members.some((member) => member.address === address)) begin(stamped, 0);
      } else if (event.type === "membership" && event.name === ringmasterName) ringmaster.add(machine);
      else if (event.type === "membership" && event.name === troupe) {
        const epoch = epochOf(event.troupe);
        if (event.state === "member") {
          const member = stay ?? begin(stamped, epoch);
          member.to = epoch;
          member.entries.push({ epoch, time });
        }
        if (stay === undefined) continue;
        stay.frozen = event.state === "frozen";
        stay.present = event.state !== "out";
        if (event.state === "out") open.delete(key);
      } else if (event.type === "end") {
        if (stay !== undefined) stay.present = false;
        open.delete(key);
      } else if (event.type === "execute" && this.isOf(event.troupe)) {
        const epoch = typeof troupe !== "string" ? 0 : epochOf(event.troupe);
        // A process that executes without a membership has a stay of its own, which a checker may judge.
        const executor = stay ?? begin(stamped, epoch);
        executor.executions.push({ call: `${event.thread} ${event.path}`, time, epoch, active: !executor.frozen });
      }
    }
    this.stays = stays;
    this.ringmaster = ringmaster;
  }

  /**
   * The calls that a newcomer's given state includes: all that a staying member of the epoch before had executed up to
   * the end of that epoch. All such members have executed the same calls by then.
   */
  inherited(stay: Stay): ReadonlySet<string> {
    const known = this.#inherited.get(stay);
    if (known !== undefined) return known;
    const donor =
      this.stays.find(({ from, to }) => from < stay.from && to >= stay.from) ??
      // Nobody has lived to enter the epoch.
      this.stays.find(({ to, frozen }) => to === stay.from - 1 && frozen);
    const calls = new Set(donor === undefined ? [] : this.inherited(donor));
    for (const { call, epoch } of donor?.executions ?? []) if (epoch < stay.from) calls.add(call);
    this.#inherited.set(stay, calls);
    return calls;
  }

  /** All that the state includes when the stay, or the trace, ends. */
  of(stay: Stay): ReadonlySet<string> {
    return new Set([...this.inherited(stay), ...stay.executions.map(({ call }) => call)]);
  }
}
