import type {SortedTerms, TermOfKind} from '../sortTerms.js';
import {inverseNormsText} from './norms.js';

/** Classes that a single invocation goes through: more at a time keep less of the processor busy, fewer leave more to merge. */
export const CHUNK = 256;

/** Something that is summed up over the classes but the true one. */
interface Quantity {
  readonly name: string;
  /** Its value for no classes. */
  readonly none: string;
  /** Takes the score s of a class, and its label if there are rows, into `value`. */
  readonly step: string;
  /** Whether the score is that over ‖W_j‖. */
  readonly isScaled?: boolean;
  /** Whether it is relative to `largest`, the largest score of the chunk, which then is found first. */
  readonly isRelative?: boolean;
  /** Takes in `part`, that of a chunk whose largest score is `largestOfPart`, while `largest` is that of all. */
  readonly merge: string;
}

/** What the terms need to be summed up. */
export function quantitiesOf(
  {hinges, softmaxes, hasPlain, hasScaled}: SortedTerms,
  classes: number,
  hasRows: boolean,
): Quantity[] {
  const isSmooth = softmaxes.some(({labelSmoothing}) => labelSmoothing > 0);
  return [
    ...(hinges.length > 0
      ? [sumOfHinges('hinge', hinges, 'excess'), sumOfHinges('violated', hinges, '1.0')]
      : []),
    ...(hasPlain ? exponentials('largest', 'sum') : []),
    ...(hasScaled ? exponentials('scaledLargest', 'scaledSum', true) : []),
    ...(isSmooth ? [shortfall('shortfall', `1.0 / ${classes}.0`, 'share')] : []),
    ...(hasRows ? [sumOf('mass', 'label'), shortfall('labelShortfall', 'label', 'mass')] : []),
  ];
}

/** Quantities that are found by one invocation. */
type Pair = readonly Quantity[];

/** In twos: a texel has room for two quantities of two rows. */
export function pairsOf(quantities: readonly Quantity[]): Pair[] {
  return [false, true].flatMap((isScaled) => {
    const alike = quantities.filter((quantity) => (quantity.isScaled ?? false) === isScaled);
    return alike.flatMap((_, index) => (index % 2 === 0 ? [alike.slice(index, index + 2)] : []));
  });
}

function sumOf(name: string, summand: string): Quantity {
  return {name, none: '0.0', step: `value += ${summand};`, merge: `${name} += part;`};
}

/** Σ (s_j − s_y + Δ) of the violated margins, or how many they are, over all hinges. */
function sumOfHinges(name: string, hinges: readonly TermOfKind<'hinge'>[], each: string): Quantity {
  const steps = hinges.map(
    (_, h) => `{
      float excess = (s - trueScore) + hingeMargin${h};
      if (excess > 0.0 || isnan(excess)) value += hingeWeight${h} * ${each};
    }`,
  );
  return {...sumOf(name, ''), step: steps.join('')};
}

/** The largest M, and Σ e^{s_j − M}. */
function exponentials(largest: string, sum: string, isScaled = false): Quantity[] {
  return [
    {
      name: largest,
      none: 'LOWEST',
      step: 'value = max(value, s);',
      merge: `${largest} = max(${largest}, part);`,
      isScaled,
    },
    {
      name: sum,
      none: '0.0',
      step: 'value += isnan(s) ? s : expOfNegative(s - largest);',
      isRelative: true,
      merge: `${sum} += part * expOfNegative(largestOfPart - ${largest});`,
      isScaled,
    },
  ];
}

/** Σ w_j·(M − s_j), where Σ w_j is `mass`: 1 at most, if these are not labels, so that no large gaps overflow. */
function shortfall(name: string, weight: string, mass: string): Quantity {
  return {
    name,
    none: '0.0',
    step: `value += massTimes(${weight}, largest - s);`,
    isRelative: true,
    merge: `${name} += part + massTimes(${mass}OfPart, largest - largestOfPart);`,
  };
}

/** A texel has the first quantity of a pair, the second, and the same of the next row. */
export function partsText(pairs: readonly Pair[], classes: number, chunks: number, hasRows: boolean): string {
  const hasScaled = pairs.flat().some(({isScaled}) => isScaled);
  return `${hasScaled ? inverseNormsText : ''}
${pairs.flatMap((pair, p) => pair.map((quantity, q) => takeText(quantity, p, q))).join('')}
float trueScoreOf(int row, int y) {
  return getScores(row, y < 0 ? 0 : y >= ${classes} ? ${classes - 1} : y);
}

void main() {
  ivec2 at = getOutputCoords();
  int part = at.y / 2;
  int pair = part / ${chunks};
  int first = (part - pair * ${chunks}) * ${CHUNK};
  int row = at.x;
  ivec2 y = ivec2(round(getClassIds(row)), round(getClassIds(row + 1)));
  vec2 trueScore = vec2(trueScoreOf(row, y.x), trueScoreOf(row + 1, y.y));
${pairs.map((pair, p) => pairText(pair, p, classes, hasRows)).join('')}
}`;
}

