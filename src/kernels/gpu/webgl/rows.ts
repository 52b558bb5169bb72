import {env, type TensorInfo} from '@tensorflow/tfjs-core';
import {
  capitalized,
  type Quantity,
  quantitiesText,
  type Records,
  type RowProgram,
  readsIn,
  structText,
} from '../programs.js';
import {cellReads} from './cells.js';
import {launch, texelReader, type WebGlBackend} from './program.js';

/** Entries that a single invocation goes through: more at a time keep less of the processor busy, fewer leave more to merge. */
const CHUNK = 256;

/**
 * Records of rows. A program writes four numbers an invocation, so there are two: sums over chunks of the entries, and what these
 * make.
 */
export function runRows(backend: WebGlBackend, program: RowProgram): TensorInfo {
  const {batch, records, sums, body, text, ...source} = program;
  const pairs = pairsOf(sums?.quantities ?? []);
  const chunks = Math.ceil((sums?.length ?? 0) / CHUNK);
  const parts =
    sums &&
    launch(backend, {
      ...source,
      packed: true,
      // Neighbours compute the same quantities, so that they take the same branches.
      shape: [batch, 2 * pairs.length * chunks],
      text: `${text}${partsText(pairs, sums, chunks)}`,
    });
  const texels = Object.values(records).flatMap(texelsOf);
  const state = launch(backend, {
    ...source,
    inputs: {...source.inputs, parts},
    packed: true,
    shape: [2 * batch, 2 * texels.length],
    text: `${text}${parts ? mergeText(pairs, chunks) : ''}
void main() {
  ivec2 at = getOutputCoords();
  int row = at.x / 2;
  ${parts ? 'Sums whole = sumsOf(row);' : ''}
  ${body}
${texels.map((slots, t) => `  if (at.y == ${2 * t}) setOutput(vec4(${slots.join(', ')}));`).join('\n')}
}`,
  });
  if (parts) backend.disposeIntermediateTensorInfo(parts);
  return state;
}

/** The functions that read the records. */
export function recordsText(input: string, records: Records): string {
  let count = 0;
  return Object.entries(records)
    .map(([name, fields]) => {
      const texels = texelsOf(fields);
      const reads = texels.map((_, t) => `vec4 texel${t} = ${texelReader(input)}(2 * row, ${2 * (count + t)});`);
      count += texels.length;
      return `${structText(capitalized(name), fields)}
${capitalized(name)} ${name}Of(int row) {
  ${reads.join('\n  ')}
  return ${capitalized(name)}(${fieldsIn(fields).join(', ')});
}
`;
    })
    .join('');
}

/** A number in half precision holds integers up to 2,048 only, so that the id of a class is in two: 1024·high + low. */
function hasHalfPrecision(): boolean {
  return !env().getBool('WEBGL_RENDER_FLOAT32_ENABLED');
}

/** The numbers of the texels that fields are in, as they are written: four a texel. */
function texelsOf(fields: readonly string[]): string[][] {
  const slots = fields.flatMap((name) =>
    name === 'classId' && hasHalfPrecision()
      ? ['floor(classId / 1024.0)', 'classId - 1024.0 * floor(classId / 1024.0)']
      : [name],
  );
  const texels = Array.from({length: Math.ceil(slots.length / 4)}, (_, t) => slots.slice(4 * t, 4 * t + 4));
  return texels.map((texel) => [...texel, '0.0', '0.0', '0.0'].slice(0, 4));
}

/** The fields, as they are read from `texel0` and the next ones. */
function fieldsIn(fields: readonly string[]): string[] {
  let slot = 0;
  const next = () => `texel${Math.floor(slot / 4)}.${'rgba'[slot++ % 4]}`;
  return fields.map((name) =>
    name === 'classId' && hasHalfPrecision() ? `1024.0 * ${next()} + ${next()}` : next(),
  );
}

/** Ids on the host, in two digits; others, and those that a texture has as they are, stay. */
export function readableIds(backend: WebGlBackend, ids: TensorInfo): TensorInfo {
  const {values, texture} = backend.texData.get(ids.dataId);
  if (!hasHalfPrecision() || !values || texture) return ids;
  const digits = backend.makeTensorInfo([values.length, 2], 'float32');
  backend.texData.get(digits.dataId).values = Float32Array.from({length: 2 * values.length}, (_, place) => {
    const id = values[place >> 1]!;
    const high = Math.floor(id / 1024);
    return place % 2 === 0 ? high : id - 1024 * high;
  });
  return digits;
}

/** Quantities that are found by one invocation, in twos: a texel has room for two quantities of two rows. */
type Pair = readonly Quantity[];

