import {writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {chooseHyperparameters} from '../experiments/chooseHyperparameters.js';
import {readHyperparameters, readHyperparametersIfThere} from '../experiments/hyperparameters.js';
import {foundSettings, recordOf, trialOf} from './records.js';
import {temporaryFolder} from './support.js';

const lambda = {base: 500, gamma: 0.05, power: 1, min: 5};

function searchRecord(
  label: string,
  accuracy: number | null,
  config: {epochs: number; dropout?: number; loss?: string},
) {
  return recordOf({...trialOf(0, {loss: label, ...config}), study: 'random search', label}, accuracy);
}

test('takes the best of the longest trainings, and says where it comes from', () => {
  const results = [
    searchRecord('softmax', 0.9, {epochs: 1}),
    searchRecord('softmax', 0.5, {epochs: 10, dropout: 0.2}),
    searchRecord('softmax', 0.6, {epochs: 10, dropout: 0.3}),
    searchRecord('softmax', null, {epochs: 10, dropout: 0.4}),
  ];
  const {learningRate, weightDecay, bias} = trialOf(0).config;
  expect(chooseHyperparameters(results, {settings: {}, weights: null}).settings).toEqual({
    softmax: {
      ...{learningRate, weightDecay, dropout: 0.3, bias, m: null, lambda: null, epochs: 10},
      from: {study: 'random search', trials: 4, epochs: 31, validationAccuracy: 0.6, commits: ['c0ffee']},
    },
  });
});

test('reads m and λ off the loss', () => {
  const loss = 'lsoftmax(m=3, lambda=anneal(base=500, gamma=0.05, power=1, min=5))';
  const chosen = chooseHyperparameters([searchRecord('lsoftmax', 0.5, {epochs: 10, loss})], foundSettings);
  expect(chosen.settings.lsoftmax).toMatchObject({m: 3, lambda});
});

test('leaves alone what these results say nothing about', () => {
  const chosen = chooseHyperparameters([searchRecord('hinge', null, {epochs: 10})], foundSettings);
  expect(chosen).toEqual(foundSettings);
});

test.each([
  [
    'a value',
    {softmax: {...foundSettings.settings.softmax, learningRate: 'fast'}},
    /settings\.softmax\.learningRate: .*number/,
  ],
  ['a range', {softmax: {...foundSettings.settings.softmax, dropout: 1}}, /settings\.softmax\.dropout: .*<1/],
  [
    'a recipe',
    {asoftmax: {...foundSettings.settings.asoftmax, lambda: {base: 1}}},
    /lambda\.gamma: .*number/,
  ],
])('a file that is wrong in %s is refused by name, with what was expected', async (_, settings, expected) => {
  const file = join(await temporaryFolder(), 'found.json');
  await writeFile(file, JSON.stringify({...foundSettings, settings}));
  await expect(readHyperparameters(file)).rejects.toThrow(expected);
  await expect(readHyperparameters(file)).rejects.toThrow(/found\.json .*search choose/);
});

test('a file that is right is read as it was written', async () => {
  const file = join(await temporaryFolder(), 'found.json');
  await writeFile(file, JSON.stringify(foundSettings));
  expect(await readHyperparameters(file)).toEqual(foundSettings);
  expect(await readHyperparametersIfThere(`${file}.not`)).toBeNull();
  expect(await readHyperparametersIfThere('/dev/null')).toBeNull();
});
