/**
 * The number of insertions, deletions, substitutions and swaps of neighbours that turn `a` into `b` (optimal string
 * alignment: Damerau 1964, Levenshtein 1966; no letter is edited twice).
 */
export function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = last[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      let best = Math.min(substitution, last[j]! + 1, row[j - 1]! + 1);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) best = Math.min(best, beforeLast[j - 2]! + 1);
      row.push(best);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length]!;
}

/** The name that a mistyped one most likely stands for (case does not count), or undefined when none is near. */
export function nearest(mistyped: string, names: readonly string[]): string | undefined {
  const wanted = mistyped.toLowerCase();
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.floor(wanted.length / 2)) + 1;
  for (const name of names) {
    const distance = editDistance(wanted, name.toLowerCase());
    if (distance < bestDistance) {
      best = name;
      bestDistance = distance;
    }
  }
  if (best !== undefined || wanted.length < 3) return best;
  return names.find((name) => name.toLowerCase().startsWith(wanted));
}

/** ` Did you mean X?`, or nothing: the end of a sentence about an unknown name. */
export function didYouMean(mistyped: string, names: readonly string[], show = (name: string): string => name): string {
  const name = nearest(mistyped, names);
  return name === undefined ? "" : ` Did you mean ${show(name)}?`;
}
