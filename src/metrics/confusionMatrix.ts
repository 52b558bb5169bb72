import {checkList, checkSameLength} from './checks.js';

/** The name of a class; null stands for "unknown", as in the answers of `recognize`. */
export type ClassName = string | number | null;

/** How often each class was taken for each. */
export interface ConfusionMatrix<Name extends ClassName = ClassName> {
  /** The classes, in the order of rows and columns. */
  readonly labels: readonly Name[];
  /** `counts[i][j]`: how many examples of class i were classified as class j. */
  readonly counts: readonly (readonly number[])[];
}

/**
 * Counts how often each class was predicted for each class: rows are actual classes, columns predicted ones.
 *
 * C_ij = |{k : actual_k = i, predicted_k = j}|
 *
 * @param actual - The class of each example; null for one of no known class.
 * @param predicted - The predicted class; null for "unknown".
 * @param labels - The classes, in the order wanted. Without it, those that occur: numbers by size, then names by
 * alphabet, then null.
 * @throws RangeError if a list is empty, the lists are not of the same length, a class is not among `labels`, or
 * one is there twice;
 * TypeError if an argument is no list.
 *
 * @example
 * ```ts
 * import {confusionMatrix} from 'tfjs-losses/metrics';
 *
 * const {labels, counts} = confusionMatrix(['cat', 'cat', 'dog', null], ['cat', 'dog', 'dog', 'dog']);
 * labels; // ['cat', 'dog', null]
 * counts; // [[1, 1, 0], [0, 1, 0], [0, 1, 0]]
 * ```
 */
export function confusionMatrix<Name extends ClassName>(
  actual: ArrayLike<Name>,
  predicted: ArrayLike<Name>,
  labels: readonly Name[] = namesIn(actual, predicted),
): ConfusionMatrix<Name> {
  checkList('confusionMatrix', 'actual', actual, 'classes');
  checkList('confusionMatrix', 'predicted', predicted, 'classes');
  checkSameLength('confusionMatrix', ['actual', actual], ['predicted', predicted]);
  const places = new Map(labels.map((label, place) => [label, place]));
  const twice = labels.find((label, place) => labels.indexOf(label) !== place);
  if (twice !== undefined) {
    throw new RangeError(`confusionMatrix: labels must differ, got ${twice} twice; name each class once`);
  }
  const counts = labels.map(() => labels.map(() => 0));
  for (let i = 0; i < actual.length; i++) {
    const row = placeOf(places, `actual[${i}]`, actual[i]!);
    const column = placeOf(places, `predicted[${i}]`, predicted[i]!);
    counts[row]![column]!++;
  }
  return {labels, counts};
}

function placeOf<Name extends ClassName>(places: Map<Name, number>, what: string, name: Name): number {
  const place = places.get(name);
  if (place === undefined) {
    throw new RangeError(
      `confusionMatrix: ${what} must be one of the labels ${[...places.keys()].join(', ')}, got ${name}; add it to labels`,
    );
  }
  return place;
}

function namesIn<Name extends ClassName>(...lists: readonly ArrayLike<Name>[]): Name[] {
  return [...new Set(lists.flatMap((list) => Array.from(list ?? [])))].sort(byKindAndOrder);
}

function byKindAndOrder(left: ClassName, right: ClassName): number {
  const kind = (name: ClassName) => (name === null ? 2 : Number(typeof name === 'string'));
  return kind(left) - kind(right) || Number(left! > right!) - Number(left! < right!);
}
