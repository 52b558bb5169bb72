import type {Contender} from './contender.js';
import {againstBaseline, everyContender, lossAlone, lossWithHead} from './lossContenders.js';
import {randomProblem} from './problem.js';
import {stepContenders} from './stepContenders.js';
import {combination, combinationOf} from './subjects.js';

/** What is measured at one size. */
export interface Case {
  /** The size, as the tables name it. */
  readonly setting: string;
  readonly classes: number;
  /** Makes the contenders, the first of which the others are compared with, and their inputs. */
  prepare(): Contender[];
}

const features = 128;

/** Five hidden layers of 100 units, the network of the CIFAR-10 trainer. */
const cifar10 = {inputs: 3072, hidden: [100, 100, 100, 100, 100], classes: 10, batch: 128};
const manyClasses = {inputs: 128, hidden: [128], classes: 10_000, batch: 64};

const [alone, withHead] = [lossAlone, lossWithHead].map((scopeOf) =>
  [10, 1000, 10_000].map((classes) => ({
    setting: `[256, ${classes}]`,
    classes,
    prepare() {
      const problem = randomProblem({batch: 256, features, classes});
      return everyContender(scopeOf(problem), problem);
    },
  })),
);

/** The parts of the benchmark. */
export const sections = {
  loss: alone!,
  head: withHead!,
  step: Object.entries({'CIFAR-10': cifar10, '10,000 classes': manyClasses}).map(([setting, network]) => ({
    setting,
    classes: network.classes,
    prepare: () => stepContenders(network),
  })),
  classes: [10, 100, 1000, 10_000, 100_000].map((classes) => ({
    setting: String(classes),
    classes,
    prepare() {
      const problem = randomProblem({batch: 64, features, classes});
      return againstBaseline(lossWithHead(problem), problem, 'combination', combination.loss);
    },
  })),
  terms: [1, 2, 3, 4].map((terms) => ({
    setting: String(terms),
    classes: 10_000,
    prepare() {
      const problem = randomProblem({batch: 64, features, classes: 10_000});
      return againstBaseline(lossAlone(problem), problem, 'combination', combinationOf(terms));
    },
  })),
} satisfies Record<string, readonly Case[]>;

export type SectionName = keyof typeof sections;
