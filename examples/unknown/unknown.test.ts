import {mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import * as tf from '@tensorflow/tfjs';
import {beforeAll, describe, expect, it} from 'vitest';
import {startBackend} from '../cifar10/backend.js';
import {KNOWN, STRANGERS, splitStages} from './data.js';
import {formatComparison, formatMeetings, sharesOf} from './report.js';
import {writeOutcome} from './results.js';
import {meetStrangers} from './unknown.js';

const options = {
  train: 0.2,
  shots: 3,
  epochs: 2,
  batchSize: 64,
  learningRate: 0.003,
  falseReject: 0.05,
  seed: 1,
};

it('shows no stage what belongs to another', () => {
  const {train, calibrate, enroll, test} = splitStages({...options, train: 0.8});
  const counts = ({labels}: {labels: readonly string[]}) =>
    Array.from({length: 10}, (_, digit) => labels.filter((label) => label === String(digit)).length);
  for (const digit of STRANGERS) {
    expect([counts(train)[digit], counts(calibrate)[digit], counts(enroll)[digit]]).toEqual([0, 0, 3]);
  }
  for (const digit of KNOWN) expect(counts(enroll)[digit]).toBe(0);
  expect(Math.min(...counts(test))).toBeGreaterThan(50);
  const images = [train, calibrate, enroll, test].flatMap(({xs}) => xs.map((image) => image.join()));
  expect(new Set(images).size).toBe(images.length);
});

it('tells right from refused and wrong', () => {
  const said = (label: string | null) => ({label, score: 0, threshold: 0, nearest: 'x', runnerUp: null});
  const meeting = {
    labels: ['1', '2', '2', '2', '2'],
    answers: [said('1'), said('2'), said(null), said('1'), said('1')],
  };
  expect(sharesOf(meeting, ['2'])).toEqual({right: 0.25, refused: 0.25, wrong: 0.5});
  expect(sharesOf(meeting, ['1', '2'])).toEqual({right: 0.4, refused: 0.2, wrong: 0.4});
});

describe('meetStrangers', () => {
  beforeAll(async () => {
    await startBackend('auto');
  });

  it('refuses strangers, learns them, reports and writes, and the seed repeats it', async () => {
    const tensors = tf.memory().numTensors;
    const outcome = await meetStrangers(options, () => {});
    expect(tf.memory().numTensors).toBe(tensors);
    const [known, strangers] = [KNOWN.map(String), STRANGERS.map(String)];
    expect(sharesOf(outcome.before, known).right).toBeGreaterThan(0.7);
    expect(sharesOf(outcome.before, strangers).right).toBe(0);
    expect(sharesOf(outcome.before, strangers).refused).toBeGreaterThan(
      3 * sharesOf(outcome.before, known).refused,
    );
    expect(sharesOf(outcome.after, strangers).right).toBeGreaterThan(0.2);
    expect(formatMeetings(outcome)).toContain('stranger');
    expect(formatComparison(outcome.comparison)).toContain('knn');

    const folder = mkdtempSync(join(tmpdir(), 'unknown-'));
    const [picture, numbers] = await writeOutcome(outcome, options, folder);
    expect(readFileSync(picture!, 'utf8')).toContain('threshold');
    expect(JSON.parse(readFileSync(numbers!, 'utf8'))).toMatchObject({
      command: 'npm run unknown',
      before: {strangers: {right: 0}},
    });
    rmSync(folder, {recursive: true});

    expect(await meetStrangers(options, () => {})).toEqual(outcome);
  });
});
