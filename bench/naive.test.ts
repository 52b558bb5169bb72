/** The naive losses are the same losses: what is compared is cost alone. */

import * as tf from '@tensorflow/tfjs';
import {marginLogits} from 'tfjs-losses';
import {describe, expect, it, vi} from 'vitest';
import {expectClose, type Nested} from '../test/support/expectClose.js';
import {everyContender, isOurs, lossAlone, lossWithHead} from './lossContenders.js';
import {randomProblem} from './problem.js';
import {subjects} from './subjects.js';

vi.spyOn(console, 'warn').mockImplementation(() => {});

const problem = randomProblem({batch: 16, features: 8, classes: 5});
const {features, kernel, oneHot, classIds} = problem;
/** Of float32, and of the naive cosines being clipped at 1e-6 from ±1. */
const tolerance = {relative: 1e-4, absolute: 1e-5};

it.each(Object.entries(subjects))('%s has the losses and gradients of its naive form', async (_, subject) => {
  const upstream = tf.linspace(1, 2, 16);
  const evaluate = (loss: (x: tf.Tensor2D, w: tf.Tensor2D) => tf.Tensor) =>
    tf.valueAndGrads((x, w) => loss(x as tf.Tensor2D, w as tf.Tensor2D))([features, kernel], upstream);
  const own = evaluate((x, w) => subject.loss(classIds, marginLogits(x, w)));
  const naive = evaluate((x, w) => subject.naive(oneHot, tf.matMul(x, w), x, w));
  const pairs = [[own.value, naive.value], ...own.grads.map((grad, i) => [grad, naive.grads[i]!])];
  for (const [actual, expected] of pairs) {
    expectClose((await actual!.array()) as Nested, (await expected!.array()) as Nested, tolerance);
  }
});

describe.each(Object.entries({lossAlone, lossWithHead}))('%s', (_, scopeOf) => {
  const contenders = everyContender(scopeOf(problem), problem);
  const gradientOf = async (name: string) =>
    (await contenders
      .find((contender) => contender.name === name)!
      .lastGradient()
      .array()) as Nested;

  it.each(Object.keys(subjects))('%s has the same gradient in all its forms', async (name) => {
    const gradient = await gradientOf(name);
    expectClose(await gradientOf(`${name}, class ids`), gradient, {relative: 1e-6});
    // The sine of ArcFace's angle goes back to features and kernel, and in the naive form to the logits, which by themselves differ.
    if (scopeOf === lossAlone && name === 'arcface') return;
    expectClose(await gradientOf(`${name}, naively`), gradient, tolerance);
  });

  it('softmax is what tfjs computes', async () => {
    const [builtIn, ofLayers] = contenders.map(({name}) => name);
    expect([builtIn, ofLayers].map((name) => isOurs(name!))).toEqual([false, false]);
    const gradient = await gradientOf('softmax');
    for (const name of [builtIn!, ofLayers!]) expectClose(await gradientOf(name), gradient, tolerance);
  });
});
