import {describe, expect, test} from 'vitest';
import {stretched} from '../experiments/lambdaRecipe.js';
import {randomSearch, rungsOf, searchedName} from '../experiments/randomSearch.js';
import {drawCandidate} from '../experiments/searchSpace.js';
import {wholeWork} from '../experiments/shard.js';
import {ladder} from '../experiments/successiveHalving.js';
import type {Trial} from '../experiments/trial.js';
import {parseLoss} from '../lossExpression.js';
import {recordOf} from './records.js';

describe('the ladder', () => {
  test('thins the candidates out as it lengthens their training', () => {
    expect(ladder({candidates: 12, epochs: 10, eta: 3})).toEqual([
      {candidates: 12, epochs: 1},
      {candidates: 4, epochs: 3},
      {candidates: 2, epochs: 10},
    ]);
    expect(ladder({candidates: 27, epochs: 9, eta: 3}).map(({epochs}) => epochs)).toEqual([1, 3, 9]);
    // As many rungs as there are powers, whatever logarithms round to.
    expect(ladder({candidates: 125, epochs: 1000, eta: 5}).map(({candidates}) => candidates)).toEqual([
      125, 25, 5, 1,
    ]);
    expect(ladder({candidates: 8, epochs: 100, eta: 2}).map(({candidates}) => candidates)).toEqual([
      8, 4, 2, 1,
    ]);
  });

  test('has one rung where there is nothing to choose, or no time to', () => {
    expect(ladder({candidates: 1, epochs: 10, eta: 3})).toEqual([{candidates: 1, epochs: 10}]);
    expect(ladder({candidates: 12, epochs: 1, eta: 3})).toEqual([{candidates: 12, epochs: 1}]);
  });
});

describe('random search', () => {
  const options = {candidates: 9, epochs: 9, eta: 3, seed: 0, limit: null, shard: wholeWork};

  async function search(m: number | null, chosen = options) {
    const trials: Trial[] = [];
    await randomSearch({loss: 'lsoftmax', m}, chosen, async (trial) => {
      trials.push(trial);
      // The lower the learning rate, the better; the lowest of all diverges.
      const {learningRate} = trial.config;
      return recordOf(trial, learningRate === lowest ? null : 1 - learningRate);
    });
    return trials;
  }
  const rates = Array.from({length: 9}, (_, index) => drawCandidate(0, index).learningRate).sort(
    (a, b) => a - b,
  );
  const lowest = rates[0]!;

  test('lets the best of each rung go on, and never one that diverged', async () => {
    const trials = await search(3);
    expect(trials.map(({config}) => config.epochs)).toEqual([1, 1, 1, 1, 1, 1, 1, 1, 1, 3, 3, 3, 9]);
    const rate = ({config}: Trial) => config.learningRate;
    expect(
      trials
        .slice(9, 12)
        .map(rate)
        .sort((a, b) => a - b),
    ).toEqual(rates.slice(1, 4));
    expect(trials.slice(12).map(rate)).toEqual([rates[1]]);
    expect(trials.every(({label}) => label === 'lsoftmax(m=3)')).toBe(true);
  });

  test('has the same candidates again for a seed, for every loss, and others for another seed', () => {
    expect(drawCandidate(5, 2)).toEqual(drawCandidate(5, 2));
    expect(drawCandidate(5, 2)).not.toEqual(drawCandidate(6, 2));
    expect(drawCandidate(5, 2)).not.toEqual(drawCandidate(5, 3));
  });

  test('draws losses that the trainer understands, m from 2, 3 and 4 unless it is given', async () => {
    const drawn = (await search(null)).map(({config}) => parseLoss(config.loss).getConfig().m as number);
    expect([...new Set(drawn.slice(0, 9))].sort()).toEqual([2, 3, 4]);
    const given = (await search(2)).map(({config}) => parseLoss(config.loss).getConfig().m);
    expect(new Set(given)).toEqual(new Set([2]));
    expect(searchedName({loss: 'lsoftmax', m: null})).toBe('lsoftmax');
  });

  test('in a short training λ falls as far as in the whole one', () => {
    const recipe = {base: 1000, gamma: 0.12, power: 1, min: 0};
    const at = ({base, gamma, power}: typeof recipe, step: number) => base * (1 + gamma * step) ** -power;
    expect(at(stretched(recipe, 1 / 9), 100)).toBeCloseTo(at(recipe, 900), 6);
  });

  test('each shard searches among its own share, and together they draw every candidate', async () => {
    const first = await search(2, {...options, shard: {index: 1, count: 2}});
    const second = await search(2, {...options, shard: {index: 2, count: 2}});
    const drawn = [...first, ...second].map(({config}) => config.learningRate);
    expect([...new Set(drawn)].sort((a, b) => a - b)).toEqual([...new Set(rates)]);
    expect(rungsOf({...options, shard: {index: 12, count: 12}})).toEqual([]);
  });
});
