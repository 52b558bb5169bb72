import type {TensorInfo} from '@tensorflow/tfjs-core';
import {marginEffect} from '../../margin.js';
import type {GpuInputs, ProductSources} from '../gpu.js';
import {STATE_ROWS, STATE_SIZE, termUniforms} from '../gpuState.js';
import {shaderText} from '../shaderText.js';
import type {SortedTerms, TermOfKind} from '../sortTerms.js';
import {launch, type WebGlBackend} from './program.js';
import {namesText} from './state.js';

/** Classes that a single invocation goes through: more at a time keep less of the processor busy, fewer leave more to merge. */
const CHUNK = 1024;

/**
 * Losses and state, as one tensor. The formulas are those of `loops/loss.ts`. A program writes one number an invocation, so
 * there are two: sums over chunks of the classes, and what these make.
 */
export function computeState(
  backend: WebGlBackend,
  inputs: GpuInputs,
  terms: SortedTerms,
  sources?: ProductSources,
): TensorInfo {
  const [batch, classes] = inputs.scores.shape as [number, number];
  const hasRows = inputs.rows !== undefined;
  const quantities = quantitiesOf(terms, classes, hasRows);
  const chunks = Math.ceil(classes / CHUNK);
  const uniforms = termUniforms(terms);
  const parts = launch(backend, {
    inputs: {...inputs},
    uniforms,
    // Neighbours compute the same quantity, so that they take the same branches.
    shape: [quantities.length * batch, chunks],
    text: partsText(quantities, batch, classes),
  });
  const state = launch(backend, {
    inputs: {...inputs, ...sources, parts},
    uniforms,
    shape: [STATE_SIZE, batch],
    text: `${namesText}${mergeText(quantities, batch, classes, chunks)}${stateText(terms, classes, hasRows, sources)}`,
  });
  backend.disposeIntermediateTensorInfo(parts);
  return state;
}

/** The losses, which the state begins with. */
export function lossesOf(backend: WebGlBackend, state: TensorInfo): TensorInfo {
  return launch(backend, {
    inputs: {state},
    shape: [state.shape[1]!],
    text: 'void main() { setOutput(getState(0, getOutputCoords())); }',
  });
}

/** Something that is summed up over the classes but the true one. */
interface Quantity {
  readonly name: string;
  /** Its value for no classes. */
  readonly none: string;
  /** Takes in the score s of class j. */
  readonly step: string;
  /** What the score is, if not the score itself. */
  readonly score?: string;
  /** Whether it is relative to `largest`, the largest score of the chunk, which then is found first. */
  readonly isRelative?: boolean;
  /** Takes in `part`, that of a chunk whose largest score is `largestOfPart`, while `largest` is that of all. */
  readonly merge: string;
}

function quantitiesOf(
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
    ...(hasScaled ? exponentials('scaledLargest', 'scaledSum', SCALED_SCORE) : []),
    ...(isSmooth ? [shortfall('shortfall', `1.0 / ${classes}.0`, 'share')] : []),
    ...(hasRows
      ? [sumOf('mass', 'getRows(row, j)'), shortfall('labelShortfall', 'getRows(row, j)', 'mass')]
      : []),
  ];
}

const SCALED_SCORE = 'getProducts(row, j) * reciprocal(getKernelNorms(j))';

function sumOf(name: string, summand: string): Quantity {
  return {name, none: '0.0', step: `value += ${summand};`, merge: `${name} += part;`};
}

/** Σ (s_j − s_y + Δ) of the violated margins, or how many they are, over all hinges. */
function sumOfHinges(name: string, hinges: readonly TermOfKind<'hinge'>[], each: string): Quantity {
  const steps = hinges.map(
    (_, h) => `{
      float excess = s - (trueScore - hingeMargin${h});
      if (excess > 0.0 || isnan(excess)) value += hingeWeight${h} * ${each};
    }`,
  );
  return {...sumOf(name, ''), step: steps.join('')};
}

