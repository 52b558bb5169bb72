import * as metrics from 'tfjs-losses/metrics';
import {describe} from 'vitest';
import {type Mistake, rejects, wrong} from '../errors/rejects.js';

const {auroc, classAngles, confusionMatrix, equalErrorRate, expectedCalibrationError} = metrics;
const {fprAtTpr, oscr, recallAtK, rocCurve, tprAtFpr} = metrics;

const sides: Record<string, (positives: number[], negatives: number[]) => unknown> = {
  auroc,
  equalErrorRate,
  fprAtTpr,
  rocCurve,
  tprAtFpr: (positives, negatives) => tprAtFpr(positives, negatives, 0),
};

describe('the metrics of two sides', () => {
  const ofBoth: Mistake[] = Object.entries(sides).flatMap(([name, metric]) => [
    [`${name}: empty`, () => metric([], [1]), RangeError, `${name}: positives must not be empty`],
    [`${name}: the other empty`, () => metric([1], []), RangeError, `${name}: negatives must not be empty`],
    [
      `${name}: NaN`,
      () => metric([1], [0, Number.NaN]),
      RangeError,
      `${name}: negatives[1] must be a number, got NaN; leave such examples out`,
    ],
    [
      `${name}: no list`,
      () => metric(wrong({dataId: 1}), [1]),
      TypeError,
      `${name}: positives must be an array or typed array of numbers, got object; of a tensor give \`await tensor.data()\``,
    ],
  ]);
  rejects(ofBoth);
});

rejects([
  [
    'null for a number',
    () => auroc(wrong([1, null]), [1]),
    RangeError,
    'auroc: positives[1] must be a number, got null; leave such examples out',
  ],
  [
    'a string for a number',
    () => auroc([1], wrong(['0.5'])),
    RangeError,
    'auroc: negatives[0] must be a number, got 0.5; leave such examples out',
  ],
  [
    'a percentage for a judgement',
    () => oscr([1, 2], [1, 100], [1]),
    RangeError,
    'oscr: correct[1] must be true, false, 1 or 0, got 100',
  ],
  [
    'names for judgements',
    () => expectedCalibrationError([0.5, 1], wrong([true, 'cat'])),
    RangeError,
    'expectedCalibrationError: correct[1] must be true, false, 1 or 0, got cat',
  ],
  [
    'a number missing in an embedding',
    () => recallAtK(wrong([[1, null]]), ['a']),
    RangeError,
    'recallAtK: embeddings[0] must have finite numbers only; leave such examples out',
  ],
  [
    'a single embedding',
    () => recallAtK(wrong([1, 2]), ['a', 'a']),
    RangeError,
    'recallAtK: embeddings[0] must be a vector, got 1; wrap a single one in [ ]',
  ],
  [
    'the same label twice',
    () => confusionMatrix(['a', null], ['a', 'a'], ['a', null, null]),
    RangeError,
    'confusionMatrix: labels must differ, got null twice; name each class once',
  ],
  [
    'a rate above 1',
    () => fprAtTpr([1], [1], 95),
    RangeError,
    'fprAtTpr: tpr must be a number from 0 to 1, got 95',
  ],
  [
    'a missing rate',
    () => tprAtFpr([1], [1], wrong(undefined)),
    RangeError,
    'tprAtFpr: fpr must be a number from 0 to 1, got undefined',
  ],
  [
    'too few judgements',
    () => oscr([1, 2], [true], [1]),
    RangeError,
    'oscr: known and correct must be of the same length, got 2 and 1',
  ],
  ['no strangers', () => oscr([1], [true], []), RangeError, 'oscr: unknown must not be empty'],
  [
    'null',
    () => oscr(wrong(null), [true], [1]),
    TypeError,
    'oscr: known must be an array or typed array of numbers, got null; of a tensor give `await tensor.data()`',
  ],
  [
    'a logit',
    () => expectedCalibrationError([0.5, 7], [1, 1]),
    RangeError,
    'expectedCalibrationError: confidences[1] must be a probability from 0 to 1, got 7; of logits give the largest softmax',
  ],
  [
    'no bins',
    () => expectedCalibrationError([0.5], [1], 0),
    RangeError,
    'expectedCalibrationError: bins must be an integer >= 1, got 0',
  ],
  ['k = 0', () => recallAtK([[1]], ['a'], 0), RangeError, 'recallAtK: k must be an integer >= 1, got 0'],
  [
    'only hermits',
    () => recallAtK([[1], [2]], ['a', 'b']),
    RangeError,
    'recallAtK: every example is alone in its class; give at least two of a class',
  ],
  [
    'vectors of two lengths',
    () => recallAtK([[1], [1, 2]], ['a', 'a']),
    RangeError,
    'recallAtK: the vectors must be of the same length, got 1 numbers in embeddings[0] and 2 in embeddings[1]',
  ],
  [
    'numbers for vectors',
    () => classAngles(wrong([1, 2]), ['a', 'a']),
    RangeError,
    'classAngles: embeddings[0] must be a vector, got 1; wrap a single one in [ ]',
  ],
  [
    'NaN in a vector',
    () => classAngles([[Number.NaN]], ['a']),
    RangeError,
    'classAngles: embeddings[0] must have finite numbers only; leave such examples out',
  ],
  [
    'too few labels',
    () => classAngles([[1], [2]], ['a']),
    RangeError,
    'classAngles: embeddings and labels must be of the same length, got 2 and 1',
  ],
  [
    'a class that is not listed',
    () => confusionMatrix(['a'], ['b'], ['a']),
    RangeError,
    'confusionMatrix: predicted[0] must be one of the labels a, got b; add it to labels',
  ],
  ['no answers', () => confusionMatrix([], []), RangeError, 'confusionMatrix: actual must not be empty'],
]);
