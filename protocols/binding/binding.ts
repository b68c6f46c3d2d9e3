/** Binding: from the name of a troupe, or its ID, to its members. */
import type { Program } from "../call/program.ts";
import type { Address } from "../host.ts";

/**
 * Stands for one incarnation of a troupe's membership: a positive safe integer. 0 is no troupe: an unreplicated client calls
 * in its own name.
 */
export type TroupeId = number;

/** A member is one life of a process: a process that runs there after a crash is not that member any more. */
export interface Member {
  readonly address: Address;
  /** Undefined in a static table, where whatever process runs at the address is the member. */
  readonly incarnation?: number;
  /** The epoch in which it came: a process that was dropped and comes back is another member. */
  readonly joined?: number;
}

export interface Troupe {
  readonly id: TroupeId;
  readonly name: string;
  /** The number under which every member exports the troupe's module. */
  readonly module: number;
  readonly members: readonly Member[];
  /** The multicast group that every member listens to, if there is one. */
  readonly group?: Address;
  /** All members have been dead or out of reach, by the judgement of the binding agent, since it last heard of any. */
  readonly lost?: boolean;
  /** The first ID since it was founded, or founded anew: the state of all before is lost. Undefined in a static table. */
  readonly founded?: TroupeId;
}

/** The binding agent as its clients see it. A plain answer is used at once; a promise must be one of the runtime's. */
export interface Binding {
  /** Called once by the program that uses this binding; an agent that is asked over the network calls through it. */
  attach?(program: Program): void;
  lookupByName(name: string): Troupe | undefined | Promise<Troupe | undefined>;
  /** Of an earlier membership, those that are members still: the others do not belong any more. */
  lookupById(id: TroupeId): Troupe | undefined | Promise<Troupe | undefined>;
  /**
   * The present membership of a troupe whose binding was refused, or some of whose members seem to have crashed: these are
   * reported. Undefined if the agent does not answer or the troupe is gone. Absent: this binding never changes.
   */
  rebind?(stale: Troupe, crashed: readonly Member[]): Promise<Troupe | undefined>;
}

export function sameMember(a: Member, b: Member): boolean {
  return a.address === b.address && a.incarnation === b.incarnation && a.joined === b.joined;
}

/** A table that does not change. */
export class StaticBinding implements Binding {
  readonly #byName = new Map<string, Troupe>();
  readonly #byId = new Map<TroupeId, Troupe>();

  constructor(troupes: Iterable<Troupe> = []) {
    for (const troupe of troupes) this.add(troupe);
  }

  /** Throws RangeError if the ID or the name is taken, or something cannot be what it should. */
  add(troupe: Troupe): Troupe {
    const { name, module, members } = troupe;
    if (!Number.isSafeInteger(troupe.id) || troupe.id < 1) {
      throw new RangeError(`troupe "${name}" has ID ${troupe.id}; expected a positive integer`);
    }
    if (!Number.isSafeInteger(module) || module < 0) {
      throw new RangeError(`troupe "${name}" has module number ${module}; expected an integer of 0 or more`);
    }
    const addresses = members.map((member) => member.address);
    const twice = addresses.find((address, index) => addresses.indexOf(address) < index);
    if (twice !== undefined) throw new RangeError(`troupe "${name}" has two members at address ${twice}`);
    if (this.#byId.has(troupe.id)) throw new RangeError(`troupe ID ${troupe.id} is taken already`);
    if (this.#byName.has(troupe.name)) throw new RangeError(`troupe name "${name}" is taken already`);
    this.#byId.set(troupe.id, troupe);
    this.#byName.set(troupe.name, troupe);
    return troupe;
  }

  lookupByName(name: string): Troupe | undefined {
    return this.#byName.get(name);
  }

  lookupById(id: TroupeId): Troupe | undefined {
    return this.#byId.get(id);
  }
}
