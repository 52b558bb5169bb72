import type {TensorInfo} from '@tensorflow/tfjs-core';
import {marginEffect} from '../../margin.js';
import type {GpuInputs, ProductSources} from '../gpu.js';
import {STATE_SIZE, termUniforms} from '../gpuState.js';
import {shaderText} from '../shaderText.js';
import type {SortedTerms, TermOfKind} from '../sortTerms.js';
import {elementwise, type WebGpuBackend} from './program.js';
import {reduction} from './reduction.js';
import {namesText} from './state.js';

/** Losses and state, as one tensor. The formulas are those of `loops/loss.ts`. */
export function computeState(
  backend: WebGpuBackend,
  inputs: GpuInputs,
  terms: SortedTerms,
  sources?: ProductSources,
): TensorInfo {
  const [batch, classes] = inputs.scores.shape as [number, number];
  const hasRows = inputs.rows !== undefined;
  return reduction(backend, {
    inputs: {...inputs, ...sources},
    uniforms: termUniforms(terms),
    shape: [STATE_SIZE, batch],
    axis: 1,
    length: classes,
    text: `${namesText}${partText(quantitiesOf(terms, hasRows), terms.hasScaled)}${finishText(terms, hasRows, sources !== undefined)}`,
  });
}

/** The losses, which the state begins with. */
export function lossesOf(backend: WebGpuBackend, state: TensorInfo): TensorInfo {
  return elementwise(backend, {
    inputs: {state},
    shape: [state.shape[1]!],
    text: 'fn valueAt(row : i32) -> f32 { return state[row]; }',
  });
}

/** Something that is summed up over the classes but the true one. */
interface Quantity {
  /** Fields of `Part`, and the values of these for no classes. */
  readonly fields: Readonly<Record<string, string>>;
  /** Takes in the score `s`, or `q`, that over ‖W_j‖. */
  readonly first?: string;
  /** The same in a second loop, when the maxima of the first are known. */
  readonly second?: string;
  /** Makes `c` of the parts `a` and `b`. */
  readonly merge: string;
}

function quantitiesOf({hinges, softmaxes, hasPlain, hasScaled}: SortedTerms, hasRows: boolean): Quantity[] {
  const isSmooth = softmaxes.some(({labelSmoothing}) => labelSmoothing > 0);
  return [
    ...(hinges.length > 0 ? [hingeQuantity(hinges)] : []),
    ...(hasPlain ? [exponentials('s', 'largest', 'sum')] : []),
    ...(hasScaled ? [exponentials('q', 'scaledLargest', 'scaledSum')] : []),
    ...(isSmooth ? [shortfall('share', 'shortfall', '1.0 / f32(classes)')] : []),
    ...(hasRows ? [shortfall('mass', 'labelShortfall', 'f32(rows[at])')] : []),
  ];
}

/** Σ (s_j − s_y + Δ) of the violated margins, and how many they are, over all hinges. */
function hingeQuantity(hinges: readonly TermOfKind<'hinge'>[]): Quantity {
  return {
    fields: {hinge: '0.0', violated: '0.0'},
    first: hinges
      .map(
        (_, h) => `
      let excess${h} = (s - trueScore) + uniforms.hingeMargin${h};
      if (excess${h} > 0.0) {
        part.hinge += uniforms.hingeWeight${h} * excess${h};
        part.violated += uniforms.hingeWeight${h};
      }`,
      )
      .join(''),
    merge: `
  c.hinge = a.hinge + b.hinge;
  c.violated = a.violated + b.violated;`,
  };
}

/** The largest M, and Σ e^{s_j − M}. */
function exponentials(score: 's' | 'q', largest: string, sum: string): Quantity {
  return {
    fields: {[largest]: 'LOWEST', [sum]: '0.0'},
    first: `
      part.${largest} = max(part.${largest}, ${score});`,
    second: `
      part.${sum} += expOfNegative(${score} - part.${largest});`,
    merge: `
  c.${largest} = max(a.${largest}, b.${largest});
  c.${sum} = a.${sum} * expOfNegative(a.${largest} - c.${largest}) + b.${sum} * expOfNegative(b.${largest} - c.${largest});`,
  };
}

