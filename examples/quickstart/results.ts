import {join} from 'node:path';
import {versions} from '../cifar10/versions.js';
import {writeFileAtomically} from '../cifar10/writeFile.js';
import {degrees} from './angles.js';
import type {Comparison, QuickstartOptions} from './quickstart.js';

/** Writes the picture and the numbers into their places under `folder`, and returns the paths. */
export async function writeComparison(
  comparison: Comparison,
  options: QuickstartOptions,
  folder: string,
): Promise<string[]> {
  const picture = join(folder, 'images', 'quickstart.svg');
  const numbers = join(folder, 'results', 'quickstart.json');
  await writeFileAtomically(picture, `${comparison.picture}\n`);
  await writeFileAtomically(numbers, `${JSON.stringify(toNumbers(comparison, options), null, 2)}\n`);
  return [picture, numbers];
}

/** The numbers of a run and what they depend on. */
function toNumbers({outcomes, trainDigits, testDigits}: Comparison, options: QuickstartOptions) {
  const {epochs, batchSize, learningRate, seed} = options;
  return {
    command: 'npm run quickstart',
    versions: versions(),
    seed,
    trainDigits,
    testDigits,
    epochs,
    batchSize,
    learningRate,
    losses: outcomes.map(({contender, testAccuracy, angles, seconds}) => ({
      title: contender.title,
      formula: String(contender.loss),
      testAccuracy: rounded(testAccuracy, 4),
      meanWithinClassDegrees: rounded(degrees(angles.meanWithinClass), 2),
      smallestBetweenClassDegrees: rounded(degrees(angles.smallestBetweenClass), 2),
      seconds: rounded(seconds, 1),
    })),
  };
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
