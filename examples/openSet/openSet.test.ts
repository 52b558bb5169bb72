import {readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import * as tf from '@tensorflow/tfjs';
import {beforeAll, describe, expect, it, vi} from 'vitest';
import {startBackend} from '../cifar10/backend.js';
import {Random} from '../cifar10/random.js';
import {temporaryFolder} from '../cifar10/test/support.js';
import type {Data, Examples} from '../scale/problems.js';
import {combination, contenders, weights} from './contenders.js';
import {enrolledAccuracy, verify} from './embedded.js';
import {classesOf, type Problem, problemNames, problems} from './problems.js';
import {runTrials} from './run.js';
import {runTrial} from './runTrial.js';
import {
  choose,
  entrants,
  readResults,
  searchTrials,
  type Trial,
  type TrialResult,
  testTrials,
  trialKey,
} from './trials.js';

describe.each(problemNames)('the splits of %s', (name) => {
  const {splits, classes, heldOut}: Problem = problems[name];
  const stage = (split: number, which: 'search' | 'test') => classesOf(problems[name], {split, stage: which});

  it('are five, of six known classes in ten', () => {
    expect(splits).toHaveLength(5);
    expect(new Set(splits.map((known) => [...known].sort().join())).size).toBe(name === 'cifar10' ? 4 : 5);
    for (const split of [1, 2, 3, 4, 5]) {
      const {known, unknown} = stage(split, 'test');
      expect(known).toHaveLength(0.6 * classes);
      expect(new Set([...known, ...unknown])).toEqual(new Set(Array(classes).keys()));
    }
  });

  it('show a search nothing of the classes that are unknown in the test', () => {
    for (const split of [1, 2, 3, 4, 5]) {
      const {known, unknown} = stage(split, 'search');
      expect(unknown).toHaveLength(heldOut);
      expect(known).toHaveLength(0.6 * classes - heldOut);
      expect(new Set([...known, ...unknown])).toEqual(new Set(stage(split, 'test').known));
    }
  });
});

describe('contenders', () => {
  it('may all search as many settings, without the same twice', () => {
    const counts = Object.values(contenders).map(
      ({settings}) => new Set(settings.map((s) => JSON.stringify(s))).size,
    );
    expect(new Set(counts)).toEqual(new Set([4]));
  });

  it('bring λ to that of the setting at half of the training, and scales to a multiple of auto', () => {
    const training = {classes: 10, steps: 200};
    const made = (name: string) => contenders[name]!.create(contenders[name]!.settings[0]!, training);
    const {lambda} = made('asoftmax').getConfig() as unknown as {
      lambda: {base: number; gamma: number; min: number};
    };
    expect(lambda.base / (1 + 100 * lambda.gamma)).toBeCloseTo(lambda.min);
    const double = contenders.arcface!.settings[2]!;
    expect(double.scale).toBe(2);
    expect(contenders.arcface!.create(double, training).getConfig().scale).toBeCloseTo(7.91, 2);
  });

  it('have the weights of the combination', () => {
    const terms = weights.map((weight) => {
      const {settings, create} = contenders[combination(weight)]!;
      return create(settings[0]!, {classes: 10, steps: 200}).getConfig().terms as {
        weight: number;
        loss: {name: string};
      }[];
    });
    expect(terms.map((list) => list.map(({weight}) => weight))).toEqual([
      [0.25, 0.65],
      [0.25, 0.65, 0.34],
      [0.25, 0.65, 1],
      [0.25, 0.65, 3],
    ]);
    expect(terms[1]!.map(({loss}) => loss.name)).toEqual(['hinge', 'lsoftmax', 'asoftmax']);
  });
});

describe('the choice of a setting', () => {
  const softmax = entrants.find(({title}) => title === 'softmax, tuned')!;
  const where = {problem: 'mnist', split: 1, ...softmax} as const;
  const search = searchTrials('mnist', 1).map((trial) => result(trial, 0.5));

  it('is by the largest AUROC of any score in the search of the split', () => {
    const results = [
      ...search.map((one) =>
        one.contender === 'softmax' && one.setting.weightDecay === 5
          ? result(one, 0.5, {knn: 0.7, cosine: 0.6})
          : one,
      ),
      ...searchTrials('mnist', 2).map((trial) => result(trial, 0.9)),
      ...search.map((one) => result({...one, stage: 'test'}, 0.9)),
    ];
    expect(choose(results, where)).toMatchObject({setting: {weightDecay: 5}, score: 'knn'});
  });

  it('needs the whole search', () => {
    expect(() => choose(search.slice(1), where)).toThrow(
      'the search of softmax on split 1 of MNIST is not complete; run the experiment first: npm run open-set -- run',
    );
  });

  it('makes one test of every contender, and one of softmax without weight decay if it chose another', () => {
    expect(testTrials('mnist', 1, 1, search)).toHaveLength(11);
    const decayed = search.map((one) =>
      one.contender === 'softmax' && one.setting.weightDecay === 2 ? result(one, 0.6) : one,
    );
    const trials = testTrials('mnist', 1, 3, decayed);
    expect(
      trials.filter(({contender}) => contender === 'softmax').map(({setting}) => setting.weightDecay),
    ).toEqual([0, 2]);
    expect(new Set(trials.map(trialKey)).size).toBe(12);
    expect(trials.every(({stage, seed}) => stage === 'test' && seed === 3)).toBe(true);
  });
});

describe('on made-up data', () => {
  beforeAll(async () => {
    await startBackend('auto');
  });

  /** Ten classes around ten directions of sixteen. */
  const tiny: Problem = {...problems.mnist, epochs: 12, enrols: true};
  const data: Data = {training: clusters(600, 1), validation: clusters(200, 2), test: clusters(300, 3)};
  const trial: Trial = {
    problem: 'mnist',
    stage: 'test',
    split: 1,
    seed: 1,
    contender: combination(0.34),
    setting: {weightDecay: 2, lambda: 5},
  };

  it('a trial tells classes and unknown from known, and its seed repeats it', async () => {
    const tensors = tf.memory().numTensors;
    const outcome = await runTrial(trial, tiny, data);
    expect(tf.memory().numTensors).toBe(tensors);
    expect(outcome.accuracy).toBeGreaterThan(0.95);
    expect(outcome.scores.prototype.auroc).toBeGreaterThan(0.9);
    expect(outcome.scores.prototype.oscr).toBeLessThanOrEqual(outcome.scores.prototype.auroc);
    expect(outcome.unknown!.eer).toBeLessThan(0.3);
    expect(outcome.unknown!.fiveShot).toBeGreaterThan(outcome.unknown!.oneShot);
    expect(await runTrial(trial, tiny, data)).toEqual(outcome);
    expect(await runTrial({...trial, seed: 2}, tiny, data)).not.toEqual(outcome);
  });

  it('a search does not look at the test', async () => {
    const outcome = await runTrial({...trial, stage: 'search'}, tiny, data);
    expect(outcome.unknown).toBeUndefined();
    expect(await runTrial({...trial, stage: 'search'}, tiny, {...data, test: clusters(300, 4)})).toEqual(
      outcome,
    );
  });
});

describe('a run', () => {
  const tiny: Problem = {
    ...problems.mnist,
    epochs: 1,
    splits: problems.mnist.splits.slice(0, 1),
    load: async () => ({training: clusters(200, 1), validation: clusters(200, 2), test: clusters(100, 3)}),
  };
  const start = (results: string) =>
    runTrials({mnist: 'made up', problems: ['mnist'], results}, {...problems, mnist: tiny});

  it('searches, tests what the search chose, and goes on where it was left', async () => {
    vi.spyOn(console, 'log').mockReturnValue();
    const file = join(await temporaryFolder(), 'open-set.jsonl');
    await start(file);
    const results = await readResults(file);
    const tests = results.filter(({stage}) => stage === 'test');
    expect(results).toHaveLength(44 + tests.length);
    expect(tests.map(trialKey)).toEqual(testTrials('mnist', 1, 1, results).map(trialKey));

    const lines = (await readFile(file, 'utf8')).trimEnd().split('\n');
    await writeFile(file, `${lines.slice(0, -1).join('\n')}\n`);
    await start(file);
    const again = await readResults(file);
    const outcome = ({accuracy, scores}: TrialResult) => ({accuracy, scores});
    expect(again.map(trialKey)).toEqual(results.map(trialKey));
    expect(outcome(again.at(-1)!)).toEqual(outcome(results.at(-1)!));
  });

  it('says which folder it needs', async () => {
    const file = join(await temporaryFolder(), 'open-set.jsonl');
    await expect(runTrials({problems: ['cifar10'], results: file})).rejects.toThrow(
      'CIFAR-10: name the folder with --cifar10',
    );
  });
});

describe('classes that were never trained', () => {
  const at = (degrees: number) => [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
  const embedded = (angles: readonly number[], labels: readonly string[]) => ({
    features: tf.tensor2d(angles.map(at)),
    labels,
  });

  it('are told apart by the cosine of two examples', () => {
    expect(verify(embedded([0, 10, 90, 100], ['a', 'a', 'b', 'b']))).toEqual({eer: 0, tar: 1});
    // Of the pairs of one class one is nearer than all others, and one is farther.
    expect(verify(embedded([0, 10, 30, 120], ['a', 'a', 'b', 'b'])).tar).toBe(0.5);
  });

  it('are recognised by the nearest of those enrolled', async () => {
    const near = embedded([0, 1, 2, 90, 91, 92], ['a', 'a', 'a', 'b', 'b', 'b']);
    expect(await enrolledAccuracy(near, 1, 1)).toBe(1);
    const mixed = embedded([0, 90, 0, 90, 0, 90], ['a', 'a', 'a', 'b', 'b', 'b']);
    expect(await enrolledAccuracy(mixed, 1, 1)).toBeLessThan(0.8);
  });
});

function result(trial: Trial, auroc: number, others: Record<string, number> = {}): TrialResult {
  const quality = (value: number) => ({auroc: value, oscr: value});
  const names = ['logit', 'probability', 'energy', 'cosine', 'prototype', 'knn'];
  const scores = Object.fromEntries(names.map((name) => [name, quality(others[name] ?? auroc)]));
  return {...trial, accuracy: 0.9, scores: scores as TrialResult['scores']};
}

function clusters(count: number, seed: number): Examples {
  const size = 16;
  const random = new Random(seed, 'clusters');
  const inputs = Float32Array.from({length: count * size}, () => random.below(1000) / 1500);
  const labels = Array.from({length: count}, () => random.below(10));
  for (const [row, label] of labels.entries()) inputs[row * size + label]! += 1;
  return {inputs, labels};
}
