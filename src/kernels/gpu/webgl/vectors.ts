import type {TensorInfo} from '@tensorflow/tfjs-core';
import {
  type Given,
  inTurn,
  once,
  type Quantity,
  reads,
  type Sums,
  sumsText,
  type VectorProgram,
} from '../programs.js';
import {cellReads} from './cells.js';
import {type Launch, launch, type WebGlBackend} from './program.js';
import {texelsOf} from './records.js';

/** Entries of a column or row that a single invocation goes through: more keep less of the processor busy, fewer leave more to merge. */
const CHUNKS = [64, 256];

/** Where vectors are shorter, what is made of their sums sums up itself, once for each of its texels. */
const SHORT = 32;

/**
 * Records, or numbers, of vectors. A program writes four numbers an invocation, so there are two: sums over chunks of the entries, and what
 * these make.
 */
export function runVectors(backend: WebGlBackend, program: VectorProgram, given: Given): TensorInfo {
  const {parts: first, whole} = once(program, 'webgl', () => launchesOf(program));
  const parts = first && launch(backend, first, given);
  const result = launch(backend, whole, parts ? {...given, inputs: {...given.inputs, parts}} : given);
  if (parts) backend.disposeIntermediateTensorInfo(parts);
  return result;
}

function launchesOf({count, sums, records, body, text = '', ...rest}: VectorProgram): {
  parts?: Launch;
  whole: Launch;
} {
  const texels = records && texelsOf(records);
  const mainText = (whole: string) => {
    const start = `${whole}
  ${body}`;
    if (texels) {
      return `
void main() {
  ivec2 at = getOutputCoords();
  int row = at.x / 2;
  ${start}
${texels.map((slots, t) => `  if (at.y == ${2 * t}) setOutput(vec4(${slots.join(', ')}));`).join('\n')}
}`;
    }
    // Two numbers an invocation where other programs read them; one for ops of tfjs, which would unpack them.
    const write = sums
      ? `setOutput(vec4(valueOf(at), at + 1 < ${count} ? valueOf(at + 1) : 0.0, 0.0, 0.0));`
      : 'setOutput(valueOf(at));';
    return `
float valueOf(int row) {
  ${start}
  return value;
}

void main() {
  int at = getOutputCoords();
  ${write}
}`;
  };
  const output = texels
    ? {shape: [2 * count, 2 * texels.length], packed: true}
    : {shape: [count], packed: sums !== undefined};
  if (!sums) return {whole: {...rest, ...output, text, main: mainText('')}};

  const sizes = {...rest.sizes, LENGTH: sums.length, LANES: 1};
  const all = {...rest, sizes, text: `${text}${sumsText(sums)}`};
  if (sums.length * (texels?.length ?? 1) <= SHORT) {
    return {whole: {...all, ...output, main: mainText('Sums whole = partOf(row, 0);')}};
  }
  const pairs = pairsOf(sums.quantities);
  const chunk = CHUNKS[sums.axis]!;
  const chunks = Math.ceil(sums.length / chunk);
  return {
    // Neighbours compute the same quantities, so that they take the same branches.
    parts: {
      ...all,
      packed: true,
      shape: [count, 2 * pairs.length * chunks],
      main: partsText(pairs, sums, chunk, chunks),
    },
    whole: {...all, ...output, main: `${mergeText(pairs, chunks)}${mainText('Sums whole = sumsOf(row);')}`},
  };
}

/** Quantities that are found by one invocation, in twos: a texel has room for two quantities of two vectors. */
type Pair = readonly Quantity[];

function pairsOf(quantities: readonly Quantity[]): Pair[] {
  const names = [...new Set(quantities.map(({entries}) => entries.name))];
  return names.flatMap((name) => {
    const alike = quantities.filter(({entries}) => entries.name === name);
    return alike.flatMap((_, index) => (index % 2 === 0 ? [alike.slice(index, index + 2)] : []));
  });
}

/** A texel has the first quantity of a pair, the second, and the same of the next vector. */
function partsText(pairs: readonly Pair[], sums: Sums, chunk: number, chunks: number): string {
  const {omitted} = sums;
  return `
${omitted ? `int omittedIn(int row) {\n  return int(${omitted});\n}\n` : ''}
void main() {
  ivec2 at = getOutputCoords();
  int vector = at.x;
  int part = at.y / 2;
  int pair = part / ${chunks};
  int first = (part - pair * ${chunks}) * ${chunk};
  ${omitted ? 'ivec2 y = ivec2(omittedIn(vector), omittedIn(vector + 1));' : ''}
${pairs.map((pair, p) => pairText(pair, p, sums, chunk)).join('')}
}`;
}

