import type {TensorInfo} from '@tensorflow/tfjs-core';
import {marginEffect} from '../../margin.js';
import type {GpuInputs, ProductSources} from '../gpu.js';
import {STATE_ROWS, termUniforms} from '../gpuState.js';
import {shaderText} from '../shaderText.js';
import type {SortedTerms, TermOfKind} from '../sortTerms.js';
import {CHUNK, mergeText, pairsOf, partsText, quantitiesOf} from './parts.js';
import {launch, type WebGlBackend} from './program.js';
import {STATE_TEXELS, stateShape, stateText} from './state.js';

/**
 * Losses and state, as one tensor. The formulas are those of `loops/loss.ts`. A program writes four numbers an invocation, so
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
  const pairs = pairsOf(quantitiesOf(terms, classes, hasRows));
  const chunks = Math.ceil(classes / CHUNK);
  const uniforms = termUniforms(terms);
  const parts = launch(backend, {
    inputs: {...inputs},
    uniforms,
    packed: true,
    // Neighbours compute the same quantities, so that they take the same branches.
    shape: [batch, 2 * pairs.length * chunks],
    text: partsText(pairs, classes, chunks, hasRows),
  });
  const state = launch(backend, {
    inputs: {...inputs, ...sources, parts},
    uniforms,
    packed: true,
    shape: stateShape(batch),
    text: `${mergeText(pairs, classes, chunks)}${stateTextOf(terms, classes, hasRows, sources)}`,
  });
  backend.disposeIntermediateTensorInfo(parts);
  return state;
}

/** The losses, which are in the state. */
export function lossesOf(backend: WebGlBackend, state: TensorInfo): TensorInfo {
  return launch(backend, {
    inputs: {state},
    shape: [state.shape[0]! / 2],
    text: `${stateText}void main() { setOutput(resultOf(getOutputCoords()).LOSS); }`,
  });
}

/** What the sums of a row make. */
function stateTextOf(
  {hinges, softmaxes, margins, hasPlain, hasScaled}: SortedTerms,
  classes: number,
  hasRows: boolean,
  sources: ProductSources | undefined,
): string {
  return `${margins.length > 0 ? angleText(sources) : ''}
void main() {
  ivec2 at = getOutputCoords();
  int row = at.x / 2;
  int id = int(round(getClassIds(row)));
  bool hasTrueClass = id >= 0 && id < ${classes};
  int y = hasTrueClass ? id : -1;
  merge(row, y);
${STATE_ROWS.map((name) => `  float ${name} = 0.0;`).join('\n')}
  float CLASS = float(y);
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
  if (isSick || isnan(LOSS)) {
    setOutput(vec4(NAN));
    return;
  }
${STATE_TEXELS.map((names, texel) => `  if (at.y == ${2 * texel}) setOutput(vec4(${names.join(', ')}));`).join('\n')}
}`;
}

const hingeText = `
  LOSS += hinge;
  BY_TRUE_SCORE -= violated;
`;

function maximumText(name: string, largest: string): string {
  return `
  ${name} = ${largest};
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
    LOSS += softmaxWeight${s} * loss;
    FACTOR += softmaxWeight${s} * allMass * ofOthers / sumOfAll;
    BY_TRUE_SCORE += softmaxWeight${s} * (smoothing - everyClass - sum * ofOthers / sumOfAll);
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

// By one length after the other, whose product may overflow.
float cosineOf(float product, float featureNorm, float kernelNorm) {
  if (featureNorm == 0.0 || kernelNorm == 0.0) return 0.0;
  float cosine = product / featureNorm / kernelNorm;
  return isnan(cosine) ? cosine : clamp(cosine, -1.0, 1.0);
}
`;
}

const anglesText = `
  float product = productOf(row, y < 0 ? 0 : y);
  float featureNorm = getFeatureNorms(row);
  float kernelNorm = getKernelNorms(y < 0 ? 0 : y);
  float cosine = cosineOf(product, featureNorm, kernelNorm);
`;

function marginText({m, scaled, withKernelNorm}: TermOfKind<'margin'>, t: number): string {
  const {arithmetic, statements} = shaderText((name, expression) => `float ${name} = ${expression};`);
  const effect = marginEffect(arithmetic, m)('cosine', `marginShare${t}`);
  const [largest, sum] = scaled ? ['scaledLargest', 'scaledSum'] : ['largest', 'sum'];
  const logit = scaled ? 'product * reciprocal(kernelNorm)' : 'trueScore';
  const gain = `featureNorm * ${effect.gain}${withKernelNorm ? ' * kernelNorm' : ''}`;
  return `
  {
    ${statements.join('\n    ')}
    float margin = ${logit} + ${gain};
    isSick = isSick || isnan(margin);
    float logOdds = ${sum} > 0.0 ? ${largest} - margin + log(${sum}) : LOWEST;
    if (isnan(${sum})) logOdds = ${sum};
    float odds = marginWeight${t} * sigmoid(logOdds);
    float byProduct = -odds * ${effect.byProduct};
    float byLength = -odds * ${effect.byLength};
    LOSS += marginWeight${t} * softplus(logOdds);
    ${scaled ? 'SCALED_FACTOR' : 'FACTOR'} += odds * reciprocal(${sum});
    ${scaled ? 'BY_SCALED_TRUE_SCORE' : 'BY_TRUE_SCORE'} += byProduct;${
      withKernelNorm
        ? `
    BY_FEATURE_NORM += byLength * kernelNorm;
    BY_KERNEL_NORM += byLength * featureNorm;
    // The score's gradient is what goes through u; the bias, which is added to f_y as it is, lacks the rest.
    BY_BIAS -= odds + byProduct;`
        : `
    BY_FEATURE_NORM += byLength;`
    }
    isSick = isSick || isnan(${sum});
  }
`;
}
