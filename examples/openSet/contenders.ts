import {
  amsoftmax,
  annealedLambda,
  arcface,
  asoftmax,
  autoScale,
  combined,
  hinge,
  type Loss,
  lsoftmax,
  normalizedSoftmax,
  softmax,
} from 'tfjs-losses';

/** What is searched. */
export interface Setting {
  readonly weightDecay: number;
  /** Where λ arrives at half of the training. */
  readonly lambda?: number;
  /** In multiples of what `'auto'` gives for so many classes. */
  readonly scale?: number;
}

/** What a loss has to know of the training. */
export interface Training {
  readonly classes: number;
  readonly steps: number;
}

export interface Contender {
  /** As many for every contender. */
  readonly settings: readonly Setting[];
  create(setting: Setting, training: Training): Loss;
}

/** The weights of A-Softmax beside 0.25 hinge and 0.65 L-Softmax; 0.34 is the paper's. */
export const weights = [0, 0.34, 1, 3];
export const PAPER = 0.34;

const byDecay = [0, 2, 5, 10].map((weightDecay): Setting => ({weightDecay}));
const byLambda = [5, 1].flatMap((lambda) => [2, 10].map((weightDecay): Setting => ({weightDecay, lambda})));
const byScale = [1, 2].flatMap((scale) => [2, 10].map((weightDecay): Setting => ({weightDecay, scale})));

export const contenders: Readonly<Record<string, Contender>> = {
  softmax: {settings: byDecay, create: () => softmax()},
  hinge: {settings: byDecay, create: () => hinge()},
  lsoftmax: {settings: byLambda, create: (...how) => lsoftmax(margin(...how))},
  asoftmax: {settings: byLambda, create: (...how) => asoftmax(margin(...how))},
  amsoftmax: {settings: byScale, create: (...how) => amsoftmax({scale: scaleOf(...how)})},
  arcface: {settings: byScale, create: (...how) => arcface({scale: scaleOf(...how)})},
  normalizedSoftmax: {settings: byScale, create: (...how) => normalizedSoftmax({scale: scaleOf(...how)})},
  ...Object.fromEntries(weights.map((weight) => [combination(weight), combinationWith(weight)])),
};

/** The name of the contender with this weight of A-Softmax. */
export function combination(weight: number): string {
  return `combined, a = ${weight}`;
}

function combinationWith(weight: number): Contender {
  return {
    settings: byLambda,
    create: (...how) =>
      combined([
        [0.25, hinge()],
        [0.65, lsoftmax(margin(...how))],
        ...(weight > 0 ? [[weight, asoftmax(margin(...how))] as const] : []),
      ]),
  };
}

/** m = 4, and λ from 1000 to that of the setting in the first half of the training. */
function margin({lambda: min = 0}: Setting, {steps}: Training) {
  const base = 1000;
  return {m: 4, lambda: annealedLambda({base, gamma: (base / min - 1) / (steps / 2), min})};
}

function scaleOf({scale = 1}: Setting, {classes}: Training): number {
  return scale * autoScale(classes);
}
