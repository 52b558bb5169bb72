/** Ends a sentence about an unknown name: `; did you mean "…"?` where a known one is near, else a full stop. */
export function didYouMean(name: string, known: readonly string[]): string {
  const ranked = known
    .map((candidate) => ({candidate, distance: editDistance(name.toLowerCase(), candidate.toLowerCase())}))
    .sort((one, other) => one.distance - other.distance);
  const [best] = ranked;
  const near = best !== undefined && best.distance <= Math.max(2, best.candidate.length / 3);
  return near ? `; did you mean "${best.candidate}"?` : '.';
}

/** How many letters must be inserted, deleted or replaced (Levenshtein). */
function editDistance(one: string, other: string): number {
  let previous = Array.from({length: other.length + 1}, (_, length) => length);
  for (let row = 1; row <= one.length; row++) {
    const current = [row];
    for (let column = 1; column <= other.length; column++) {
      const replaced = previous[column - 1]! + (one[row - 1] === other[column - 1] ? 0 : 1);
      current.push(Math.min(previous[column]! + 1, current[column - 1]! + 1, replaced));
    }
    previous = current;
  }
  return previous[other.length]!;
}
