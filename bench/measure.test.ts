import * as tf from '@tensorflow/tfjs';
import {expect, it, vi} from 'vitest';
import {now} from './clock.js';
import {countLaunches} from './launches.js';
import {measure} from './measure.js';
import {peakBytes} from './peak.js';
import {compare, takeTurns} from './rounds.js';
import {sections} from './sections.js';

vi.spyOn(console, 'warn').mockImplementation(() => {});

const effort = {rounds: 3, time: 1};

it('the clock stands still while nothing is done', async () => {
  const start = now();
  await new Promise((resolve) => setTimeout(resolve, 500));
  const waited = now() - start;
  expect(waited).toBeLessThan(250);
  for (let i = 0; now() - start < waited + 5; i++) Math.sqrt(i);
});

it('ratios are to the first of the same round, and what counts is their median', () => {
  const times = new Map([
    ['first', [1, 100, 2]],
    ['second', [3, 100, 4]],
  ]);
  expect(compare(times)).toEqual([
    {contender: 'first', milliseconds: 2, ratio: 1, quartiles: [1, 1]},
    {contender: 'second', milliseconds: 4, ratio: 2, quartiles: [1, 3]},
  ]);
});

it('contenders take turns, and each begins a round once in so many', async () => {
  const turns: string[] = [];
  const contender = (name: string) => ({
    name,
    run() {
      if (turns.at(-1) !== name) turns.push(name);
      return tf.scalar(0);
    },
  });
  const timings = await takeTurns(['a', 'b', 'c'].map(contender), effort);
  // Whoever ends a round begins none: else two turns would look like one.
  expect(turns.join('')).toBe('abcbcacababc');
  expect(timings.map((timing) => timing.contender)).toEqual(['a', 'b', 'c']);
});

it('a contender that throws ends the benchmark', async () => {
  const broken = {
    name: 'broken',
    run() {
      throw new Error('out of memory');
    },
  };
  await expect(takeTurns([broken], effort)).rejects.toThrow('out of memory');
});

it('the peak is what there is at most, on top of what there was', async () => {
  const input = tf.ones([1000]);
  const run = () => tf.tidy(() => tf.sum(tf.add(tf.mul(input, 2), 1)));
  const [vector, scalar] = [4000, 4];
  expect(await peakBytes({name: 'sum', run})).toBe(2 * vector + scalar);
  expect(await countLaunches({name: 'sum', run})).toBeUndefined();
});

it.each(['loss', 'head', 'classes'] as const)(
  '%s is measured, and leaves nothing behind',
  async (section) => {
    const before = tf.memory().numTensors;
    const announced: string[] = [];
    const series = await measure(
      {backend: 'cpu', sections: [section], quick: true, effort: {rounds: 1, time: 1}},
      (what) => announced.push(what),
    );
    expect(announced).toEqual([`cpu, ${section}, ${sections[section][0]!.setting}`]);
    expect(series).toHaveLength(1);
    const [first, ...others] = series[0]!.rows;
    expect(first).toMatchObject({contender: 'tf.losses.softmaxCrossEntropy', ratio: 1});
    expect(others.length).toBeGreaterThan(0);
    for (const {ratio, peakBytes} of others) {
      expect(ratio).toBeGreaterThan(0);
      expect(peakBytes).toBeGreaterThan(0);
    }
    expect(tf.memory().numTensors).toBe(before);
  },
);
