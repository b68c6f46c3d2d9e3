/**
 * How many members of a troupe are up, in the long run, if buildings, racks and machines fail and are repaired
 * independently, and a failed building or rack takes down everything in it. Only the unavailability of each building,
 * rack and machine matters (alternating renewal processes).
 */

export interface Unavailabilities {
  readonly machine: number;
  readonly rack: number;
  readonly building: number;
}

/** The position of a member. */
export interface Site {
  readonly building: string;
  /** Name of the rack within the building. */
  readonly rack: string;
}

/** `membersUp(...)[k]`: the probability that exactly k members are up. */
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

/** The probability that fewer than `needed` members are up. */
export function unavailability(sites: readonly Site[], needed: number, down: Unavailabilities): number {
  return membersUp(sites, down)
    .slice(0, needed)
    .reduce((sum, probability) => sum + probability, 0);
}

/** The distribution of the sum of independent numbers: the convolution of `parts`. */
function all(parts: readonly (readonly number[])[]): number[] {
  let sum = [1];
  for (const part of parts) {
    const next = Array.from({ length: sum.length + part.length - 1 }, () => 0);
    for (const [i, a] of sum.entries()) for (const [j, b] of part.entries()) next[i + j]! += a * b;
    sum = next;
  }
  return sum;
}

/** The distribution of the members up in a building or rack that is itself down with probability `down`. */
function shared(down: number, inside: readonly number[]): number[] {
  return inside.map((probability, up) => (up === 0 ? down : 0) + (1 - down) * probability);
}
