import {STATE_ROWS} from '../gpuState.js';

/** The names of what a loss leaves of each row, in GLSL. */
export const namesText = `
${STATE_ROWS.map((name, row) => `const int ${name} = ${row};`).join('\n')}
`;
