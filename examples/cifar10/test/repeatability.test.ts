import {beforeAll, describe, expect, test, vi} from 'vitest';
import {startBackend} from '../backend.js';
import {defaultConfig} from '../config.js';
import {batchesOf} from '../data/batches.js';
import {type Images, pixelsPerImage} from '../data/cifar10.js';
import {measureStandardisation} from '../data/standardise.js';
import {buildNetwork} from '../network.js';
import {Random} from '../random.js';
import {type StepProgress, train} from '../trainer.js';
import {TrainingStep} from '../trainingStep.js';
import {generatedImages} from './support.js';

const tiny = {...defaultConfig, hidden: [4], dropout: 0};

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

  test('weights and order of a whole run', async () => {
    const [one, again, two] = [await runOf(1), await runOf(1), await runOf(2)];
    expect(again).toEqual(one);
    expect(new Set([...one.orders, ...two.orders]).size).toBe(4);
    // The first batch holds all images, so that their order does not matter to its loss, only the weights do.
    expect(Math.abs(one.firstLoss - two.firstLoss)).toBeGreaterThan(0.01);
  });
});

/** The order of the labels in two epochs of one batch each, and the loss of the first. */
async function runOf(seed: number) {
  const step = vi.spyOn(TrainingStep.prototype, 'run');
  const orders: string[] = [];
  const losses: number[] = [];
  const onStep = ({loss}: StepProgress) => {
    orders.push(step.mock.lastCall![0].labels.join());
    losses.push(loss);
  };
  const {model} = await train({...tiny, batchSize: 40, epochs: 2, seed}, parts(), {onStep});
  step.mockRestore();
  model.dispose();
  return {orders, firstLoss: losses[0]!};
}

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
  const {model, standardisation} = await train({...tiny, epochs: 1}, data);
  model.dispose();
  expect(standardisation).toEqual(measureStandardisation(data.training));
  for (const other of [data.validation, data.test]) {
    expect(standardisation.mean).not.toEqual(measureStandardisation(other).mean);
  }
});
