import type {TensorInfo} from '@tensorflow/tfjs-core';
import {
  type Given,
  inTurn,
  once,
  type Quantity,
  reads,
  type Sums,
  stepArguments,
  sumsText,
  type VectorProgram,
} from '../programs.js';
import {cellReads, LANES} from './cells.js';
import {type Launch, launch, type WebGlBackend} from './program.js';
import {hasHalfPrecision, texelsOf} from './records.js';

/** Entries of a column or row that a single invocation goes through: more keep less of the processor busy, fewer leave more to merge. */
const CHUNKS = [64, 256];

/** Where vectors are shorter, what is made of their sums sums up itself, once for each of its texels. */
const SHORT = 32;

/**
 * Records, or numbers, of vectors. A program writes four numbers an invocation, so there are two: sums over chunks of the entries, and what
 * these make.
 */
export function runVectors(
  backend: WebGlBackend,
  program: VectorProgram,
  shape: readonly [count: number, length: number],
  {inputs, numbers = [], sizes}: Given,
): TensorInfo {
  const {parts: first, whole} = once(program, `${shape}`, () => launchesOf(program, ...shape));
  const given = {inputs, numbers, sizes: {...sizes, LENGTH: shape[1], LANES: 1}};
  const parts = first && launch(backend, first, given);
  const result = launch(backend, whole, {...given, inputs: {...inputs, parts}});
  if (parts) backend.disposeIntermediateTensorInfo(parts);
  return result;
}

function launchesOf(program: VectorProgram, count: number, length: number): {parts?: Launch; whole: Launch} {
  const {sums, records, body, text = ''} = program;
  const texels = records && texelsOf(records);
  const output = texels
    ? {shape: [2 * count, 2 * texels.length], packed: true}
    : {shape: [count], packed: sums !== undefined};
  const main = (start: string) => (texels ? recordsMain(texels, start) : vectorMain(start, sums && count));
  if (!sums) return {whole: {...program, ...output, main: main(body)}};

  const all = {...program, text: `${text}${sumsText(sums)}`};
  const isShort = length * (texels?.length ?? 1) <= SHORT || (sums.areExact && hasHalfPrecision());
  if (isShort) return {whole: {...all, ...output, main: main(`Sums whole = partOf(row, 0);\n  ${body}`)}};
  const pairs = pairsOf(sums.quantities);
  const chunks = Math.ceil(length / CHUNKS[sums.axis]!);
  // Neighbours compute the same quantities, so that they take the same branches.
  const shape = [count, 2 * pairs.length * chunks];
  const merge = mergeText(pairs, chunks);
  return {
    parts: {...all, shape, packed: true, main: partsText(pairs, sums, length, chunks)},
    whole: {...all, ...output, main: `${merge}${main(`Sums whole = sumsOf(row);\n  ${body}`)}`},
  };
}

function recordsMain(texels: readonly string[][], body: string): string {
  return `
void main() {
  ivec2 at = getOutputCoords();
  int row = at.x / 2;
  ${body}
${texels.map((slots, t) => `  if (at.y == ${2 * t}) setOutput(vec4(${slots.join(', ')}));`).join('\n')}
}`;
}

/** Two numbers an invocation, of so many, where other programs read them; one for ops of tfjs, which would unpack them. */
function vectorMain(body: string, count: number | undefined): string {
  const pair = `vec4(valueOf(at), at + 1 < ${count} ? valueOf(at + 1) : 0.0, 0.0, 0.0)`;
  return `
float valueOf(int row) {
  ${body}
  return value;
}

void main() {
  int at = getOutputCoords();
  setOutput(${count ? pair : 'valueOf(at)'});
}`;
}

/** Quantities of the same entries that are found by one invocation, in twos: a texel has room for two of two vectors. */
type Pair = readonly Quantity[];

function pairsOf(quantities: readonly Quantity[]): Pair[] {
  const names = [...new Set(quantities.map(({entries}) => entries.name))];
  return names.flatMap((name) => {
    const alike = quantities.filter(({entries}) => entries.name === name);
    return alike.flatMap((_, index) => (index % 2 === 0 ? [alike.slice(index, index + 2)] : []));
  });
}

