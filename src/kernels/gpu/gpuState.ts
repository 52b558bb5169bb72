import type {SortedTerms} from './sortTerms.js';

/**
 * What a loss leaves of each row on a graphics processor. Their meaning is that of `loops/state.ts`, but that there is the
 * loss, and that the gradient by the true class's score is that of all terms, hinges included.
 */
export const STATE_ROWS = [
  'LOSS',
  'MAX',
  'FACTOR',
  'SCALED_MAX',
  'SCALED_FACTOR',
  'BY_TRUE_SCORE',
  'BY_SCALED_TRUE_SCORE',
  'BY_FEATURE_NORM',
  'BY_KERNEL_NORM',
  'BY_BIAS',
] as const;

export const STATE_SIZE = STATE_ROWS.length;

/** The numbers that terms come with, as uniforms: `hingeWeight0`, … */
export function termUniforms({hinges, softmaxes, margins}: SortedTerms): Record<string, number> {
  return Object.fromEntries([
    ...hinges.flatMap(({weight, margin}, h) => [
      [`hingeWeight${h}`, weight],
      [`hingeMargin${h}`, margin],
    ]),
    ...softmaxes.flatMap(({weight, labelSmoothing}, s) => [
      [`softmaxWeight${s}`, weight],
      [`labelSmoothing${s}`, labelSmoothing],
    ]),
    ...margins.flatMap(({weight, share}, t) => [
      [`marginWeight${t}`, weight],
      [`marginShare${t}`, share],
    ]),
  ]);
}
