/** What an example may be, and how well that fits. */
export interface Candidate {
  /** A class. */
  readonly label: string;
  /** How well it fits: the larger, the better. */
  readonly score: number;
}

/** The best candidates for one example, best first: two of them, or as many as there are. */
export type Ranking = readonly Candidate[];

/** The two best of several rankings of the same example; of equals, the first one. */
export function merged(...rankings: readonly Ranking[]): Ranking {
  return rankings
    .flat()
    .sort((left, right) => right.score - left.score)
    .slice(0, 2);
}

/** The places of the two largest of `count` values, of equals the first ones; −1 where there is none. */
export function largestTwo(
  count: number,
  valueAt: (place: number) => number,
): [first: number, second: number] {
  let [first, second] = [-1, -1];
  let [largest, next] = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let place = 0; place < count; place++) {
    const value = valueAt(place);
    if (first < 0 || value > largest) {
      [second, next] = [first, largest];
      [first, largest] = [place, value];
    } else if (second < 0 || value > next) {
      [second, next] = [place, value];
    }
  }
  return [first, second];
}
