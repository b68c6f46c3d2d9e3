/**
 * How many members of a troupe are up, in the long run, if buildings, racks and machines fail and are repaired independently, and what
 * fails takes down all that is in it. Of each building and rack only its unavailability matters (alternating renewal processes).
 */

export interface Unavailabilities {
  readonly machine: number;
  readonly rack: number;
  readonly building: number;
}

/** Where a member is. */
export interface Site {
  readonly building: string;
  /** Of its building. */
  readonly rack: string;
}

/** By the number of members that are up, from 0: the probability. */
export function membersUp(sites: readonly Site[], down: Unavailabilities): number[] {
  const within = <K extends keyof Site>(members: readonly Site[], key: K): readonly (readonly Site[])[] => {
    const groups = new Map<string, Site[]>();
    for (const site of members) groups.set(site[key], [...(groups.get(site[key]) ?? []), site]);
    return [...groups.values()];
  };
  const machine = [down.machine, 1 - down.machine];
  const rack = (members: readonly Site[]): number[] => shared(down.rack, all(members.map(() => machine)));
  const building = (members: readonly Site[]): number[] =>
    shared(down.building, all(within(members, "rack").map(rack)));
  return all(within(sites, "building").map(building));
}

/** The probability that fewer are up than are needed. */
export function unavailability(sites: readonly Site[], needed: number, down: Unavailabilities): number {
  return membersUp(sites, down)
    .slice(0, needed)
    .reduce((sum, probability) => sum + probability, 0);
}

/** Independent numbers, added: the distribution of their sum. */
function all(parts: readonly (readonly number[])[]): number[] {
  let sum = [1];
  for (const part of parts) {
    const next = Array.from({ length: sum.length + part.length - 1 }, () => 0);
    for (const [i, a] of sum.entries()) for (const [j, b] of part.entries()) next[i + j]! += a * b;
    sum = next;
  }
  return sum;
}

/** What is in something that is down with this probability. */
function shared(down: number, inside: readonly number[]): number[] {
  return inside.map((probability, up) => (up === 0 ? down : 0) + (1 - down) * probability);
}