/** The numbers of a texel in a matrix whose rows are the vectors: where they are, of which vector and entry. */
const LANES = [
  ['r', 'x', 'i'],
  ['g', 'x', 'i + 1'],
  ['b', 'y', 'i'],
  ['a', 'y', 'i + 1'],
] as const;

/** And if it is the columns, of which the second and third number change places. */
const TRANSPOSED: Readonly<Record<string, string>> = {r: 'r', g: 'b', b: 'g', a: 'a'};

function pairText(pair: Pair, p: number, {quantities, axis, length, omitted}: Sums, chunk: number): string {
  const {entries} = pair[0]!;
  const largest = quantities.find((quantity) => quantity.entries.name === entries.name)!;
  const {ofRows, ofColumns, ofCells, values} = cellReads(entries);
  const [ofVectors, ofEntries] = axis === 1 ? [ofRows, ofColumns] : [ofColumns, ofRows];
  const [vector, entry] = axis === 1 ? ['row', 'j'] : ['j', 'row'];
  const [withOwn, withMass] = [reads(pair, 'own'), reads(pair, 'mass')];
  type Body = (lane: string, vector: 'x' | 'y', i: string) => string;
  const loop = (body: Body, label = '') => `
    for (int k = 0; k < ${Math.ceil(Math.min(chunk, length) / 2)}; k++) {
      int i = first + 2 * k;
      if (i >= LENGTH) break;
      int ${entry} = i;
      ${ofEntries}
      ${ofCells}
      vec4 f = ${values};
      ${label}${LANES.map(
        ([lane, of, i]) => `
      if (${i} < LENGTH${omitted ? ` && ${i} != y.${of}` : ''}) {
        ${body(axis === 1 ? lane : TRANSPOSED[lane]!, of, i)}
      }`,
      ).join('')}
    }`;
  // As they are written: those of the first vector, and those of the second.
  const results = {x: ['r', 'g'], y: ['b', 'a']};
  const steps: Body = (lane, of, i) =>
    pair
      .map(({name}, q) => {
        const value = `value.${results[of][q]}`;
        const others = [withOwn ? `own.${of}` : '0.0', withMass ? `massOf(label.${lane})` : '0.0'];
        return `${value} = step_${name}(${[value, i, `f.${lane}`, `largest.${of}`, ...others].join(', ')});`;
      })
      .join('\n        ');
  const stepOfLargest: Body = (lane, of, i) =>
    `largest.${of} = step_${largest.name}(largest.${of}, ${i}, f.${lane}, 0.0, 0.0, 0.0);`;
  const isRelative = pair.some((quantity) => quantity.isRelative);
  const nones = [0, 1].map((q) => pair[q]?.none ?? '0.0').join(', ');
  const own = (row: string, lane: string) => `${entries.name}At(${row}, y.${lane} < 0 ? 0 : y.${lane})`;
  return `
  if (pair == ${p}) {
    int ${vector} = vector;
    ${ofVectors}
    ${withOwn ? `vec2 own = vec2(${own('row', 'x')}, ${own('row + 1', 'y')});` : ''}
    vec2 largest = vec2(${largest.none});${isRelative ? loop(stepOfLargest) : ''}
    vec4 value = vec4(${nones}, ${nones});${loop(steps, withMass ? 'vec4 label = texelOfLabels(row, j);' : '')}
    setOutput(value);
  }
`;
}

/** `sumsOf(row)`, of all chunks together. */
function mergeText(pairs: readonly Pair[], chunks: number): string {
  const places = pairs.flatMap((pair, p) =>
    pair.map(({name}, q) => `part.${name} = pair${p}.${q === 0 ? 'x' : 'y'};`),
  );
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
${pairs.map((_, p) => `  vec2 pair${p} = pairOf(row, ${p * chunks} + chunk);`).join('\n')}
  ${places.join('\n  ')}
  return part;
}

Sums sumsOf(int row) {
  Sums whole = noSums();${loops.join('')}
  return whole;
}
`;
}