function takeText({step}: Quantity, p: number, q: number): string {
  return `
void take${p}${q}(inout float value, float s, float label, float largest, float trueScore) {
  ${step}
}
`;
}

/** The numbers of a texel: where they are, and of which row and class. */
const LANES = [
  ['r', 'x', 'j'],
  ['g', 'x', 'j + 1'],
  ['b', 'y', 'j'],
  ['a', 'y', 'j + 1'],
] as const;

function pairText(pair: Pair, p: number, classes: number, hasRows: boolean): string {
  const score = pair[0]!.isScaled ? 'texelOfProducts(row, j) * inverseNormsOf(j)' : 'texelOfScores(row, j)';
  const loop = (body: (s: string, label: string, row: 'x' | 'y') => string) => `
    for (int k = 0; k < ${Math.ceil(Math.min(CHUNK, classes) / 2)}; k++) {
      int j = first + 2 * k;
      if (j >= ${classes}) break;
      vec4 s = ${score};
      vec4 label = ${hasRows ? 'texelOfRows(row, j)' : 'vec4(0.0)'};${LANES.map(
        ([lane, row, j]) => `
      if (${j} < ${classes} && ${j} != y.${row}) {
        ${body(`s.${lane}`, `label.${lane}`, row)}
      }`,
      ).join('')}
    }`;
  // As they are written: those of the first row, and those of the second.
  const values = {x: ['r', 'g'], y: ['b', 'a']};
  const nones = [0, 1].map((q) => pair[q]?.none ?? '0.0').join(', ');
  return `
  if (pair == ${p}) {
    vec2 largest = vec2(LOWEST);${
      pair.some(({isRelative}) => isRelative)
        ? loop((s, _, row) => `largest.${row} = max(largest.${row}, ${s});`)
        : ''
    }
    vec4 value = vec4(${nones}, ${nones});${loop((s, label, row) =>
      pair
        .map(
          (_, q) =>
            `take${p}${q}(value.${values[row][q]}, ${s}, ${label}, largest.${row}, trueScore.${row});`,
        )
        .join('\n        '),
    )}
    setOutput(value);
  }
`;
}

/** The quantities of a row as globals, of all chunks together. */
export function mergeText(pairs: readonly Pair[], classes: number, chunks: number): string {
  const quantities = pairs.flat();
  const partOf = (name: string) => {
    const p = pairs.findIndex((pair) => pair.some((quantity) => quantity.name === name));
    return p < 0 ? undefined : `part${p}.${pairs[p]![0]!.name === name ? 'x' : 'y'}`;
  };
  const mergeOne = ({name, merge, isScaled}: Quantity) => {
    const [largest, mass] = [partOf(isScaled ? 'scaledLargest' : 'largest'), partOf('mass')];
    return `
    {
      float part = ${partOf(name)};
      ${largest ? `float largestOfPart = ${largest};` : ''}
      ${mass ? `float massOfPart = ${mass};` : ''}
      ${merge}
    }`;
  };
  const loop = (merged: readonly Quantity[]) => `
  for (int chunk = 0; chunk < ${chunks}; chunk++) {
    int first = chunk * ${CHUNK};
    int next = first + ${CHUNK} < ${classes} ? first + ${CHUNK} : ${classes};
    float shareOfPart = float(next - first - (y >= first && y < next ? 1 : 0)) / ${classes}.0;
${pairs.map((_, p) => `    vec2 part${p} = partOf(row, ${p * chunks} + chunk);`).join('\n')}${merged.map(mergeOne).join('')}
  }`;
  return `
${quantities.map(({name, none}) => `float ${name} = ${none};`).join('\n')}

vec2 partOf(int row, int part) {
  int even = row / 2 * 2;
  vec4 texel = texelOfParts(even, 2 * part);
  return row == even ? texel.rg : texel.ba;
}

void merge(int row, int y) {${loop(quantities.filter(({isRelative}) => !isRelative))}${loop(quantities.filter(({isRelative}) => isRelative))}
}
`;
}
