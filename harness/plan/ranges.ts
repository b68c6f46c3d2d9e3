/** Numbers of replications in few words: `0..3,7`. */

/** @param numbers - whole, in any order, each once. */
export function showRanges(numbers: Iterable<number>): string {
  const spans: [first: number, last: number][] = [];
  for (const number of [...numbers].sort((a, b) => a - b)) {
    const last = spans.at(-1);
    if (last?.[1] === number - 1) last[1] = number;
    else spans.push([number, number]);
  }
  return spans.map(([first, last]) => (first === last ? `${first}` : `${first}..${last}`)).join(",");
}

/** Reads the output of `showRanges`. */
export function readRanges(text: string): number[] {
  if (text === "") return [];
  return text.split(",").flatMap((span) => {
    const [first, last = first] = span.split("..").map(Number);
    return Array.from({ length: last! - first! + 1 }, (_, i) => first! + i);
  });
}