function pairsOf(quantities: readonly Quantity[]): Pair[] {
  const names = [...new Set(quantities.map(({entries}) => entries.name))];
  return names.flatMap((name) => {
    const alike = quantities.filter(({entries}) => entries.name === name);
    return alike.flatMap((_, index) => (index % 2 === 0 ? [alike.slice(index, index + 2)] : []));
  });
}

/** A texel has the first quantity of a pair, the second, and the same of the next row. */
function partsText(
  pairs: readonly Pair[],
  {length, omitted}: NonNullable<RowProgram['sums']>,
  chunks: number,
): string {
  return `${quantitiesText(pairs.flat())}
int omittedIn(int row) {
  return int(${omitted});
}

void main() {
  ivec2 at = getOutputCoords();
  int part = at.y / 2;
  int pair = part / ${chunks};
  int first = (part - pair * ${chunks}) * ${CHUNK};
  int row = at.x;
  ivec2 y = ivec2(omittedIn(row), omittedIn(row + 1));
${pairs.map((pair, p) => pairText(pair, p, length)).join('')}
}`;
}

/** The numbers of a texel: where they are, and of which row and place. */
const LANES = [
  ['r', 'x', 'j'],
  ['g', 'x', 'j + 1'],
  ['b', 'y', 'j'],
  ['a', 'y', 'j + 1'],
] as const;

function pairText(pair: Pair, p: number, length: number): string {
  const {entries} = pair[0]!;
  const {ofRows, ofColumns, ofCells, values} = cellReads(entries);
  const [withOwn, withLabel] = [readsIn(pair, 'own'), readsIn(pair, 'label')];
  const loop = (body: (lane: string, row: 'x' | 'y', j: string) => string, label = '') => `
    for (int k = 0; k < ${Math.ceil(Math.min(CHUNK, length) / 2)}; k++) {
      int j = first + 2 * k;
      if (j >= ${length}) break;
      ${ofColumns}
      ${ofCells}
      vec4 f = ${values};
      ${label}${LANES.map(
        ([lane, row, j]) => `
      if (${j} < ${length} && ${j} != y.${row}) {
        ${body(lane, row, j)}
      }`,
      ).join('')}
    }`;
  // As they are written: those of the first row, and those of the second.
  const results = {x: ['r', 'g'], y: ['b', 'a']};
  const nones = [0, 1].map((q) => pair[q]?.none ?? '0.0').join(', ');
  const steps = (lane: string, row: 'x' | 'y', j: string) =>
    pair
      .map(({name}, q) => {
        const args = [j, `f.${lane}`, `largest.${row}`, withOwn ? `own.${row}` : '0.0', withLabel ? `label.${lane}` : '0.0'];
        const result = `value.${results[row][q]}`;
        return `${result} = step_${name}(${[result, ...args].join(', ')});`;
      })
      .join('\n        ');
  const own = (row: string, lane: string) => `${entries.name}At(${row}, y.${lane} < 0 ? 0 : y.${lane})`;
  return `
  if (pair == ${p}) {
    ${ofRows}
    ${withOwn ? `vec2 own = vec2(${own('row', 'x')}, ${own('row + 1', 'y')});` : ''}
    vec2 largest = vec2(LOWEST);${
      pair.some(({isRelative}) => isRelative)
        ? loop((lane, row) => `largest.${row} = max(largest.${row}, f.${lane});`)
        : ''
    }
    vec4 value = vec4(${nones}, ${nones});${loop(steps, withLabel ? 'vec4 label = texelOfLabels(row, j);' : '')}
    setOutput(value);
  }
`;
}

/** `sumsOf(row)`, of all chunks together. */
function mergeText(pairs: readonly Pair[], chunks: number): string {
  const quantities = pairs.flat();
  const places = pairs.flatMap((pair, p) => pair.map((_, q) => `part${p}.${q === 0 ? 'x' : 'y'}`));
  const loop = (merged: readonly Quantity[]) =>
    merged.length === 0
      ? ''
      : `
  for (int chunk = 0; chunk < ${chunks}; chunk++) {
    Sums part = partOf(row, chunk);
    ${merged.map(({name}) => `whole.${name} = merge_${name}(whole, part);`).join('\n    ')}
  }`;
  return `${quantitiesText(quantities)}
vec2 pairOf(int row, int place) {
  int even = row / 2 * 2;
  vec4 texel = texelOfParts(even, 2 * place);
  return row == even ? texel.rg : texel.ba;
}

Sums partOf(int row, int chunk) {
${pairs.map((_, p) => `  vec2 part${p} = pairOf(row, ${p * chunks} + chunk);`).join('\n')}
  return Sums(${places.join(', ')});
}

Sums sumsOf(int row) {
  Sums whole = Sums(${quantities.map(({none}) => none).join(', ')});${loop(
    quantities.filter(({isRelative}) => !isRelative),
  )}${loop(quantities.filter(({isRelative}) => isRelative))}
  return whole;
}
`;
}
