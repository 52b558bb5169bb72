import {readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {annealedLambda} from 'tfjs-losses';
import {expect, it} from 'vitest';
import {temporaryFolder} from '../cifar10/test/support.js';
import {candidates, marginLosses, withCandidate} from './candidates.js';
import {withTables} from './report.js';
import {readResults, type TrialResult} from './results.js';
import {hasDiverged} from './runTrial.js';
import {lambdaTable} from './table.js';
import {listTrials, trialKey} from './trials.js';

const docs = new URL('../../docs/', import.meta.url);

it('the guide shows the results that are in the file', async () => {
  const guide = await readFile(new URL('lambda.md', docs), 'utf8');
  const results = await readResults(new URL('results/lambda.jsonl', docs));
  expect(withTables(guide, results)).toBe(guide);
  const [first, ...rest] = results;
  expect(withTables(guide, [{...first!, testAccuracy: 0.123}, ...rest])).not.toBe(guide);
});

it('the default meets its target: no margin more than 1.5 points below softmax on validation images', async () => {
  const results = await readResults(new URL('results/lambda.jsonl', docs));
  const defaultSchedule = JSON.stringify(annealedLambda().getConfig());
  const [name] = Object.entries(candidates).find(
    ([, lambda]) => typeof lambda !== 'number' && JSON.stringify(lambda.getConfig()) === defaultSchedule,
  )!;
  for (const dataset of ['mnist', 'cifar10'] as const) {
    const row = lambdaTable(results, dataset)
      .split('\n')
      .find((line) => line.includes(`| ${name} |`));
    const gap = Number(row!.split('|').at(-2)!.replace('−', '-'));
    expect(gap).toBeLessThanOrEqual(1.5);
  }
});

it('means over the seeds and the worst gap are right, and rows with results missing are left out', () => {
  const result = (loss: TrialResult['loss'], seed: number, accuracy: number | null): TrialResult => ({
    dataset: 'mnist',
    loss,
    seed,
    epochs: 3,
    trainAccuracy: accuracy,
    validationAccuracy: accuracy,
    testAccuracy: accuracy,
  });
  const softmax = listTrials(['mnist'], [], [1, 2]).map(({loss, seed}) => result(loss, seed, 0.9));
  const rows = marginLosses.flatMap((loss, index) => {
    const config = withCandidate(loss, 'SphereFace, min 5').getConfig();
    return [result(config, 1, index === 2 ? null : 0.92), result(config, 2, 0.9)];
  });
  const lonely = result(withCandidate(marginLosses[0]!, 'λ = 0 throughout').getConfig(), 1, 0.1);
  const table = lambdaTable([...softmax, ...rows, lonely], 'mnist');
  expect(table).toContain('| SphereFace, min 5 | 91.0 | 91.0 | 45.0 | 91.0 | 91.0 | 91.0 | 45.0 |');
  expect(table).toContain('Softmax reached 90.0 %. Training took 3 epochs; means of 2 runs.');
  expect(table).not.toContain('λ = 0');
});

it('a training has diverged if its loss is no number any more, be it after the last step', () => {
  expect(hasDiverged({loss: [2, 1], val_loss: [2, 1]})).toBe(false);
  expect(hasDiverged({loss: [2, Number.NaN], val_loss: [2, Number.NaN]})).toBe(true);
  expect(hasDiverged({loss: [2, 1], val_loss: [2, Number.NaN]})).toBe(true);
});

it.each([
  ['accuracy', {testAccuracy: 91}, /testAccuracy: .*<=1/],
  ['loss', {loss: {name: 'lsoftmx'}}, /loss: expected the configuration of a loss of tfjs-losses/],
])('a result with a wrong %s is refused, with its line', async (_, wrong, message) => {
  const file = join(await temporaryFolder(), 'lambda.jsonl');
  const [first] = (await readFile(new URL('results/lambda.jsonl', docs), 'utf8')).split('\n');
  await writeFile(file, `${first}\n${JSON.stringify({...JSON.parse(first!), ...wrong})}\n`);
  await expect(readResults(file)).rejects.toThrow(message);
  await expect(readResults(file)).rejects.toThrow(/lambda\.jsonl, line 2/);
});

it('lists every loss once for each data set and seed', () => {
  const trials = listTrials(['mnist', 'cifar10'], ['SphereFace, min 5', 'SphereFace, min 50'], [1, 2]);
  expect(trials).toHaveLength(2 * 2 * (1 + 2 * 6));
  expect(new Set(trials.map(trialKey)).size).toBe(trials.length);
});

it('says what is missing where there are no results yet', () => {
  expect(() => lambdaTable([], 'mnist')).toThrow(
    'there is no result of softmax on mnist; run the experiment first',
  );
});