/** Σ w_j and Σ w_j·(M − s_j); the w_j sum to 1 at most, where they are not labels, so that no large gaps overflow. */
function shortfall(mass: string, sum: string, weight: string): Quantity {
  return {
    fields: {[mass]: '0.0', [sum]: '0.0'},
    second: `
      part.${mass} += ${weight};
      part.${sum} += massTimes(${weight}, part.largest - s);`,
    merge: `
  c.${mass} = a.${mass} + b.${mass};
  c.${sum} = a.${sum} + massTimes(a.${mass}, c.largest - a.largest) + b.${sum} + massTimes(b.${mass}, c.largest - b.largest);`,
  };
}

function partText(quantities: readonly Quantity[], hasScaled: boolean): string {
  const fields = quantities.flatMap((quantity) => Object.entries(quantity.fields));
  const scores = `let at = row * classes + j;
    let s = scores[at];${hasScaled ? '\n    let q = products[at] * inverse(kernelNorms[j]);' : ''}`;
  const second = quantities.map((quantity) => quantity.second ?? '').join('');
  return `
struct Part {
  isSick : u32, // whether there is a NaN
${fields.map(([name]) => `  ${name} : f32,`).join('\n')}
}

// To which no mass adds nothing, be the gap infinite.
fn massTimes(mass : f32, gap : f32) -> f32 {
  if (mass == 0.0) { return 0.0; }
  return mass * gap;
}

fn hasClass(row : i32) -> bool {
  return classIds[row] >= 0 && classIds[row] < uniforms.scoresShape[1];
}

fn trueScoreOf(row : i32) -> f32 {
  return scores[row * uniforms.scoresShape[1] + clamp(classIds[row], 0, uniforms.scoresShape[1] - 1)];
}

fn partOf(row : i32, first : i32) -> Part {
  var part = Part(${['0u', ...fields.map(([, none]) => none)].join(', ')});
  let classes = uniforms.scoresShape[1];
  let y = classIds[row];
  let trueScore = trueScoreOf(row);
  for (var j = first; j < classes; j += LANES) {
    ${scores}
    part.isSick |= u32(isnan(s)${hasScaled ? ' || isnan(q)' : ''});
    if (j != y) {${quantities.map((quantity) => quantity.first ?? '').join('')}
    }
  }${
    second &&
    `
  for (var j = first; j < classes; j += LANES) {
    ${scores}
    if (j != y) {${second}
    }
  }`
  }
  return part;
}

fn merged(a : Part, b : Part) -> Part {
  var c = a;
  c.isSick = a.isSick | b.isSick;${quantities.map(({merge}) => merge).join('')}
  return c;
}
`;
}

/** What the sums of a row make. */
function finishText(
  {hinges, softmaxes, margins, hasPlain, hasScaled}: SortedTerms,
  hasRows: boolean,
  hasSources: boolean,
): string {
  return `${margins.length > 0 ? angleText(hasSources) : ''}
fn finish(row : i32, whole : Part) {
  var state : array<f32, ${STATE_SIZE}>;
  var isSick = whole.isSick != 0u${hasRows ? '' : ' || !hasClass(row)'};
  let y = clamp(classIds[row], 0, uniforms.scoresShape[1] - 1);
${[
  hinges.length > 0 ? hingeText : '',
  hasPlain ? maximumText('MAX', 'largest') : '',
  hasScaled ? maximumText('SCALED_MAX', 'scaledLargest') : '',
  softmaxes.length > 0 ? softmaxesText(softmaxes, hasRows) : '',
  margins.length > 0 ? anglesText : '',
  ...margins.map(marginText),
].join('')}
  isSick = isSick || isnan(state[LOSS]);
  for (var name = 0; name < ${STATE_SIZE}; name++) {
    result[name * uniforms.scoresShape[0] + row] = select(state[name], uniforms.NAN, isSick);
  }
}`;
}

const hingeText = `
  state[LOSS] += whole.hinge;
  state[BY_TRUE_SCORE] -= whole.violated;
`;

function maximumText(name: string, largest: string): string {
  return `
  state[${name}] = whole.${largest};
  isSick = isSick || isInfinite(whole.${largest});
`;
}

/** With a true class, p_y − 1 is written as the probability of the others, which keeps its digits where it is small. */
function softmaxesText(softmaxes: readonly TermOfKind<'softmax'>[], hasRows: boolean): string {
  return `
  let classes = f32(uniforms.scoresShape[1]);
  let hasTrueClass = hasClass(row);
  let trueScore = select(LOWEST, trueScoreOf(row), hasTrueClass);
  let largest = max(whole.largest, trueScore);
  isSick = isSick || isInfinite(largest);
  let ofOthers = expOfNegative(whole.largest - largest);
  let ofTrueClass = select(0.0, expOfNegative(trueScore - largest), hasTrueClass);
  let sum = whole.sum * ofOthers + ofTrueClass;
  let trueGap = select(0.0, largest - trueScore, hasTrueClass);
  let mass = ${hasRows ? 'select(whole.mass, 1.0, hasTrueClass)' : '1.0'};
  let gap = ${hasRows ? 'select(whole.labelShortfall, trueGap, hasTrueClass)' : 'trueGap'};
${softmaxes.map(softmaxText).join('')}`;
}

