/** Two copies of tfjs-layers in one program, as npm installs them where versions differ: marginDense is of one, the model of the other. */

import {createRequire} from 'node:module';
import {zeros} from '@tensorflow/tfjs-core';
import * as ours from '@tensorflow/tfjs-layers';
import {describe, expect, it} from 'vitest';
import {lsoftmax, marginDense, marginLogits} from '../../src/index.js';
import {errorOf, wrong} from '../errors/rejects.js';

const require = createRequire(import.meta.url);
const file = require.resolve('@tensorflow/tfjs-layers');
delete require.cache[file];
const theirs = require(file) as typeof ours;

const message =
  'marginDense: the input is a symbolic tensor of another copy of @tensorflow/tfjs-layers than the one that tfjs-losses uses; ' +
  '"npm ls @tensorflow/tfjs-layers" shows both; install @tensorflow/tfjs-core and @tensorflow/tfjs-layers ' +
  'in the version that your @tensorflow/tfjs has, so that there is one';

describe('marginDense in a model of another copy of tfjs-layers', () => {
  const head = () => marginDense({units: 3, inputShape: [4]});

  it('is of two copies', () => {
    expect(theirs.input({shape: [4]})).not.toBeInstanceOf(ours.SymbolicTensor);
  });

  const cases = {
    'as its first layer': () => theirs.sequential({layers: [wrong(head())]}),
    'behind another': () => {
      const layers = [theirs.layers.dense({units: 4, inputShape: [4]}), wrong(head())];
      return theirs.sequential({layers: layers as ours.layers.Layer[]});
    },
    'in a functional model': () => head().apply(wrong(theirs.input({shape: [4]}))),
  };
  it.each(Object.entries(cases))('says what is the matter, %s', (_, make) => {
    const error = errorOf(make);
    expect(error).toBeInstanceOf(TypeError);
    expect(error.message).toBe(message);
  });
});

describe('symbolic tensors of any copy in place of tensors', () => {
  it.each([ours, theirs])('get an error that says so', ({input}) => {
    const symbolic = input({shape: [4]});
    expect(errorOf(() => marginLogits(wrong(symbolic), zeros([4, 3]))).message).toMatch(
      /^marginLogits: features must be a tensor of shape .*; a symbolic tensor has no numbers: in a model use layers, such as marginDense\(\{units: …\}\)$/,
    );
    expect(errorOf(() => lsoftmax()(zeros([2, 4]), wrong(symbolic))).message).toContain(
      '; a symbolic tensor has no numbers',
    );
  });
});
