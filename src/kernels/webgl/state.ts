import {STATE_ROWS} from '../gpuState.js';

/** Texels that a row's state takes, four numbers each. */
export const STATE_TEXELS = Math.ceil(STATE_ROWS.length / 4);

/** The shape of the state, as tfjs counts: texels are two by two. */
export function stateShape(batch: number): [number, number] {
  return [2 * batch, 2 * STATE_TEXELS];
}

/** The state of a row, from the input `state`: `MAX(stateOf(row))`. What is not used of it is not read either. */
export const stateText = `
${STATE_ROWS.map((name, index) => `#define ${name}(state) state[${index >> 2}][${index & 3}]`).join('\n')}

mat4 stateOf(int row) {
  return mat4(${Array.from({length: 4}, (_, texel) =>
    texel < STATE_TEXELS ? `texelOfState(2 * row, ${2 * texel})` : 'vec4(0.0)',
  ).join(', ')});
}
`;
