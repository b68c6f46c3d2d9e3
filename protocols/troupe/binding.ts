/** Binding: from the name or the ID of a troupe to its members. Source: dissertation, chapter 6. */
import type { Member, Troupe, TroupeId } from "./troupe.ts";

/** The binding agent as its clients see it. A plain answer is used at once; a promise must be one of the runtime's. */
export interface Binding {
  /** The present membership of the troupe with this name; undefined if there is none. */
  lookupByName(name: string): Troupe | undefined | Promise<Troupe | undefined>;
  /** The membership with that ID. Of an earlier membership, only the members that still belong to the troupe. */
  lookupById(id: TroupeId): Troupe | undefined | Promise<Troupe | undefined>;
  /**
   * The present membership of a troupe whose binding was refused, or some of whose members seem to have crashed. The
   * crashed members are reported to the agent. Undefined if the agent does not answer or the troupe is gone. Absent:
   * this binding never changes.
   */
  rebind?(stale: Troupe, crashed: readonly Member[]): Promise<Troupe | undefined>;
}

/** A table that does not change. */
export class StaticBinding implements Binding {
  readonly #byName = new Map<string, Troupe>();
  readonly #byId = new Map<TroupeId, Troupe>();

  constructor(troupes: Iterable<Troupe> = []) {
    for (const troupe of troupes) this.add(troupe);
  }

  /**
   * Adds a troupe to the table.
   *
   * @throws RangeError if the ID or the name is taken, or a field has an impossible value
   */
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
