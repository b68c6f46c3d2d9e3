/**
 * The search for the best placement: depth first over classes of machines, with forward checking and branch and bound.
 * It is exact.
 *
 * Two things keep it small. Members that can change places have the same choices; when one has tried a class, the
 * others need not (symmetry broken during search, Gent and Smith 2000). And classes that what is still open cannot tell
 * apart are interchangeable: of each such group no more machines are tried than there are members left, since in any
 * placement that uses another, one of these would be free to take its place (neighbourhood interchangeability, Freuder
 * 1991, in the state of the search).
 */
import { canHold, type Domains, type Range } from "./bounds.ts";
import { Ceiling } from "./ceiling.ts";
import { Domain } from "./domain.ts";
import type { Effort } from "./effort.ts";
import { emptyAssignment, slotsOf, type Assignment } from "./evaluate.ts";
import type { Slot } from "./formula.ts";
import { matching } from "./matching.ts";
import type { Limit } from "./limits.ts";
import type { Constraint, Problem } from "./problem.ts";

export interface Found {
  /** The class of each member's machine. */
  readonly classes: readonly number[];
  readonly kept: number;
  /** Of the objectives, each to be as small as possible. */
  readonly values: readonly number[];
}

export class Search implements Domains {
  best: Found | undefined;
  readonly #problem: Problem;
  readonly #effort: Effort;
  readonly #at: Assignment = emptyAssignment();
  /** Machines of each class that no member has. */
  readonly #free: Int32Array;
  readonly #everyone: number;
  /** Any placement will do: nothing tells two apart. */
  readonly #isAnyBest: boolean;
  readonly #ceiling: Ceiling;
  #domains: readonly Domain[] = [];

  constructor(problem: Problem, effort: Effort) {
    this.#problem = problem;
    this.#effort = effort;
    this.#free = problem.space.size.slice();
    this.#ceiling = new Ceiling(problem, this.#at, this.#free);
    this.#everyone = 2 ** problem.members - 1;
    this.#isAnyBest = problem.goals.length === 0 && !problem.present.includes(1);
  }

