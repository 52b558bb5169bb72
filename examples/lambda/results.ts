import {type LossConfig, lossFromConfig} from 'tfjs-losses';
import {z} from 'zod';
import {readLines} from '../cifar10/jsonLines.js';
import {accuracy} from '../cifar10/record.js';
import {datasets} from './trials.js';

const lossSchema = z.custom<LossConfig>(isLossConfig, 'expected the configuration of a loss of tfjs-losses');
/** null if training diverged. */
const accuracyOrNull = accuracy.nullable();

/** A line of the results file, as far as the report needs it. */
export const resultSchema = z.looseObject({
  dataset: z.enum(datasets),
  loss: lossSchema,
  seed: z.int().min(0),
  epochs: z.int().min(1),
  trainAccuracy: accuracyOrNull,
  validationAccuracy: accuracyOrNull,
  testAccuracy: accuracyOrNull,
});
export type TrialResult = z.infer<typeof resultSchema>;
export type Outcome = Pick<TrialResult, 'epochs' | 'trainAccuracy' | 'validationAccuracy' | 'testAccuracy'>;

/** The lines of the results file; none if it does not exist. */
export async function readResults(path: string | URL): Promise<TrialResult[]> {
  return (await readLines(path, resultSchema)) ?? [];
}

function isLossConfig(value: unknown): boolean {
  try {
    lossFromConfig(value as LossConfig);
    return true;
  } catch {
    return false;
  }
}
