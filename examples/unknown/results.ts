import {join} from 'node:path';
import {versions} from '../cifar10/versions.js';
import {writeFileAtomically} from '../cifar10/writeFile.js';
import {KNOWN, STRANGERS} from './data.js';
import {loss} from './network.js';
import {drawPicture} from './picture.js';
import {type Shares, sharesOf} from './report.js';
import type {Outcome, UnknownOptions} from './unknown.js';

/** Writes the picture and the numbers into their places under `folder`, and returns the paths. */
export async function writeOutcome(
  outcome: Outcome,
  options: UnknownOptions,
  folder: string,
): Promise<string[]> {
  const picture = join(folder, 'images', 'unknown.svg');
  const numbers = join(folder, 'results', 'unknown.json');
  await writeFileAtomically(picture, `${await drawPicture(outcome)}\n`);
  await writeFileAtomically(numbers, `${JSON.stringify(toNumbers(outcome, options), null, 2)}\n`);
  return [picture, numbers];
}

function toNumbers({threshold, before, after, comparison}: Outcome, options: UnknownOptions) {
  const [known, strangers] = [KNOWN.map(String), STRANGERS.map(String)];
  return {
    command: 'npm run unknown',
    versions: versions(),
    ...options,
    loss: String(loss),
    known,
    strangers,
    testImages: before.labels.length,
    threshold: rounded(threshold),
    before: {known: roundedAll(sharesOf(before, known)), strangers: roundedAll(sharesOf(before, strangers))},
    after: {known: roundedAll(sharesOf(after, known)), enrolled: roundedAll(sharesOf(after, strangers))},
    scores: Object.fromEntries(
      Object.entries(comparison.scores).map(([name, {auroc, fpr95, oscr}]) => [
        name,
        {auroc: rounded(auroc), fpr95: rounded(fpr95), oscr: rounded(oscr)},
      ]),
    ),
    best: comparison.best,
  };
}

function roundedAll({right, refused, wrong}: Shares): Shares {
  return {right: rounded(right), refused: rounded(refused), wrong: rounded(wrong)};
}

function rounded(value: number): number {
  return Number(value.toFixed(4));
}