  /** The best placement; undefined if there is none. @throws GaveUp, when `best` is the best so far. */
  run(): Found | undefined {
    const domains = this.#roots();
    if (domains.every(({ classes }) => classes.length > 0) && this.#isOpen(domains, 0)) this.#explore(domains, 0);
    return this.best;
  }

  #roots(): Domain[] {
    const { members, allowed, present, goals, divided, orbits, space } = this.#problem;
    const parts = goals[divided]?.parts;
    const domains: Domain[] = [];
    for (let slot = 0; slot < members; slot++) {
      const first = slotsOf(orbits[slot]!)[0]!;
      if (first < slot) {
        domains.push(domains[first]!);
        continue;
      }
      const column = parts?.[slot] ?? "";
      const part = column === "" ? undefined : space.columns.get(column)!;
      const classes = [];
      for (let of = 0; of < allowed.length; of++) if ((allowed[of]! >>> slot) & 1) classes.push(of);
      classes.sort((a, b) => present[b]! - present[a]! || (part === undefined ? 0 : part[a]! - part[b]!) || a - b);
      domains.push(new Domain(this.#problem, Int32Array.from(classes)));
    }
    return domains;
  }

  range(slot: Slot, column: string): Range {
    const of = this.#at[slot]!;
    if (of < 0) return this.#domains[slot]!.range(column);
    const value = this.#problem.space.columns.get(column)![of]!;
    return value === value ? { low: value, high: value, maybe: false } : { low: 1, high: 0, maybe: true };
  }

  values(slots: readonly Slot[], column: string): number {
    const ranks = this.#problem.ranks(column);
    const seen = new Set<number>();
    for (const slot of slots) {
      const of = this.#at[slot]!;
      if (of >= 0) seen.add(ranks[of]!);
      else for (const rank of this.#domains[slot]!.values(column)) seen.add(rank);
      if (seen.size >= slots.length) return slots.length;
    }
    return seen.size;
  }

  #explore(domains: readonly Domain[], placed: number): void {
    if (placed === this.#everyone) {
      this.#arrive();
      return;
    }
    const { orbits, present } = this.#problem;
    const slot = this.#choose(domains, placed);
    const open = this.#everyone & ~placed & ~(1 << slot);
    const others = slotsOf(open).length;
    const alike = orbits[slot]! & open;
    const { groupOf, count } = this.#problem.grouping(this.#telling(slot, open));
    const tried = new Int32Array(count);
    const excluded = alike === 0 ? undefined : new Uint8Array(present.length);
    const { classes } = domains[slot]!;
    for (let i = 0; i < classes.length; i++) {
      const of = classes[i]!;
      if (tried[groupOf[of]!]! > others) continue;
      if (this.best !== undefined) {
        if (this.#isAnyBest) return;
        if (this.#isHopeless(domains, placed, slot, i)) {
          // What follows among classes of the same kind is no better.
          const kind = present[of]!;
          while (i + 1 < classes.length && present[classes[i + 1]!] === kind) i++;
          continue;
        }
      }
      this.#at[slot] = of;
      this.#free[of]!--;
      const next = this.#propagated(domains, placed | (1 << slot), slot, excluded);
      if (next !== undefined) this.#explore(next, placed | (1 << slot));
      this.#at[slot] = -1;
      this.#free[of]!++;
      tried[groupOf[of]!]! += this.#free[of]!;
      if (excluded !== undefined) excluded[of] = 1;
    }
  }

  #choose(domains: readonly Domain[], placed: number): Slot {
    let best = -1;
    let least = Infinity;
    for (let slot = 0; slot < domains.length; slot++) {
      if ((placed >>> slot) & 1) continue;
      const { length } = domains[slot]!.classes;
      if (length < least) [best, least] = [slot, length];
    }
    return best;
  }

  /** The columns of a member that constraints with open members read, and objectives. */
  #telling(slot: Slot, open: number): string[] {
    const { constraints, goals, divided } = this.#problem;
    const columns = new Set<string>();
    for (const { scope, columns: read } of constraints) {
      if ((scope >>> slot) & 1 && (scope & open) !== 0) for (const column of read[slot]!) columns.add(column);
    }
    for (const [i, { columns: read }] of goals.entries()) {
      // Candidates come in the order of this one.
      if (i !== divided) for (const column of read[slot]!) columns.add(column);
    }
    return [...columns].sort((a, b) => (a < b ? -1 : 1));
  }

  #arrive(): void {
    const { members, goals, present } = this.#problem;
    const classes = [...this.#at.subarray(0, members)];
    const values = goals.map(({ evaluate }) => evaluate(this.#at));
    if (values.some(Number.isNaN)) return;
    const kept = classes.reduce((sum, of) => sum + present[of]!, 0);
    if (!this.#isWorse(kept, values, true)) this.best = { classes, kept, values };
  }

  /** Whether this is worse than the best so far, or no better; with fewer values than there are objectives, only if it is worse by these. */
  #isWorse(kept: number, values: readonly number[], isAll: boolean): boolean {
    const { best } = this;
    if (best === undefined) return false;
    if (kept !== best.kept) return kept < best.kept;
    for (const [i, value] of values.entries()) {
      if (value !== best.values[i]) return value > best.values[i]!;
    }
    return isAll;
  }

  /** The domains after a member has been placed; undefined if nothing good can come. */
  #propagated(
    domains: readonly Domain[],
    placed: number,
    slot: Slot,
    excluded: Uint8Array | undefined,
  ): readonly Domain[] | undefined {
    const { orbits, constraints } = this.#problem;
    const touching = constraints.filter(({ scope }) => (scope >>> slot) & 1);
    const next = [...domains];
    const open = slotsOf(this.#everyone & ~placed);
    // What bounds tell before the others' domains are gone through.
    this.#domains = domains;
    this.#effort.spend(touching.length);
    for (const { scope, bound, isBounded } of touching) {
      if (isBounded && (scope & ~placed) !== 0 && !canHold(bound(this))) return undefined;
    }
    for (const other of open) {
      const first = open.find((each) => (orbits[other]! >>> each) & 1)!;
      if (first < other) next[other] = next[first]!;
      else {
        const checks = touching.filter(({ scope }) => (scope & ~placed) === 1 << other);
        const barred = (orbits[slot]! >>> other) & 1 ? excluded : undefined;
        next[other] = this.#filtered(domains[other]!, other, checks, barred);
      }
      if (next[other]!.classes.length === 0) return undefined;
    }
    return this.#isOpen(next, placed) ? next : undefined;
  }

  #filtered(domain: Domain, slot: Slot, checks: readonly Constraint[], barred: Uint8Array | undefined): Domain {
    const { classes } = domain;
    const kept = new Int32Array(classes.length);
    let count = 0;
    const columns = [...new Set(checks.flatMap((check) => check.columns[slot]!))].sort((a, b) => (a < b ? -1 : 1));
    const grouping = this.#problem.grouping(columns);
    // 0: not known yet.
    const verdicts = new Int8Array(grouping.count);
    let evaluations = 0;
    for (let i = 0; i < classes.length; i++) {
      const of = classes[i]!;
      if (this.#free[of] === 0 || (barred !== undefined && barred[of] === 1)) continue;
      const group = grouping.groupOf[of]!;
      if (verdicts[group] === 0) {
        this.#at[slot] = of;
        verdicts[group] = checks.every(({ evaluate }) => evaluate(this.#at) === 1) ? 1 : -1;
        evaluations += checks.length;
      }
      if (verdicts[group] === 1) kept[count++] = of;
    }
    this.#at[slot] = -1;
    this.#effort.spend(classes.length + 10 * evaluations);
    return count === classes.length ? domain : new Domain(this.#problem, kept.subarray(0, count));
  }

  /** Whether a placement better than the best so far may come of these domains, as far as bounds can tell. */
  #isOpen(domains: readonly Domain[], placed: number): boolean {
    const { constraints, goals, limits, divided } = this.#problem;
    this.#domains = domains;
    const open = this.#everyone & ~placed;
    if (open === 0) return true;
    for (const limit of limits) if (!this.#canKeep(limit, domains, open)) return false;
    if (!canAllDiffer(slotsOf(open).map((slot) => this.#units(domains[slot]!, domains.length)))) return false;
    for (const { scope, bound, isBounded } of constraints) {
      if (isBounded && (scope & open) !== 0 && !canHold(bound(this))) return false;
    }
    this.#effort.spend(10 * constraints.length);
    if (this.best === undefined) return true;
    const kept = this.#ceiling.keptBy(placed) + this.#ceiling.mostKept(domains, open);
    const values: number[] = [];
    if (this.#isWorse(kept, values, false)) return false;
    for (const [i, { bound }] of goals.entries()) {
      const { low, high } = bound(this);
      if (low > high) return false;
      values.push(i === divided ? Math.max(low, this.#ceiling.least(domains, placed, open) ?? low) : low);
      if (this.#isWorse(kept, values, false)) return false;
    }
    return !this.#isWorse(kept, values, true);
  }

  /** Whether there are values enough for the open members of a limit. */
  #canKeep({ scope, column, most }: Limit, domains: readonly Domain[], open: number): boolean {
    const lists = slotsOf(scope & open).map((slot) => domains[slot]!.values(column));
    if (most === 1) return canAllDiffer(lists);
    const ranks = this.#problem.ranks(column);
    const taken = new Map<number, number>();
    for (const slot of slotsOf(scope & ~open)) {
      const rank = ranks[this.#at[slot]!]!;
      taken.set(rank, (taken.get(rank) ?? 0) + 1);
    }
    const units = lists.map((list) => {
      // As many values as there are members are enough for any.
      const few = list.length >= lists.length + taken.size ? list.slice(0, lists.length + taken.size) : list;
      return few.flatMap((rank) =>
        Array.from({ length: Math.max(0, most - (taken.get(rank) ?? 0)) }, (_, unit) => rank * 32 + unit),
      );
    });
    return canAllDiffer(units);
  }

  /** Machines, by numbers of their own, as many as `most` members may need. */
  #units({ classes }: Domain, most: number): number[] {
    const units: number[] = [];
    for (let i = 0; i < classes.length && units.length < most; i++) {
      const of = classes[i]!;
      for (let unit = 0; unit < this.#free[of]! && unit < most; unit++) units.push(of * 32 + unit);
    }
    return units;
  }

  /** Whether no placement better than the best so far has this candidate in the slot, or one of its kind that comes later. */
  #isHopeless(domains: readonly Domain[], placed: number, slot: Slot, index: number): boolean {
    const { goals, divided, orbits, present } = this.#problem;
    const others = this.#everyone & ~placed & ~(1 << slot);
    const isKept = present[domains[slot]!.classes[index]!] === 1;
    // Those who can change places with the member have only what comes later: if it is none that is kept, nor will they keep any.
    const keepers = isKept ? others : others & ~orbits[slot]!;
    const kept = this.#ceiling.keptBy(placed) + (isKept ? 1 : 0) + this.#ceiling.mostKept(domains, keepers);
    if (kept !== this.best!.kept) return kept < this.best!.kept;
    this.#domains = domains;
    const values: number[] = [];
    for (let i = 0; i < divided; i++) values.push(goals[i]!.bound(this).low);
    const least = this.#ceiling.least(domains, placed, others, { slot, from: index });
    if (least !== undefined) values.push(least);
    return this.#isWorse(kept, values, values.length === goals.length);
  }
}

function canAllDiffer(lists: readonly (readonly number[])[]): boolean {
  // Who has as many choices as there are members left can choose last.
  let rest = [...lists];
  for (;;) {
    const short = rest.filter((list) => list.length < rest.length);
    if (short.length === rest.length) break;
    rest = short;
  }
  return matching(rest) === rest.length;
}
