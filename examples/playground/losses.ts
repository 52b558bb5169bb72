import type {JsonValue} from 'tfjs-losses';

/** What a slider sets. */
export interface Parameter {
  /** The option of the loss. */
  readonly name: string;
  readonly symbol: string;
  readonly hint: string;
  readonly least: number;
  readonly largest: number;
  readonly step: number;
  readonly default: number;
  /** The option's value at this position of the slider; left out, the number itself. */
  readonly optionAt?: (position: number) => JsonValue;
}

/** A loss that can be chosen. */
export interface LossEntry {
  readonly title: string;
  readonly hint: string;
  readonly parameters: readonly Parameter[];
}

const m: Parameter = {
  name: 'm',
  symbol: 'm',
  hint: 'angular margin: 1 is none',
  least: 1,
  largest: 8,
  step: 1,
  default: 4,
};

/** λ falls from 100 to what the slider says, within the first thousand steps or so. */
const lambda: Parameter = {
  name: 'lambda',
  symbol: 'λ',
  hint: 'where λ ends: the smaller, the larger the margin',
  least: 0,
  largest: 50,
  step: 0.1,
  default: 0.7,
  optionAt: (min) => ({base: 100, gamma: 0.12, power: 1, min}),
};

const scale: Parameter = {
  name: 'scale',
  symbol: 's',
  hint: 'the length that features count as; 0 chooses it by the number of classes',
  least: 0,
  largest: 64,
  step: 0.5,
  default: 0,
  optionAt: (value) => (value === 0 ? 'auto' : value),
};

const number = (
  [name, symbol, hint]: readonly [name: string, symbol: string, hint: string],
  [least, largest, step]: readonly [least: number, largest: number, step: number],
  value: number,
): Parameter => ({name, symbol, hint, least, largest, step, default: value});

/** Every loss of the package but combinations and those that want the numbers of examples, which are equal here, by its name there. */
export const LOSSES: Readonly<Record<string, LossEntry>> = {
  softmax: {
    title: 'Softmax',
    hint: 'cross-entropy, the usual loss',
    parameters: [number(['labelSmoothing', 'ε', 'label smoothing'], [0, 0.5, 0.01], 0)],
  },
  hinge: {
    title: 'Hinge',
    hint: 'that of support vector machines: zero once the margin is met',
    parameters: [
      number(['margin', 'Δ', 'margin between logits'], [0, 5, 0.1], 1),
      {
        ...number(['form', 'form', '0 adds all violations up, 1 takes the largest'], [0, 1, 1], 0),
        optionAt: (position) => (position === 0 ? 'sum' : 'max'),
      },
    ],
  },
  lsoftmax: {
    title: 'L-Softmax',
    hint: 'the true class wins even with m times its angle',
    parameters: [m, lambda],
  },
  asoftmax: {title: 'A-Softmax', hint: 'the same, by direction alone (SphereFace)', parameters: [m, lambda]},
  amsoftmax: {
    title: 'AM-Softmax',
    hint: 'a margin between cosines (CosFace)',
    parameters: [number(['margin', 'm', 'margin between cosines'], [-0.3, 0.9, 0.05], 0.35), scale],
  },
  arcface: {
    title: 'ArcFace',
    hint: 'a margin between angles, in radians',
    parameters: [number(['margin', 'm', 'margin in radians'], [0, 1.2, 0.05], 0.5), scale],
  },
  normalizedSoftmax: {
    title: 'Normalised softmax',
    hint: 'cross-entropy of cosines (NormFace)',
    parameters: [scale],
  },
  combinedMargin: {
    title: 'Combined margin',
    hint: 'all three margins of ArcFace’s authors at once',
    parameters: [
      number(['m1', 'm₁', 'the angle is multiplied by it'], [1, 4, 0.1], 1),
      number(['m2', 'm₂', 'added to the angle, in radians'], [0, 1.2, 0.05], 0.3),
      number(['m3', 'm₃', 'subtracted from the cosine'], [-0.3, 0.9, 0.05], 0.2),
      scale,
    ],
  },
  magface: {
    title: 'MagFace',
    hint: 'ArcFace with a margin that grows with the length of the features',
    parameters: [
      number(['minNorm', 'lₐ', 'the length with the least margin'], [0.5, 5, 0.5], 1),
      number(['maxNorm', 'uₐ', 'the length with the largest margin'], [6, 60, 1], 20),
      scale,
    ],
  },
  focal: {
    title: 'Focal',
    hint: 'cross-entropy in which easy examples count less',
    parameters: [number(['gamma', 'γ', 'how much less they count; 0 is softmax'], [0, 5, 0.25], 2)],
  },
  poly: {
    title: 'Poly',
    hint: 'cross-entropy plus ε(1 − p), PolyLoss',
    parameters: [number(['epsilon', 'ε', 'weight of 1 − p; 0 is softmax'], [-1, 5, 0.25], 1)],
  },
  generalizedCrossEntropy: {
    title: 'Generalised cross-entropy',
    hint: 'improbable labels, which may be wrong, count less',
    parameters: [number(['q', 'q', '0 is softmax, 1 is 1 − p'], [0, 1, 0.05], 0.7)],
  },
  reverseCrossEntropy: {
    title: 'Reverse cross-entropy',
    hint: 'a multiple of 1 − p, to go beside softmax where labels may be wrong',
    parameters: [],
  },
  normalizedCrossEntropy: {
    title: 'Normalised cross-entropy',
    hint: 'the true class’s part of the cross-entropies of all classes',
    parameters: [],
  },
};

/** One term of a weighted combination, its parameters as positions of their sliders. */
export interface Term {
  /** A name among {@link LOSSES}. */
  readonly loss: string;
  readonly weight: number;
  readonly values: Readonly<Record<string, number>>;
}

/** The weights that a slider offers. */
export const WEIGHT: Omit<Parameter, 'name'> = {
  symbol: 'weight',
  hint: 'weight of this term',
  least: 0,
  largest: 2,
  step: 0.01,
  default: 1,
};

/** A term with a loss's defaults. */
export function termOf(loss: string, weight = WEIGHT.default, given: Term['values'] = {}): Term {
  const defaults = LOSSES[loss]!.parameters.map((parameter) => [parameter.name, parameter.default]);
  return {loss, weight, values: {...Object.fromEntries(defaults), ...given}};
}

/** As the page shows it: 'L-Softmax', '0.25 Hinge + 0.65 L-Softmax'. */
export function titleOf(terms: readonly Term[]): string {
  const [first] = terms;
  if (terms.length === 1) return LOSSES[first!.loss]!.title;
  return terms.map(({loss, weight}) => `${weight} ${LOSSES[loss]!.title}`).join(' + ');
}