function softmaxText({labelSmoothing}: TermOfKind<'softmax'>, s: number): string {
  const total = 'whole.shortfall + massTimes(whole.share, largest - whole.largest) + trueGap / classes';
  return `
  {
    let smoothing = uniforms.labelSmoothing${s};
    let share = 1.0 - smoothing;
    let everyClass = smoothing / classes;
    let allMass = share * mass + smoothing;
    let loss = allMass * log(sum) + share * gap${labelSmoothing > 0 ? ` + smoothing * (${total})` : ''};
    state[LOSS] += uniforms.softmaxWeight${s} * loss;
    state[FACTOR] += uniforms.softmaxWeight${s} * allMass * ofOthers / sum;
    state[BY_TRUE_SCORE] += uniforms.softmaxWeight${s} * (smoothing - everyClass - whole.sum * ofOthers / sum);
  }
`;
}

/** W_y·x and the cosine of the angle between the two. */
function angleText(hasSources: boolean): string {
  return `
fn productOf(row : i32, y : i32) -> f32 {${
    hasSources
      ? `
  var product = 0.0;
  for (var d = 0; d < uniforms.featuresShape[1]; d++) {
    product += features[row * uniforms.featuresShape[1] + d] * kernel[d * uniforms.kernelShape[1] + y];
  }
  return product;`
      : `
  return products[row * uniforms.scoresShape[1] + y];`
  }
}

// By one length after the other, whose product may overflow.
fn cosineOf(product : f32, featureNorm : f32, kernelNorm : f32) -> f32 {
  if (featureNorm == 0.0 || kernelNorm == 0.0) { return 0.0; }
  let cosine = product / featureNorm / kernelNorm;
  return select(clamp(cosine, -1.0, 1.0), cosine, isnan(cosine));
}
`;
}

const anglesText = `
  let score = trueScoreOf(row);
  let product = productOf(row, y);
  let featureNorm = featureNorms[row];
  let kernelNorm = kernelNorms[y];
  let cosine = cosineOf(product, featureNorm, kernelNorm);
`;

function marginText({m, scaled, withKernelNorm}: TermOfKind<'margin'>, t: number): string {
  const {arithmetic, statements} = shaderText((name, expression) => `let ${name} = ${expression};`);
  const effect = marginEffect(arithmetic, m)('cosine', `uniforms.marginShare${t}`);
  const [largest, sum] = scaled ? ['scaledLargest', 'scaledSum'] : ['largest', 'sum'];
  const logit = scaled ? 'product * inverse(kernelNorm)' : 'score';
  const gain = `featureNorm * ${effect.gain}${withKernelNorm ? ' * kernelNorm' : ''}`;
  return `
  {
    ${statements.join('\n    ')}
    let margin = ${logit} + ${gain};
    isSick = isSick || isnan(margin);
    var logOdds = LOWEST;
    if (whole.${sum} > 0.0) { logOdds = whole.${largest} - margin + log(whole.${sum}); }
    let odds = uniforms.marginWeight${t} * sigmoid(logOdds);
    let byProduct = -odds * ${effect.byProduct};
    let byLength = -odds * ${effect.byLength};
    state[LOSS] += uniforms.marginWeight${t} * softplus(logOdds);
    state[${scaled ? 'SCALED_FACTOR' : 'FACTOR'}] += odds * inverse(whole.${sum});
    state[${scaled ? 'BY_SCALED_TRUE_SCORE' : 'BY_TRUE_SCORE'}] += byProduct;${
      withKernelNorm
        ? `
    state[BY_FEATURE_NORM] += byLength * kernelNorm;
    state[BY_KERNEL_NORM] += byLength * featureNorm;
    // The score's gradient is what goes through u; the bias, which is added to f_y as it is, lacks the rest.
    state[BY_BIAS] -= odds + byProduct;`
        : `
    state[BY_FEATURE_NORM] += byLength;`
    }
  }
`;
}
