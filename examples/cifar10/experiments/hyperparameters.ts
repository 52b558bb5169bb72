import {statSync} from 'node:fs';
import {z} from 'zod';
import {configSchema} from '../config.js';
import {readJson} from '../json.js';
import {accuracy} from '../record.js';
import {lambdaRecipeSchema} from './lambdaRecipe.js';

const count = z.int().min(0);
const weight = z.number().min(0);
const commits = z.array(z.string()).readonly();

/** What a random search settles for one loss. */
const settingsSchema = z
  .object({
    ...configSchema.unwrap().pick({learningRate: true, weightDecay: true, dropout: true, bias: true}).shape,
    /** The angular margin; null for a loss without one. */
    m: z.int().min(1).nullable(),
    /** null for a loss without a margin. */
    lambda: lambdaRecipeSchema.nullable(),
    /** Of the training that these settings are for: in another one, λ falls over the same share of it. */
    epochs: z.int().min(1),
    /** Where these settings come from: how many trials and epochs the search took, over all rungs. */
    from: z.object({
      study: z.literal('random search'),
      trials: count,
      epochs: count,
      validationAccuracy: accuracy,
      commits,
    }),
  })
  .readonly();
export type FoundSettings = z.infer<typeof settingsSchema>;

/** What the grid search settles. */
const weightsSchema = z
  .object({
    lsoftmax: weight,
    asoftmax: weight,
    hinge: weight,
    from: z.object({study: z.literal('weight grid'), trials: count, validationAccuracy: accuracy, commits}),
  })
  .readonly();
export type FoundWeights = z.infer<typeof weightsSchema>;

/** What the searches found, as `search choose` writes it. */
const hyperparametersSchema = z
  .object({
    /** By what was searched: `hinge`, `lsoftmax(m=3)`; `lsoftmax` if the search drew m. */
    settings: z.record(z.string(), settingsSchema).readonly(),
    /** null as long as the grid has not been searched. */
    weights: weightsSchema.nullable(),
  })
  .readonly();
export type Hyperparameters = z.infer<typeof hyperparametersSchema>;

export function readHyperparameters(path: string | URL): Promise<Hyperparameters> {
  const remedy = 'write it from the results of the searches with "npm run cifar10 -- search choose"';
  return readJson(path, hyperparametersSchema, remedy);
}

/** null where the searches have not settled anything yet. */
export async function readHyperparametersIfThere(path: string): Promise<Hyperparameters | null> {
  return statSync(path, {throwIfNoEntry: false})?.isFile() ? readHyperparameters(path) : null;
}
