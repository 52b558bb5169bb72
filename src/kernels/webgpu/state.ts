import type {SortedTerms} from '../sortTerms.js';

/**
 * What a sweep leaves of each row, [numbers, batch]. Their meaning is that of `loops/row.ts`, but that the loss stands first,
 * and that the gradient by the true class's score is that of all terms, hinges included.
 */
const ROWS = [
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

export const STATE_SIZE = ROWS.length;

/** These names in WGSL. */
export const namesText = `
${ROWS.map((name, row) => `const ${name} : i32 = ${row};`).join('\n')}
`;

/** Where they are an input named `state`: `ofRow(MAX, row)`. */
export const stateText = `${namesText}
fn ofRow(name : i32, row : i32) -> f32 {
  return state[name * uniforms.stateShape[1] + row];
}
`;

/** The numbers that terms come with, as uniforms: `hingeWeight0`, … */
export function termUniforms({hinges, softmaxes, targets}: SortedTerms): Record<string, number> {
  return Object.fromEntries([
    ...hinges.flatMap(({weight, margin}, h) => [
      [`hingeWeight${h}`, weight],
      [`hingeMargin${h}`, margin],
    ]),
    ...softmaxes.flatMap(({weight, labelSmoothing}, s) => [
      [`softmaxWeight${s}`, weight],
      [`labelSmoothing${s}`, labelSmoothing],
    ]),
    ...targets.map(({weight}, t) => [`targetWeight${t}`, weight]),
  ]);
}
