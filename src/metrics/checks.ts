/** Checks of what the metrics are given. They know nothing of tfjs, so that `tfjs-losses/metrics` works without it. */

/** A copy of the scores in ascending order: sorted once, however many are asked about. */
export function ascending(owner: string, name: string, scores: ArrayLike<number>): Float64Array {
  return scoresOf(owner, name, scores).sort();
}

/** A copy of the scores, of which there is at least one and none is NaN; ±Infinity is a score like any other. */
export function scoresOf(owner: string, name: string, scores: ArrayLike<number>): Float64Array {
  checkList(owner, name, scores, 'numbers');
  const copy = new Float64Array(scores);
  const bad = copy.findIndex(Number.isNaN);
  if (bad >= 0) {
    throw new RangeError(
      `${owner}: ${name}[${bad}] must be a number, got ${scores[bad]}; leave such examples out`,
    );
  }
  return copy;
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
