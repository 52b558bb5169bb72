import {defaultConfig} from '../config.js';
import {lambdaExpression, stretched} from './lambdaRecipe.js';
import type {MarginFunction} from './marginVariants.js';
import {type Trial, trainingSteps} from './trial.js';

/** One reading of the paper's margin: which function of the angle, and which λ. */
export interface Hypothesis {
  readonly phi: MarginFunction;
  readonly lambda: keyof typeof recipes;
}

/** How φ is written, by its name. */
export const phiFormulas: Readonly<Record<MarginFunction, string>> = {
  psi: '(−1)^k cos(mθ) − 2k',
  cosine: 'cos(mθ)',
  unsigned: 'cos(mθ) − 2k',
  unstepped: '(−1)^k cos(mθ)',
};

/** How λ falls in the original implementations, and no λ at all. */
const recipes = {
  'SphereFace, min 5': {base: 1000, gamma: 0.12, power: 1, min: 5},
  'L-Softmax on CIFAR-10': {base: 1000, gamma: 2e-5, power: 45, min: 0},
  'λ = 0 throughout': null,
} as const;

/** Those recipes are made for trainings of about so many steps; in one of another length λ falls over the same share of it. */
const RECIPE_STEPS = 20_000;

export const hypotheses: readonly Hypothesis[] = (Object.keys(recipes) as Hypothesis['lambda'][]).flatMap(
  (lambda) => (Object.keys(phiFormulas) as MarginFunction[]).map((phi) => ({phi, lambda})),
);

export const oddMarginLosses = ['lsoftmax', 'asoftmax'] as const;
export const oddMarginMs = [2, 3, 4] as const;

/** The trial of a hypothesis: the paper's network, and the trainer's defaults for everything that the paper leaves open. */
export function oddMarginTrial(
  loss: (typeof oddMarginLosses)[number],
  m: number,
  {phi, lambda}: Hypothesis,
  {seed, epochs, limit}: {readonly seed: number; readonly epochs: number; readonly limit: number | null},
): Trial {
  const recipe = recipes[lambda];
  const steps = trainingSteps({...defaultConfig, epochs}, limit);
  const value = recipe === null ? '0' : lambdaExpression(stretched(recipe, steps / RECIPE_STEPS));
  const config = {...defaultConfig, loss: `${loss}_${phi}(m=${m}, lambda=${value})`, seed, epochs};
  return {study: 'odd margins', label: `${loss}, m = ${m}, ${phiFormulas[phi]}, ${lambda}`, config, limit};
}
