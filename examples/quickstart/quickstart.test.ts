import {mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import * as tf from '@tensorflow/tfjs';
import {afterEach, beforeAll, describe, expect, it, vi} from 'vitest';
import {startBackend} from '../cifar10/backend.js';
import {contenders} from './contenders.js';
import {compareLosses} from './quickstart.js';
import {formatTable} from './report.js';
import {writeComparison} from './results.js';

const options = {train: 0.1, test: 0.02, epochs: 2, batchSize: 64, learningRate: 0.006, seed: 1};

describe('the quickstart', () => {
  beforeAll(async () => {
    await startBackend('auto');
  });
  afterEach(() => vi.restoreAllMocks());

  it('trains with every loss, reports and writes, and the seed repeats it', async () => {
    const lines = vi.spyOn(console, 'error').mockImplementation(() => {});
    const tensors = tf.memory().numTensors;
    const comparison = await compareLosses(options);
    expect(tf.memory().numTensors).toBe(tensors);
    expect(lines).toHaveBeenCalledTimes(contenders.length);
    expect([comparison.trainDigits, comparison.testDigits]).toEqual([999, 201]);

    const table = formatTable(comparison.outcomes);
    for (const {contender, testAccuracy, angles} of comparison.outcomes) {
      expect(testAccuracy).toBeGreaterThan(0.15);
      expect(angles.meanWithinClass).toBeLessThan(Math.PI / 3);
      expect(table).toContain(`${contender.title} `);
      expect(table).toContain(`${(100 * testAccuracy).toFixed(1)} %`);
    }

    const folder = mkdtempSync(join(tmpdir(), 'quickstart-'));
    const [picture, numbers] = await writeComparison(comparison, options, folder);
    expect(readFileSync(picture!, 'utf8')).toBe(`${comparison.picture}\n`);
    const written = JSON.parse(readFileSync(numbers!, 'utf8'));
    expect(written).toMatchObject({
      command: 'npm run quickstart',
      seed: 1,
      versions: {'@tensorflow/tfjs': tf.version.tfjs},
    });
    expect(written.losses.map(({formula}: {formula: string}) => formula)).toEqual(
      contenders.map(({loss}) => String(loss)),
    );
    rmSync(folder, {recursive: true});

    const again = await compareLosses(options);
    expect(again.outcomes.map(({features}) => features)).toEqual(
      comparison.outcomes.map(({features}) => features),
    );
  });

  it('says so when a training diverges, whatever the largest of no numbers is', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => {});
    await expect(compareLosses({...options, epochs: 1, learningRate: 1e38})).rejects.toThrow(
      /training with Softmax has diverged: its loss is NaN/,
    );
  });

  it('trains the paper’s combination', () => {
    const [, , , , combination] = contenders;
    expect(String(combination!.loss)).toMatch(
      /^0\.25·hinge\(.*\) \+ 0\.65·lsoftmax\(m=4, .*\) \+ 0\.34·asoftmax\(m=4, .*\)$/,
    );
  });
});
