import {STATE_ROWS} from '../gpuState.js';

/** The names of what a loss leaves of each row, in WGSL. */
export const namesText = `
${STATE_ROWS.map((name, row) => `const ${name} : i32 = ${row};`).join('\n')}
`;

/** Where they are an input named `state`: `ofRow(MAX, row)`. */
export const stateText = `${namesText}
fn ofRow(name : i32, row : i32) -> f32 {
  return state[name * uniforms.stateShape[1] + row];
}
`;
