import {existsSync} from 'node:fs';
import {readFile} from 'node:fs/promises';
import type {TrainConfig} from '../config.js';
import type {LambdaRecipe} from './lambdaRecipe.js';

/** What a random search settles for one loss. */
export interface FoundSettings
  extends Pick<TrainConfig, 'learningRate' | 'weightDecay' | 'dropout' | 'bias'> {
  /** The angular margin; null for a loss without one. */
  readonly m: number | null;
  /** null for a loss without a margin. */
  readonly lambda: LambdaRecipe | null;
  /** Of the training that these settings are for: in another one, λ falls over the same share of it. */
  readonly epochs: number;
  /** Where these settings come from. */
  readonly from: {
    readonly study: 'random search';
    /** How many trials the search took, over all rungs. */
    readonly trials: number;
    /** How many epochs all trials of the search took together. */
    readonly epochs: number;
    readonly validationAccuracy: number;
    readonly commits: readonly string[];
  };
}

/** What the grid search settles. */
export interface FoundWeights {
  readonly lsoftmax: number;
  readonly asoftmax: number;
  readonly hinge: number;
  readonly from: {
    readonly study: 'weight grid';
    readonly trials: number;
    readonly validationAccuracy: number;
    readonly commits: readonly string[];
  };
}

/** What the searches found, as `search choose` writes it. */
export interface Hyperparameters {
  /** By what was searched: `hinge`, `lsoftmax(m=3)`; `lsoftmax` if the search drew m. */
  readonly settings: Readonly<Record<string, FoundSettings>>;
  /** null as long as the grid has not been searched. */
  readonly weights: FoundWeights | null;
}

const REMEDY = 'write it from the results of the searches with "npm run cifar10 -- search choose"';

export async function readHyperparameters(path: string | URL): Promise<Hyperparameters> {
  let found: Partial<Hyperparameters> | null;
  try {
    found = JSON.parse(await readFile(path, 'utf8'));
  } catch (cause) {
    throw new Error(`${path} cannot be read (${(cause as Error).message}); ${REMEDY}`, {cause});
  }
  if (typeof found?.settings !== 'object' || found.weights === undefined) {
    throw new Error(`${path} must have "settings" and "weights", and has not; ${REMEDY}`);
  }
  return found as Hyperparameters;
}

/** null where the searches have not settled anything yet. */
export async function readHyperparametersIfThere(path: string): Promise<Hyperparameters | null> {
  return existsSync(path) ? readHyperparameters(path) : null;
}
