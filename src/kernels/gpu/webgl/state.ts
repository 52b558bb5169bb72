/**
 * What a loss leaves of each row, four numbers a texel: those of the scores, those of the scores over ‖W_j‖, and those that no
 * gradient by scores needs again. The first two have the id of the class with them, −1 for none, so that either is read alone. Everything is
 * NaN where the label names no class or the loss is NaN.
 */
export const STATE_TEXELS = [
  ['MAX', 'FACTOR', 'BY_TRUE_SCORE', 'CLASS'],
  ['SCALED_MAX', 'SCALED_FACTOR', 'BY_SCALED_TRUE_SCORE', 'CLASS'],
  ['LOSS', 'BY_FEATURE_NORM', 'BY_KERNEL_NORM', 'BY_BIAS'],
] as const;

/** The shape of the state, as tfjs counts: a texel is two by two. */
export function stateShape(batch: number): [number, number] {
  return [2 * batch, 2 * STATE_TEXELS.length];
}

/** The functions `stateOf`, `scaledStateOf` and `resultOf` read a row's texels, of which `MAX` and the others are components. */
export const stateText = `
${STATE_TEXELS.flatMap((names) => names.map((name, lane) => `#define ${name} ${'rgba'[lane]}`)).join('\n')}

vec4 stateOf(int row) { return texelOfState(2 * row, 0); }
vec4 scaledStateOf(int row) { return texelOfState(2 * row, 2); }
vec4 resultOf(int row) { return texelOfState(2 * row, 4); }
`;
