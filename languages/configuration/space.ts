/** Machines in classes: those of one class are alike in all that matters, so that only their number does. */

export interface Space {
  /** How many machines each class has. */
  readonly size: Int32Array;
  /** The class of each machine. Classes are numbered in the order of their first machines. */
  readonly classOf: Int32Array;
  /** What all machines of a class have, by class. */
  readonly columns: ReadonlyMap<string, Float64Array>;
}

interface Ranked {
  readonly ranks: Int32Array;
  readonly count: number;
}

/** A column is looked at again in each question about its table. */
const known = new WeakMap<Float64Array, Ranked>();

/**
 * Values of a column, which changes no more, as numbers from 0, equal for equal values; undefined (NaN) is one value
 * too.
 */
export function ranked(column: Float64Array): Ranked {
  let ranks = known.get(column);
  if (ranks === undefined) {
    ranks = rank(column);
    known.set(column, ranks);
  }
  return ranks;
}

function rank(column: Float64Array): Ranked {
  const seen = new Map<number, number>();
  const ranks = new Int32Array(column.length);
  for (let i = 0; i < column.length; i++) {
    let rank = seen.get(column[i]!);
    if (rank === undefined) {
      rank = seen.size;
      seen.set(column[i]!, rank);
    }
    ranks[i] = rank;
  }
  return { ranks, count: seen.size };
}

/**
 * The coarsest partition of `length` things by columns: the group of each, numbered in the order of their first things.
 */
export function partition(length: number, columns: Iterable<Float64Array>): { groupOf: Int32Array; count: number } {
  let groupOf = new Int32Array(length);
  let count = Math.min(1, length);
  for (const column of columns) {
    const { ranks, count: values } = ranked(column);
    const seen = new Map<number, number>();
    const finer = new Int32Array(length);
    for (let i = 0; i < length; i++) {
      const key = groupOf[i]! * values + ranks[i]!;
      let group = seen.get(key);
      if (group === undefined) {
        group = seen.size;
        seen.set(key, group);
      }
      finer[i] = group;
    }
    groupOf = finer;
    count = seen.size;
  }
  return { groupOf, count };
}

/** Classes by the values of these columns, which are by machine. */
export function spaceOf(machines: number, columns: ReadonlyMap<string, Float64Array>): Space {
  const { groupOf: classOf, count } = partition(machines, columns.values());
  const size = new Int32Array(count);
  const first = new Int32Array(count).fill(-1);
  for (let machine = 0; machine < machines; machine++) {
    const of = classOf[machine]!;
    size[of]!++;
    if (first[of]! < 0) first[of] = machine;
  }
  const byClass = new Map<string, Float64Array>();
  for (const [name, column] of columns) {
    const values = new Float64Array(count);
    for (let of = 0; of < count; of++) values[of] = column[first[of]!]!;
    byClass.set(name, values);
  }
  return { size, classOf, columns: byClass };
}
