/** Checks of what the metrics are given. They know nothing of tfjs, so that `tfjs-losses/metrics` works without it. */

/** A copy of the scores in ascending order: sorted once, however many are asked about. */
export function ascending(owner: string, name: string, scores: ArrayLike<number>): Float64Array {
  return scoresOf(owner, name, scores).sort();
}

/** A copy of the scores, of which there is at least one and none is NaN; ±Infinity is a score like any other. */
export function scoresOf(owner: string, name: string, scores: ArrayLike<number>): Float64Array {
  checkList(owner, name, scores, 'numbers');
  const copy = new Float64Array(scores.length);
  for (let i = 0; i < copy.length; i++) {
    const score: unknown = scores[i];
    if (typeof score !== 'number' || Number.isNaN(score)) {
      throw new RangeError(`${owner}: ${name}[${i}] must be a number, got ${score}; leave such examples out`);
    }
    copy[i] = score;
  }
  return copy;
}

/** For each example whether it was right, of as many as another list has. */
export function judgementsOf(
  owner: string,
  correct: ArrayLike<boolean> | ArrayLike<number>,
  others: readonly [name: string, list: ArrayLike<unknown>],
): boolean[] {
  checkList(owner, 'correct', correct, 'booleans');
  checkSameLength(owner, others, ['correct', correct]);
  return Array.from(correct as ArrayLike<unknown>, (judgement, i) => {
    if (typeof judgement !== 'boolean' && judgement !== 0 && judgement !== 1) {
      throw new RangeError(`${owner}: correct[${i}] must be true, false, 1 or 0, got ${judgement}`);
    }
    return Boolean(judgement);
  });
}

/** Rejects anything but an array or typed array with at least one element. */
export function checkList(owner: string, name: string, list: ArrayLike<unknown>, elements: string): void {
  if (typeof list !== 'object' || typeof list?.length !== 'number') {
    throw new TypeError(
      `${owner}: ${name} must be an array or typed array of ${elements}, got ${list === null ? 'null' : typeof list}; ` +
        'of a tensor give `await tensor.data()`',
    );
  }
  if (list.length === 0) throw new RangeError(`${owner}: ${name} must not be empty`);
}

/** Rejects lists that do not belong together. */
export function checkSameLength(
  owner: string,
  [firstName, first]: readonly [string, ArrayLike<unknown>],
  [secondName, second]: readonly [string, ArrayLike<unknown>],
): void {
  if (first.length !== second.length) {
    throw new RangeError(
      `${owner}: ${firstName} and ${secondName} must be of the same length, got ${first.length} and ${second.length}`,
    );
  }
}

/** Rejects anything but a share from 0 to 1. */
export function checkShare(owner: string, name: string, value: number): void {
  if (!(value >= 0 && value <= 1)) {
    throw new RangeError(`${owner}: ${name} must be a number from 0 to 1, got ${value}`);
  }
}

/** Rejects anything but an integer ≥ 1. */
export function checkCount(owner: string, name: string, value: number): void {
  if (!(Number.isInteger(value) && value >= 1)) {
    throw new RangeError(`${owner}: ${name} must be an integer >= 1, got ${value}`);
  }
}
