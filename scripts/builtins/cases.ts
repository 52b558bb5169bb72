import type {Loss} from '../../src/index.js';
import {hinge, softmax} from '../../src/index.js';

/** One example on which a loss of tfjs-layers gives a wrong result, and the loss of this package that replaces it. */
export interface Case {
  /** What goes wrong. */
  readonly title: string;
  /** The name under which `model.compile` knows the loss. */
  readonly builtIn: string;
  /** The activation that loss wants on the last layer. */
  readonly activation: 'softmax' | 'linear';
  readonly replacement: Loss;
  readonly logits: readonly number[];
  readonly trueClass: number;
  /** How the label is given to the built-in loss. */
  readonly labels: 'one-hot' | 'ids';
}

const confidentlyWrong = {logits: [40, -40, 0], trueClass: 1, replacement: softmax()};

export const cases: readonly Case[] = [
  {
    title: 'a confidently wrong example',
    builtIn: 'categoricalCrossentropy',
    activation: 'softmax',
    labels: 'one-hot',
    ...confidentlyWrong,
  },
  {
    title: 'a confidently wrong example',
    builtIn: 'sparseCategoricalCrossentropy',
    activation: 'softmax',
    labels: 'ids',
    ...confidentlyWrong,
  },
  {
    title: 'the softmax activation forgotten',
    builtIn: 'categoricalCrossentropy',
    activation: 'linear',
    labels: 'one-hot',
    replacement: softmax(),
    logits: [2, 0, -1],
    trueClass: 0,
  },
  {
    title: 'every margin met, negative logits',
    builtIn: 'categoricalHinge',
    activation: 'linear',
    labels: 'one-hot',
    replacement: hinge(),
    logits: [-5, -9, -9],
    trueClass: 0,
  },
  {
    title: 'the same logits, shifted by 10',
    builtIn: 'categoricalHinge',
    activation: 'linear',
    labels: 'one-hot',
    replacement: hinge(),
    logits: [5, 1, 1],
    trueClass: 0,
  },
  {
    title: 'two wrong classes tie',
    builtIn: 'categoricalHinge',
    activation: 'linear',
    labels: 'one-hot',
    replacement: hinge(),
    logits: [0, 2, 2],
    trueClass: 0,
  },
  {
    title: 'a wrong prediction, one-hot label',
    builtIn: 'hinge',
    activation: 'linear',
    labels: 'one-hot',
    replacement: hinge(),
    logits: [3, 5, 5],
    trueClass: 0,
  },
];