/** A texel has the first quantity of a pair, the second, and the same of the next vector. */
function partsText(pairs: readonly Pair[], sums: Sums, length: number, chunks: number): string {
  const chunk = CHUNKS[sums.axis]!;
  const steps = Math.ceil(Math.min(chunk, length) / 2);
  return `
int omittedIn(int row) {
  return int(${sums.omitted ?? '-1.0'});
}

void main() {
  ivec2 at = getOutputCoords();
  int vector = at.x;
  int part = at.y / 2;
  int pair = part / ${chunks};
  int first = (part - pair * ${chunks}) * ${chunk};
  ivec2 omitted = ivec2(omittedIn(vector), omittedIn(vector + 1));
${pairs.map((pair, p) => `  if (pair == ${p}) {${pairText(pair, sums, steps)}\n  }`).join('\n')}
}`;
}

function pairText(pair: Pair, {quantities, axis, weights}: Sums, steps: number): string {
  const {entries} = pair[0]!;
  const {ofRows, ofColumns, ofCells, values} = cellReads(entries);
  const [ofVectors, ofEntries] = axis === 1 ? [ofRows, ofColumns] : [ofColumns, ofRows];
  const [vector, entry] = axis === 1 ? ['row', 'j'] : ['j', 'row'];
  const weight = weights && reads(pair, 'weight') ? cellReads(weights) : undefined;
  /** `step` is for an entry `i` in a lane of the vector `of`, which is 0 or 1. */
  const loop = (step: (lane: string, of: 0 | 1, i: string) => string) => `
    for (int k = 0; k < ${steps}; k++) {
      int i = first + 2 * k;
      if (i >= LENGTH) break;
      int ${entry} = i;
      ${ofEntries}
      ${ofCells}
      ${weight ? `${weight.ofCells} vec4 weight = ${weight.values};` : ''}
      vec4 f = ${values};${LANES.map(({lane, row, column}) => {
        const [of, i] = axis === 1 ? [row, `i + ${column}`] : [column, `i + ${row}`];
        return `
      if (${i} < LENGTH && ${i} != omitted.${'xy'[of]}) { ${step(lane, of, i)} }`;
      }).join('')}
    }`;
  const largest = quantities.find((quantity) => quantity.entries.name === entries.name)!;
  const stepText = (name: string, result: string, lane: string, of: 0 | 1, i: string) => {
    const others = stepArguments(pair, `own.${'xy'[of]}`, `weight.${lane}`);
    return `${result} = step_${name}(${[result, i, `f.${lane}`, `largest.${'xy'[of]}`, ...others].join(', ')});`;
  };
  const findLargest = loop((lane, of, i) => stepText(largest.name, `largest.${'xy'[of]}`, lane, of, i));
  const sum = loop((lane, of, i) =>
    pair.map(({name}, q) => stepText(name, `value.${'rgba'[2 * of + q]}`, lane, of, i)).join(' '),
  );
  const nones = [0, 1].map((q) => pair[q]?.none ?? '0.0').join(', ');
  const own = ['x', 'y'].map(
    (of, v) => `${entries.name}At(row + ${v}, omitted.${of} < 0 ? 0 : omitted.${of})`,
  );
  return `
    ${pair.every((quantity) => reads([quantity], 'weight')) ? `if (omitted.x >= 0 && omitted.y >= 0) { setOutput(vec4(${nones}, ${nones})); return; }` : ''}
    int ${vector} = vector;
    ${ofVectors}
    ${reads(pair, 'own') ? `vec2 own = vec2(${own.join(', ')});` : ''}
    vec2 largest = vec2(${largest.none});${pair.some(({isRelative}) => isRelative) ? findLargest : ''}
    vec4 value = vec4(${nones}, ${nones});${sum}
    setOutput(value);`;
}

/** `sumsOf(row)`, of all chunks together. */
function mergeText(pairs: readonly Pair[], chunks: number): string {
  const reads = pairs.map((_, p) => `vec2 pair${p} = pairOf(row, ${p * chunks} + chunk);`);
  const fields = pairs.flatMap((pair, p) => pair.map(({name}, q) => `part.${name} = pair${p}.${'xy'[q]};`));
  const loops = inTurn(pairs.flat()).map(
    (merged) => `
  for (int chunk = 0; chunk < ${chunks}; chunk++) {
    Sums part = sumsIn(row, chunk);
    ${merged.map(({name}) => `whole.${name} = merge_${name}(whole, part);`).join('\n    ')}
  }`,
  );
  return `
vec2 pairOf(int row, int place) {
  int even = row / 2 * 2;
  vec4 texel = texelOfParts(even, 2 * place);
  return row == even ? texel.rg : texel.ba;
}

Sums sumsIn(int row, int chunk) {
  Sums part = noSums();
  ${[...reads, ...fields].join('\n  ')}
  return part;
}

Sums sumsOf(int row) {
  Sums whole = noSums();${loops.join('')}
  return whole;
}
`;
}
