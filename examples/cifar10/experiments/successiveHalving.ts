/** One rung of the ladder: this many candidates, each trained for this many epochs. */
export interface Rung {
  readonly candidates: number;
  readonly epochs: number;
}

export interface LadderOptions {
  readonly candidates: number;
  /** Of the last rung. */
  readonly epochs: number;
  /** One candidate of so many goes on to the next rung, where it trains so many times as long. */
  readonly eta: number;
}

/**
 * The rungs of successive halving (Jamieson & Talwalkar, "Non-stochastic Best Arm Identification and Hyperparameter
 * Optimization", AISTATS 2016), from the bottom: all candidates train briefly, the best of them longer, and the best of
 * those in full, so that most of the time goes to candidates that deserve it.
 */
export function ladder({candidates, epochs, eta}: LadderOptions): Rung[] {
  // The first rung trains for an epoch at least, and no rung is there for a candidate that has none beside it.
  let steps = 0;
  while (eta ** (steps + 1) <= epochs && eta ** steps < candidates) steps++;
  return Array.from({length: steps + 1}, (_, rung) => ({
    candidates: Math.ceil(candidates / eta ** rung),
    epochs: Math.round(epochs / eta ** (steps - rung)),
  }));
}

/** Climbs the ladder: `run` trains a candidate for a rung's epochs, and the highest scores go on. */
export async function successiveHalving<Candidate, Result>(
  candidates: readonly Candidate[],
  rungs: readonly Rung[],
  run: (candidate: Candidate, epochs: number) => Promise<Result>,
  score: (result: Result) => number,
): Promise<void> {
  let left = candidates;
  for (const {candidates: count, epochs} of rungs) {
    const chosen = left.slice(0, count);
    const results = await Promise.all(
      chosen.map(async (candidate) => ({candidate, result: await run(candidate, epochs)})),
    );
    results.sort((one, other) => score(other.result) - score(one.result));
    left = results.map(({candidate}) => candidate);
  }
}