/** The largest M, and Σ e^{s_j − M}. */
function exponentials(largest: string, sum: string, score?: string): Quantity[] {
  const scored = score === undefined ? {} : {score};
  return [
    {
      name: largest,
      none: 'LOWEST',
      step: 'value = max(value, s);',
      merge: `${largest} = max(${largest}, part);`,
      ...scored,
    },
    {
      name: sum,
      none: '0.0',
      step: 'value += isnan(s) ? s : expOfNegative(s - largest);',
      isRelative: true,
      merge: `${sum} += part * expOfNegative(largestOfPart - ${largest});`,
      ...scored,
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

function partsText(quantities: readonly Quantity[], batch: number, classes: number): string {
  return `
void main() {
  ivec2 at = getOutputCoords();
  int quantity = at.x / ${batch};
  int row = at.x - quantity * ${batch};
  int first = at.y * ${CHUNK};
  int y = int(round(getClassIds(row)));
  float trueScore = getScores(row, y < 0 ? 0 : y >= ${classes} ? ${classes - 1} : y);
${quantities.map((quantity, index) => partText(quantity, index, classes)).join('')}
}`;
}

function partText(
  {none, step, isRelative, score = 'getScores(row, j)'}: Quantity,
  index: number,
  classes: number,
): string {
  const loop = (body: string) => `
    for (int k = 0; k < ${Math.min(CHUNK, classes)}; k++) {
      int j = first + k;
      if (j >= ${classes}) break;
      if (j == y) continue;
      float s = ${score};
      ${body}
    }`;
  return `
  if (quantity == ${index}) {${
    isRelative
      ? `
    float largest = LOWEST;${loop('largest = max(largest, s);')}`
      : ''
  }
    float value = ${none};${loop(step)}
    setOutput(value);
  }
`;
}

/** The quantities of a row as globals, of all chunks together. */
function mergeText(quantities: readonly Quantity[], batch: number, classes: number, chunks: number): string {
  const indexOf = (name: string) => quantities.findIndex((quantity) => quantity.name === name);
  const partOf = (name: string) => `getParts(${indexOf(name) * batch} + row, chunk)`;
  const isPresent = (name: string) => indexOf(name) >= 0;
  const mergeOne = ({name, merge}: Quantity) => {
    const largest = name.startsWith('scaled') ? 'scaledLargest' : 'largest';
    return `
    {
      float part = ${partOf(name)};
      ${isPresent(largest) ? `float largestOfPart = ${partOf(largest)};` : ''}
      ${isPresent('mass') ? `float massOfPart = ${partOf('mass')};` : ''}
      ${merge}
    }`;
  };
  const loop = (merged: readonly Quantity[]) => `
  for (int chunk = 0; chunk < ${chunks}; chunk++) {
    int first = chunk * ${CHUNK};
    int next = first + ${CHUNK} < ${classes} ? first + ${CHUNK} : ${classes};
    float shareOfPart = float(next - first - (y >= first && y < next ? 1 : 0)) / ${classes}.0;${merged.map(mergeOne).join('')}
  }`;
  return `
${quantities.map(({name, none}) => `float ${name} = ${none};`).join('\n')}

void merge(int row, int y) {${loop(quantities.filter(({isRelative}) => !isRelative))}${loop(quantities.filter(({isRelative}) => isRelative))}
}
`;
}

/** What the sums of a row make. */
function stateText(
  {hinges, softmaxes, margins, hasPlain, hasScaled}: SortedTerms,
  classes: number,
  hasRows: boolean,
  sources: ProductSources | undefined,
): string {
  const chosen = STATE_ROWS.map((name, index) => `  if (at.x == ${name}) setOutput(value${index});`);
  const values = Object.fromEntries(STATE_ROWS.map((name, index) => [name, `value${index}`]));
  const named = (text: string) => text.replace(/\$([A-Z_]+)/g, (_, name: string) => values[name]!);
  return named(`${margins.length > 0 ? angleText(sources) : ''}
void main() {
  ivec2 at = getOutputCoords();
  int row = at.y;
  int id = int(round(getClassIds(row)));
  bool hasTrueClass = id >= 0 && id < ${classes};
  int y = hasTrueClass ? id : -1;
  merge(row, y);
${STATE_ROWS.map((name) => `  float $${name} = 0.0;`).join('\n')}
  bool isSick = ${hasRows ? 'false' : '!hasTrueClass'};
  float trueScore = getScores(row, hasTrueClass ? y : 0);
  isSick = isSick || (hasTrueClass && isnan(trueScore));
${[
  hinges.length > 0 ? hingeText : '',
  hasPlain ? maximumText('MAX', 'largest') : '',
  hasScaled ? maximumText('SCALED_MAX', 'scaledLargest') : '',
  softmaxes.length > 0 ? softmaxesText(softmaxes, classes, hasRows) : '',
  margins.length > 0 ? anglesText : '',
  ...margins.map(marginText),
].join('')}
  if (isSick || isnan($LOSS)) {
    setOutput(NAN);
    return;
  }
${chosen.join('\n')}
}`);
}

const hingeText = `
  $LOSS += hinge;
  $BY_TRUE_SCORE -= violated;
`;

function maximumText(name: string, largest: string): string {
  return `
  $${name} = ${largest};
  isSick = isSick || isInfinite(${largest});
`;
}

/** With a true class, p_y − 1 is written as the probability of the others, which keeps its digits where it is small. */
function softmaxesText(
  softmaxes: readonly TermOfKind<'softmax'>[],
  classes: number,
  hasRows: boolean,
): string {
  return `
  float largestOfAll = hasTrueClass ? max(largest, trueScore) : largest;
  isSick = isSick || isInfinite(largestOfAll);
  float ofOthers = expOfNegative(largest - largestOfAll);
  float ofTrueClass = hasTrueClass ? expOfNegative(trueScore - largestOfAll) : 0.0;
  float sumOfAll = sum * ofOthers + ofTrueClass;
  float trueGap = hasTrueClass ? largestOfAll - trueScore : 0.0;
  float allLabels = ${hasRows ? 'hasTrueClass ? 1.0 : mass' : '1.0'};
  float gap = ${hasRows ? 'hasTrueClass ? trueGap : labelShortfall' : 'trueGap'};
  float shareOfOthers = float(${classes} - (hasTrueClass ? 1 : 0)) / ${classes}.0;
${softmaxes.map((term, s) => softmaxText(term, s, classes)).join('')}`;
}

function softmaxText({labelSmoothing}: TermOfKind<'softmax'>, s: number, classes: number): string {
  const total = `shortfall + massTimes(shareOfOthers, largestOfAll - largest) + trueGap / ${classes}.0`;
  return `
  {
    float smoothing = labelSmoothing${s};
    float share = 1.0 - smoothing;
    float everyClass = smoothing / ${classes}.0;
    float allMass = share * allLabels + smoothing;
    float loss = allMass * log(sumOfAll) + share * gap${labelSmoothing > 0 ? ` + smoothing * (${total})` : ''};
    $LOSS += softmaxWeight${s} * loss;
    $FACTOR += softmaxWeight${s} * allMass * ofOthers / sumOfAll;
    $BY_TRUE_SCORE += softmaxWeight${s} * (smoothing - everyClass - sum * ofOthers / sumOfAll);
  }
`;
}

/** W_y·x and the cosine of the angle between the two. */
function angleText(sources: ProductSources | undefined): string {
  return `
float productOf(int row, int y) {${
    sources
      ? `
  float product = 0.0;
  for (int d = 0; d < ${sources.kernel.shape[0]}; d++) product += getFeatures(row, d) * getKernel(d, y);
  return product;`
      : `
  return getProducts(row, y);`
  }
}

float cosineOf(float product, float lengths) {
  if (lengths == 0.0) return 0.0;
  float cosine = product / lengths;
  return isnan(cosine) ? cosine : clamp(cosine, -1.0, 1.0);
}
`;
}

const anglesText = `
  float product = productOf(row, y < 0 ? 0 : y);
  float featureNorm = getFeatureNorms(row);
  float kernelNorm = getKernelNorms(y < 0 ? 0 : y);
  float cosine = cosineOf(product, featureNorm * kernelNorm);
`;

function marginText({m, scaled, withKernelNorm}: TermOfKind<'margin'>, t: number): string {
  const {arithmetic, statements} = shaderText((name, expression) => `float ${name} = ${expression};`);
  const effect = marginEffect(arithmetic, m)('cosine', `marginShare${t}`);
  const [largest, sum] = scaled ? ['scaledLargest', 'scaledSum'] : ['largest', 'sum'];
  const logit = scaled ? 'product * reciprocal(kernelNorm)' : 'trueScore';
  const length = withKernelNorm ? 'featureNorm * kernelNorm' : 'featureNorm';
  return `
  {
    ${statements.join('\n    ')}
    float margin = ${logit} + ${length} * ${effect.gain};
    isSick = isSick || isnan(margin);
    float logOdds = ${sum} > 0.0 ? ${largest} - margin + log(${sum}) : LOWEST;
    if (isnan(${sum})) logOdds = ${sum};
    float odds = marginWeight${t} * sigmoid(logOdds);
    float byProduct = -odds * ${effect.byProduct};
    float byLength = -odds * ${effect.byLength};
    $LOSS += marginWeight${t} * softplus(logOdds);
    $${scaled ? 'SCALED_FACTOR' : 'FACTOR'} += odds * reciprocal(${sum});
    $${scaled ? 'BY_SCALED_TRUE_SCORE' : 'BY_TRUE_SCORE'} += byProduct;${
      withKernelNorm
        ? `
    $BY_FEATURE_NORM += byLength * kernelNorm;
    $BY_KERNEL_NORM += byLength * featureNorm;
    // The score's gradient is what goes through u; the bias, which is added to f_y as it is, lacks the rest.
    $BY_BIAS -= odds + byProduct;`
        : `
    $BY_FEATURE_NORM += byLength;`
    }
    isSick = isSick || isnan(${sum});
  }
`;
}
