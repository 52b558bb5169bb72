/** Training with a class for each step of a sequence, or for each pixel, some of which have no label. */

import * as tf from '@tensorflow/tfjs-core';
import * as data from '@tensorflow/tfjs-data';
import {initializers, type LayersModel, layers, sequential} from '@tensorflow/tfjs-layers';
import {describe, expect, it, vi} from 'vitest';
import {
  arcface,
  asoftmax,
  combined,
  hinge,
  type Loss,
  lsoftmax,
  marginDense,
  softmax,
} from '../../src/index.js';
import {expectClose} from '../support/expectClose.js';
import {read} from '../support/runLoss.js';
import {weightsOf} from './example.js';

vi.spyOn(console, 'warn').mockImplementation(() => {});

const losses: Record<string, Loss> = {
  hinge: hinge(),
  softmax: softmax(),
  lsoftmax: lsoftmax({m: 2, lambda: 5}),
  arcface: arcface({margin: 0.2}),
  combined: combined([
    [0.25, hinge()],
    [0.65, lsoftmax({m: 4, lambda: 5})],
    [0.34, asoftmax({m: 4, lambda: 5})],
  ]),
};

/** The backend has no gradient of convolutions and of embeddings. */
const isWasm = tf.getBackend() === 'wasm';
const kernelInitializer = initializers.glorotNormal({seed: 3});
const [classes, batchSize, epochs, learningRate] = [3, 8, 12, 0.05];

/** A sequence of integers below `bound`, the same every time. */
function* integers(seed: number, bound: number): Generator<number, never> {
  let state = seed;
  for (;;) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    yield Math.floor((state / 2 ** 32) * bound);
  }
}

const take = (count: number, from: Generator<number>) =>
  Array.from({length: count}, () => from.next().value as number);

/** Inputs in rows of equal length, with a class for each row, −1 where there is none. */
interface Labelled {
  readonly inputs: number[][];
  readonly ids: number[];
}

/** Which share of those with a label a model has right. */
async function accuracyOf(model: LayersModel, xs: tf.Tensor, ids: readonly number[]): Promise<number> {
  const predicted = await read<number[]>(
    tf.tidy(() => tf.reshape(tf.argMax(model.predict(xs) as tf.Tensor, -1), [-1])),
  );
  const labelled = [...ids.keys()].filter((i) => ids[i]! >= 0);
  return labelled.filter((i) => predicted[i] === ids[i]).length / labelled.length;
}

/** Rows of labels, of zeros where there is no label. */
const rowsOf = (ids: readonly number[]) => ids.flatMap((y) => [0, 1, 2].map((j) => Number(j === y)));

