import type {TensorInfo} from '@tensorflow/tfjs-core';
import {type Given, inTurn, once, type Sums, sumsText, type VectorProgram} from '../programs.js';
import {type Launch, launch, type WebGpuBackend, WORKGROUP} from './program.js';
import {toWgsl} from './wgsl.js';

/** Records, or numbers, of vectors: a number of all of them, then the next one. */
export function runVectors(
  backend: WebGpuBackend,
  program: VectorProgram,
  [count, length]: readonly [count: number, length: number],
  given: Given,
): TensorInfo {
  const fields = program.records ? Object.values(program.records).flat() : ['value'];
  const lanes = program.sums ? lanesFor(program.sums.axis, length, count) : 1;
  const made = once(program, `${lanes}`, () => launchOf(program, fields, lanes));
  const sizes = {...given.sizes, COUNT: count, LENGTH: length};
  return launch(backend, made, program.records ? [fields.length, count] : [count], count * lanes, {
    ...given,
    sizes,
  });
}

function launchOf(
  {sums, body, text = '', ...rest}: VectorProgram,
  fields: readonly string[],
  lanes: number,
): Launch {
  const whole = sums ? ', partOf(row, 0)' : '';
  return {
    ...rest,
    text: `${text}${sums ? sumsText(sums) : ''}`,
    main: `
const LANES : i32 = ${lanes};

fn finish(row : i32${sums ? ', whole : Sums' : ''}) {
  ${toWgsl(body)}
  ${fields.map((name, place) => `result[${place} * COUNT + row] = ${name};`).join('\n  ')}
}
${sums && lanes > 1 ? groupText(sums) : `\nfn main(row : i32) {\n  if (row < COUNT) { finish(row${whole}); }\n}`}`,
  };
}

/** So many columns occupy a graphics processor, and it reads them side by side, as they lie in memory. */
const MANY_COLUMNS = 512;

/** How many invocations share a vector: few values, for each is a program of its own. */
function lanesFor(axis: 0 | 1, length: number, count: number): number {
  if (length <= 64 || (axis === 0 && count >= MANY_COLUMNS)) return 1;
  return length <= 1024 ? 16 : WORKGROUP;
}

/**
 * A short vector is read by one invocation, a longer one by several of a workgroup. They meet only once, and one of them does
 * the rest: renderers in software take long over a barrier.
 */
function groupText({quantities}: Sums): string {
  const loops = inTurn(quantities).map(
    (merged) => `
    for (var other = place; other < place + LANES; other++) {
      ${merged.map(({name}) => `whole.${name} = merge_${name}(whole, parts[other]);`).join('\n      ')}
    }`,
  );
  return `
var<workgroup> parts : array<Sums, ${WORKGROUP}>;

fn main(index : i32) {
  let row = index / LANES;
  let place = index % ${WORKGROUP};
  if (row < COUNT) { parts[place] = partOf(row, index % LANES); }
  workgroupBarrier();
  if (row < COUNT && index % LANES == 0) {
    var whole = noSums();${loops.join('')}
    finish(row, whole);
  }
}`;
}
