import {type Cifar10, readCifar10} from '../cifar10/data/cifar10.js';
import {Random} from '../cifar10/random.js';
import {type Digits, readMnist} from '../lambda/mnist.js';
import {type Data, type Examples, halvedImages, part, pooled, sideBySide} from '../scale/problems.js';

/** In a search, some of the known classes stand for unknown ones, and validation for the test. */
export type Stage = 'search' | 'test';

/** Where the data sets lie. */
export interface Folders {
  readonly mnist?: string;
  readonly cifar10?: string;
}

/** Classes of which some are known in a split, and the others are met for the first time in the test. */
export interface Problem {
  readonly title: string;
  readonly folder: keyof Folders;
  readonly epochs: number;
  /** The known classes of each split. */
  readonly splits: readonly (readonly number[])[];
  readonly classes: number;
  /** How many of the known classes are held out in a search, where they stand for unknown ones. */
  readonly heldOut: number;
  /** Whether unknown classes are also enrolled, and compared with one another. */
  readonly enrols: boolean;
  /** Of all classes; labels are class ids. */
  load(folder: string): Promise<Data>;
}

const SIDE = 28;

/**
 * The splits of single images are those of the literature on open sets, as in `osr_splits.py` of Vaze et al., ICLR 2022. The
 * first two of CIFAR-10 have the same classes, in another order.
 */
export const problems = {
  mnist: {
    title: 'MNIST',
    folder: 'mnist',
    epochs: 6,
    splits: ['245983', '326940', '583246', '378405', '634982'].map(digitsOf),
    classes: 10,
    heldOut: 2,
    enrols: false,
    load: (folder) => mnistParts(folder, {training: 6_000, validation: 4_000}),
  },
  cifar10: {
    title: 'CIFAR-10',
    folder: 'cifar10',
    epochs: 6,
    splits: ['064917', '764901', '157394', '861907', '241796'].map(digitsOf),
    classes: 10,
    heldOut: 2,
    enrols: false,
    async load(folder) {
      const {training, validation, test}: Cifar10 = await readCifar10(folder, {limit: 6_000});
      return {
        training: halvedImages(training),
        validation: part(halvedImages(validation), 0, 4_000),
        test: part(halvedImages(test), 0, 3_000),
      };
    },
  },
  numbers: {
    title: 'Two-digit numbers',
    folder: 'mnist',
    epochs: 6,
    splits: [1, 2, 3, 4, 5].map(sixtyNumbers),
    classes: 100,
    heldOut: 15,
    enrols: true,
    async load(folder) {
      const digits = await mnistParts(folder, {training: 30_000, validation: 10_000});
      const random = new Random(1, 'numbers');
      const all = Uint32Array.from({length: 100}, (_, number) => number);
      const make = (from: Examples, count: number) => sideBySide(from, all, 2, count, random);
      return {
        training: make(digits.training, 12_000),
        validation: make(digits.validation, 4_000),
        test: make(digits.test, 3_000),
      };
    },
  },
} satisfies Record<string, Problem>;

export type ProblemName = keyof typeof problems;
export const problemNames = Object.keys(problems) as ProblemName[];

/** The classes of a split that a network knows and those that are new to it. */
export function classesOf(
  {splits, classes, heldOut}: Problem,
  {split, stage}: {readonly split: number; readonly stage: Stage},
): {known: number[]; unknown: number[]} {
  const known = [...splits[split - 1]!];
  if (stage === 'search') return {known: known.slice(heldOut), unknown: known.slice(0, heldOut)};
  return {known, unknown: Array.from({length: classes}, (_, id) => id).filter((id) => !known.includes(id))};
}

/** The first training images train, those after them validate; all at half their resolution. */
async function mnistParts(folder: string, counts: {training: number; validation: number}): Promise<Data> {
  const [train, test] = [await readMnist(folder, 'train'), await readMnist(folder, 't10k')];
  const end = counts.training + counts.validation;
  return {
    training: halved(train, 0, counts.training),
    validation: halved(train, counts.training, end),
    // The test images come in two halves, of which the first is easier.
    test: halved(test, 3_500, 6_500),
  };
}

function halved({pixels, labels}: Digits, from: number, to: number): Examples {
  const some = pixels.subarray(from * SIDE * SIDE, to * SIDE * SIDE);
  return {inputs: pooled(some, [to - from, SIDE, SIDE, 1]), labels: labels.subarray(from, to)};
}

function digitsOf(text: string): number[] {
  return Array.from(text, Number);
}

function sixtyNumbers(seed: number): number[] {
  const all = Uint32Array.from({length: 100}, (_, number) => number);
  new Random(seed, 'known numbers').shuffle(all);
  return Array.from(all.subarray(0, 60));
}
