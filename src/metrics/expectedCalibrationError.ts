import {checkCount, judgementsOf, scoresOf} from './checks.js';

/**
 * Expected calibration error: the difference between confidence and accuracy, averaged over bins of equal width.
 *
 * ECE = Σ_b |B_b| / n · |accuracy(B_b) − confidence(B_b)|,  B_b: confidences in (b/bins, (b + 1)/bins], 0 in the first
 *
 * @param confidences - The probability that a model gave to its answer, from 0 to 1, for each example.
 * @param correct - For each, whether the answer was right: booleans, or 1 and 0.
 * @param bins - The number of bins, an integer ≥ 1.
 * @returns From 0 (answers with 80 % confidence are right 80 % of the time) to 1.
 * @throws RangeError if a list is empty, a confidence or judgement out of its range, or the lists are not of the same length;
 * TypeError if an argument is no list.
 *
 * @example
 * ```ts
 * import {expectedCalibrationError} from 'tfjs-losses/metrics';
 *
 * expectedCalibrationError([0.9, 0.9, 0.6, 0.6], [true, true, true, false], 10); // 0.1
 * ```
 *
 * Source: Guo et al., *On Calibration of Modern Neural Networks*, ICML 2017, equation 3.
 */
export function expectedCalibrationError(
  confidences: ArrayLike<number>,
  correct: ArrayLike<boolean> | ArrayLike<number>,
  bins = 15,
): number {
  const owner = 'expectedCalibrationError';
  const values = scoresOf(owner, 'confidences', confidences);
  const outside = values.findIndex((value) => value < 0 || value > 1);
  if (outside >= 0) {
    throw new RangeError(
      `${owner}: confidences[${outside}] must be a probability from 0 to 1, got ${values[outside]}; ` +
        'of logits give the largest softmax',
    );
  }
  const right = judgementsOf(owner, correct, ['confidences', confidences]);
  checkCount(owner, 'bins', bins);
  // In each bin, Σ (correct − confidence).
  const gaps = new Float64Array(bins);
  values.forEach((value, i) => {
    gaps[binOf(value, bins)]! += Number(right[i]) - value;
  });
  return gaps.reduce((sum, gap) => sum + Math.abs(gap), 0) / values.length;
}

/** The bin b with b/bins < value ≤ (b + 1)/bins, whatever value · bins rounds to. */
function binOf(value: number, bins: number): number {
  const about = Math.max(0, Math.ceil(value * bins) - 1);
  if (about > 0 && value <= about / bins) return about - 1;
  return value > (about + 1) / bins ? about + 1 : about;
}
