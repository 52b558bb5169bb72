import {closest, distance} from 'fastest-levenshtein';

/** Ends a sentence about an unknown name: `; did you mean "…"?` where a known one is near, else a full stop. */
export function didYouMean(name: string, known: readonly string[]): string {
  const best = closest(name.toLowerCase(), known);
  const isNear = known.length > 0 && distance(name.toLowerCase(), best) <= Math.max(2, best.length / 3);
  return isNear ? `; did you mean "${best}"?` : '.';
}