describe('sequences', () => {
  const [sequences, time, vocabulary] = [32, 6, 9];

  /** Tokens; the class of each is its remainder. Sequences end early, and what fills them up has no label. */
  function tokens(padding: number, isPadded = true): Labelled {
    const drawn = take(sequences * time, integers(5, vocabulary));
    const lengths = take(sequences, integers(6, time));
    const isPadding = (i: number) => isPadded && i % time > lengths[Math.floor(i / time)]!;
    return {
      inputs: drawn.map((token, i) => [isPadding(i) ? padding : token]),
      ids: drawn.map((token, i) => (isPadding(i) ? -1 : token % classes)),
    };
  }

  /** Tokens as vectors, for the layers that train on every backend. */
  const vectorsOf = ({inputs}: Labelled) =>
    tf.reshape(tf.oneHot(tf.tensor1d(inputs.flat(), 'int32'), vocabulary), [sequences, time, vocabulary]);
  const tokensOf = ({inputs}: Labelled) => tf.tensor(inputs.flat(), [sequences, time]);

  const heads = () => marginDense({units: classes, kernelInitializer});
  const architectures = {
    'dense layers': {
      inputsOf: vectorsOf,
      make: () =>
        sequential({
          layers: [
            layers.dense({units: 24, activation: 'relu', inputShape: [time, vocabulary], kernelInitializer}),
            heads(),
          ],
        }),
    },
    'an embedding and a convolution': {
      inputsOf: tokensOf,
      make: () =>
        sequential({
          layers: [
            layers.embedding({
              inputDim: vocabulary,
              outputDim: 8,
              inputLength: time,
              embeddingsInitializer: initializers.randomNormal({seed: 4, stddev: 1}),
            }),
            layers.conv1d({filters: 16, kernelSize: 1, activation: 'relu', kernelInitializer}),
            heads(),
          ],
        }),
    },
  };

  const trained = Object.entries(architectures).filter(([name]) => !isWasm || name === 'dense layers');
  const makeModel = (make: () => LayersModel, loss: Loss, options: object = {}) => {
    const model = make();
    model.compile({optimizer: tf.train.adam(learningRate), loss, ...options});
    return model;
  };

  /** Batches of sequences, with the labels as ids. */
  function batches(xs: tf.Tensor, ids: readonly number[], dtype: 'int32' | 'float32') {
    return data.generator(function* () {
      for (let begin = 0; begin < sequences; begin += batchSize) {
        const labels = ids.slice(begin * time, (begin + batchSize) * time);
        yield {xs: tf.slice(xs, begin, batchSize), ys: tf.tensor(labels, [batchSize, time], dtype)};
      }
    });
  }

  describe.each(trained)('of a model with %s', (_, {inputsOf, make}) => {
    it.each(Object.entries(losses))('are learnt with fit and %s', async (_, loss) => {
      const all = tokens(0, false);
      const [xs, ys] = [inputsOf(all), tf.tensor(rowsOf(all.ids), [sequences, time, classes])];
      const model = makeModel(make, loss, {metrics: ['accuracy']});
      expect(await accuracyOf(model, xs, all.ids)).toBeLessThan(0.8);
      const {history} = await model.fit(xs, ys, {batchSize, epochs, shuffle: false, verbose: 0});
      expect((history.acc as number[]).at(-1)).toBeGreaterThan(0.95);
      expect(await accuracyOf(model, xs, all.ids)).toBeGreaterThan(0.95);
    });

    it.each(Object.entries(losses))(
      'are learnt with fitDataset and %s, whatever fills them up',
      async (_, loss) => {
        const results = [];
        for (const [padding, dtype] of [
          [0, 'int32'],
          [vocabulary - 1, 'float32'],
        ] as const) {
          const padded = tokens(padding);
          const xs = inputsOf(padded);
          const model = makeModel(make, loss);
          const {history} = await model.fitDataset(batches(xs, padded.ids, dtype), {epochs, verbose: 0});
          expect(await accuracyOf(model, xs, padded.ids)).toBeGreaterThan(0.95);
          results.push({weights: await weightsOf(model), loss: history.loss});
        }
        expectClose(results[1]!.weights as number[][][], results[0]!.weights as number[][][], {
          absolute: 1e-5,
        });
        expectClose(results[1]!.loss as number[], results[0]!.loss as number[], {absolute: 1e-5});
      },
    );

    it('learn the same from rows of zeros as from −1', async () => {
      const padded = tokens(0);
      const xs = inputsOf(padded);
      const [byIds, byRows] = [makeModel(make, losses.combined!), makeModel(make, losses.combined!)];
      await byIds.fitDataset(batches(xs, padded.ids, 'int32'), {epochs: 2, verbose: 0});
      const ys = tf.tensor(rowsOf(padded.ids), [sequences, time, classes]);
      await byRows.fit(xs, ys, {batchSize, epochs: 2, shuffle: false, verbose: 0});
      expectClose((await weightsOf(byRows)) as number[][][], (await weightsOf(byIds)) as number[][][], {
        absolute: 1e-5,
      });
    });
  });
});

describe('images', () => {
  const [images, size, channels] = [24, 8, 2];

  /** Pixels; the class of each is told by its channels. One in five is void. */
  function pixels(filling: number): Labelled {
    const count = images * size * size;
    const [drawn, noise, voids] = [integers(7, classes), integers(8, 1000), integers(9, 5)].map((numbers) =>
      take(count, numbers),
    );
    const centres = [
      [0, 0],
      [2, 0],
      [0, 2],
    ];
    const isVoid = (i: number) => voids![i] === 0;
    return {
      inputs: drawn!.map((y, i) =>
        centres[y]!.map((centre, c) => (isVoid(i) ? filling : centre + noise![i]! / 1000 - 0.5 + 0.1 * c)),
      ),
      ids: drawn!.map((y, i) => (isVoid(i) ? -1 : y)),
    };
  }

  const inputsOf = ({inputs}: Labelled) => tf.tensor(inputs.flat(), [images, size, size, channels]);
  const first = {inputShape: [size, size, channels], activation: 'relu' as const, kernelInitializer};
  const model = (loss: Loss) => {
    const hidden = isWasm
      ? layers.dense({units: 12, ...first})
      : layers.conv2d({filters: 12, kernelSize: 1, ...first});
    const made = sequential({
      layers: [hidden, marginDense({units: classes, useBias: true, kernelInitializer})],
    });
    made.compile({optimizer: tf.train.adam(learningRate), loss});
    return made;
  };

  it.each(Object.entries(losses))(
    'are segmented with %s, whatever is in the pixels without a label',
    async (_, loss) => {
      const results = [];
      for (const filling of [0, 5]) {
        const drawn = pixels(filling);
        const [xs, ys] = [inputsOf(drawn), tf.tensor(rowsOf(drawn.ids), [images, size, size, classes])];
        const net = model(loss);
        expect(net.outputs[0]!.shape).toEqual([null, size, size, classes]);
        expect(await accuracyOf(net, xs, drawn.ids)).toBeLessThan(0.8);
        const {history} = await net.fit(xs, ys, {batchSize, epochs, shuffle: false, verbose: 0});
        expect(await accuracyOf(net, xs, drawn.ids)).toBeGreaterThan(0.95);
        results.push({weights: (await weightsOf(net)) as number[][][], loss: history.loss as number[]});
      }
      expectClose(results[1]!.weights, results[0]!.weights, {absolute: 1e-4});
      expectClose(results[1]!.loss, results[0]!.loss, {absolute: 1e-4});
    },
  );
});
