import {beforeAll, describe, expect, test} from 'vitest';
import {startBackend} from '../backend.js';
import {defaultConfig} from '../config.js';
import {batchesOf} from '../data/batches.js';
import {type Images, pixelsPerImage} from '../data/cifar10.js';
import {measureStandardisation} from '../data/standardise.js';
import {buildNetwork} from '../network.js';
import {Random} from '../random.js';
import {train} from '../trainer.js';
import {generatedImages} from './support.js';

beforeAll(async () => {
  await startBackend('wasm');
});

describe('without dropout, a seed decides', () => {
  /** The kernels as they start: all that is random in a new network. */
  function kernelsOf(seed: number): number[][] {
    const {model} = buildNetwork({hidden: [4, 4], dropout: 0, bias: false, normalizeKernel: false, seed});
    const kernels = model.getWeights().filter(({rank}) => rank === 2);
    const values = kernels.map((kernel) => [...kernel.dataSync()]);
    model.dispose();
    return values;
  }

  test('the initial weights of every layer', () => {
    const [one, two] = [kernelsOf(1), kernelsOf(2)];
    expect(one).toHaveLength(3);
    expect(kernelsOf(1)).toEqual(one);
    expect(kernelsOf(2)).toEqual(two);
    one.forEach((kernel, layer) => {
      expect(kernel).not.toEqual(two[layer]);
    });
    // Layers do not start alike either: each has a seed of its own.
    expect(one[1]).not.toEqual(one[0]!.slice(0, one[1]!.length));
  });

  const count = 40;
  /** The first pixel of an image is its number. */
  const numbered: Images = {pixels: new Uint8Array(count * pixelsPerImage), labels: new Uint8Array(count)};
  for (let image = 0; image < count; image++) numbered.pixels[image * pixelsPerImage] = image;
  const unchanged = {
    mean: new Float32Array(pixelsPerImage),
    deviation: new Float32Array(pixelsPerImage).fill(1),
  };

  /** The order of the images in each of two epochs. */
  function ordersOf(seed: number): number[][] {
    const shuffle = new Random(seed, 'shuffle');
    return [1, 2].map(() =>
      [...batchesOf(numbered, unchanged, {batchSize: count, shuffle})].flatMap(({pixels, labels}) =>
        Array.from(labels, (_, row) => pixels[row * pixelsPerImage]!),
      ),
    );
  }

  test('the order of the images, in every epoch another', () => {
    const [one, two] = [ordersOf(1), ordersOf(2)];
    expect(ordersOf(1)).toEqual(one);
    const orders = [...one, ...two];
    expect(new Set(orders.map((order) => order.join())).size).toBe(4);
    for (const order of orders) {
      expect([...order].sort((a, b) => a - b)).toEqual(Array.from({length: count}, (_, image) => image));
    }
  });

  test('which images a run begins with, and with which weights', async () => {
    const data = parts();
    const firstLoss = async (seed: number) => {
      const losses: number[] = [];
      const config = {...defaultConfig, hidden: [4], batchSize: 8, epochs: 1, dropout: 0, seed};
      const {model} = await train(config, data, {onStep: ({loss}) => losses.push(loss)});
      model.dispose();
      return losses[0]!;
    };
    const loss = await firstLoss(1);
    expect(await firstLoss(1)).toBe(loss);
    expect(await firstLoss(2)).not.toBe(loss);
  });
});

/** Parts that differ in brightness: one cannot be taken for another. */
function parts() {
  const part = (stream: string, shift: number) => {
    const {pixels, labels} = generatedImages(40, stream);
    return {pixels: pixels.map((pixel) => Math.floor(pixel / 4) + shift), labels};
  };
  return {training: part('training', 0), validation: part('validation', 80), test: part('test', 160)};
}

test('a run standardises by its training images alone', async () => {
  const data = parts();
  const config = {...defaultConfig, hidden: [4], batchSize: 16, epochs: 1};
  const {model, standardisation} = await train(config, data);
  model.dispose();
  expect(standardisation).toEqual(measureStandardisation(data.training));
  for (const other of [data.validation, data.test]) {
    expect(standardisation.mean).not.toEqual(measureStandardisation(other).mean);
  }
});
