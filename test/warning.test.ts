/** A loss of angles alone warns, once a process, that it does not train the lengths of the weights. */

import * as tf from '@tensorflow/tfjs-core';
import {beforeEach, describe, expect, it, vi} from 'vitest';

type Library = typeof import('../src/index.js');

const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});

/** What this package has warned of; tfjs has warnings of its own. */
function ours(): string[] {
  return warn.mock.calls
    .map(([message]) => String(message))
    .filter((message) => message.startsWith('tfjs-losses'));
}

/** Calls losses of the same logits one after another, as a model does with its loss and its metrics. */
async function callsOfWarn(
  losses: (library: Library) => Array<InstanceType<Library['Loss']>>,
  normalizeKernel = false,
): Promise<number> {
  const library = await import('../src/index.js');
  tf.tidy(() => {
    const logits = library.marginLogits(tf.ones([2, 3]), tf.ones([3, 4]), {normalizeKernel});
    for (const loss of losses(library)) loss(tf.tensor1d([0, 1], 'int32'), logits);
  });
  return ours().length;
}

beforeEach(() => {
  vi.resetModules();
  warn.mockClear();
});

describe('warns', () => {
  it('of A-Softmax alone, once, and says what to do', async () => {
    expect(await callsOfWarn(({asoftmax}) => [asoftmax(), asoftmax({m: 2})])).toBe(1);
    expect(ours()[0]).toMatch(/asoftmax alone .* use marginDense\(\{units: …, normalizeKernel: true\}\)/);
  });

  it.each(['amsoftmax', 'arcface', 'normalizedSoftmax', 'combinedMargin', 'magface'] as const)(
    'of %s alone',
    async (name) => {
      expect(await callsOfWarn((library) => [library[name]()])).toBe(1);
      expect(ours()[0]).toMatch(new RegExp(`${name} alone .* use marginDense`));
    },
  );

  it('of a combination in which nothing else has a weight', async () => {
    const count = await callsOfWarn(({asoftmax, combined, lsoftmax}) => [
      combined([
        [0, lsoftmax()],
        [1, asoftmax()],
        [2, combined([[1, asoftmax({m: 2})]])],
      ]),
    ]);
    expect(count).toBe(1);
  });
});

describe('does not warn', () => {
  it('if the model ranks by angle too', async () => {
    expect(await callsOfWarn(({asoftmax}) => [asoftmax()], true)).toBe(0);
  });

  it('of a combination with a loss that trains lengths', async () => {
    const count = await callsOfWarn(({asoftmax, combined, lsoftmax}) => [
      combined([
        [0.65, lsoftmax()],
        [0.34, asoftmax()],
      ]),
    ]);
    expect(count).toBe(0);
  });

  it('of a metric beside such a loss', async () => {
    expect(await callsOfWarn(({asoftmax, lsoftmax}) => [lsoftmax(), asoftmax()])).toBe(0);
  });
});
