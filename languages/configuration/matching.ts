/** Bipartite matching: each of a few members takes one of its values, no value twice. Augmenting paths, Kuhn 1955. */

/** How many of the lists can have a value of their own at the same time. */
export function matching(lists: readonly (readonly number[])[]): number {
  const owner = new Map<number, number>();
  const augment = (list: number, visited: Set<number>): boolean => {
    for (const value of lists[list]!) {
      if (visited.has(value)) continue;
      visited.add(value);
      const other = owner.get(value);
      if (other !== undefined && !augment(other, visited)) continue;
      owner.set(value, list);
      return true;
    }
    return false;
  };
  let matched = 0;
  for (let list = 0; list < lists.length; list++) if (augment(list, new Set())) matched++;
  return matched;
}
