/** Multicast groups and their listeners. */
import type { Address } from "../../protocols/host.ts";

/** Addresses from here on name multicast groups. */
export const firstGroup = 2 ** 30;

export class Groups<Member> {
  private readonly groups: Member[][] = [];

  /** The address of a fresh group. */
  add(): Address {
    return firstGroup + this.groups.push([]) - 1;
  }

  /** In the order in which they joined. Throws RangeError if there is no such group. */
  members(group: Address): readonly Member[] {
    return this.list(group);
  }

  join(group: Address, member: Member): void {
    const members = this.list(group);
    if (!members.includes(member)) members.push(member);
  }

  leave(group: Address, member: Member): void {
    const members = this.list(group);
    const at = members.indexOf(member);
    if (at >= 0) members.splice(at, 1);
  }

  private list(group: Address): Member[] {
    const members = this.groups[group - firstGroup];
    if (members === undefined) throw new RangeError(`address ${group}: no multicast group has this address`);
    return members;
  }
}
