import {describe} from './checks.js';

/**
 * How well an example fits a class; the larger, the better. With features x, the head's weights W_j, biases b_j and
 * logits s_j:
 *
 * | name | score of class j | from 0 to 1 |
 * |---|---|---|
 * | `'logit'` | s_j | no |
 * | `'probability'` | e^{s_j} / Σ_i e^{s_i} | yes |
 * | `'energy'` | log Σ_i e^{s_i}, of the class with the largest logit | no |
 * | `'cosine'` | cos(x, W_j) | from −1 |
 * | `'prototype'` | cos(x, μ_j), μ_j = mean of x / ‖x‖ over the known examples of the class | from −1 |
 * | `'knn'` | mean of cos(x, x_i) over the k known examples of the class nearest to x | from −1 |
 *
 * The first four need a head. Under `'energy'`, the score of a runner-up is the energy of all classes but the first.
 */
export type ScoreName = 'logit' | 'probability' | 'energy' | 'cosine' | 'prototype' | 'knn';

/** The scores that a head gives by itself. */
export const HEAD_SCORES = ['logit', 'probability', 'energy', 'cosine'] as const;

/** The scores that compare with known examples. */
export const EXAMPLE_SCORES = ['prototype', 'knn'] as const;

export type HeadScore = (typeof HEAD_SCORES)[number];
export type ExampleScore = (typeof EXAMPLE_SCORES)[number];

export function isHeadScore(score: ScoreName): score is HeadScore {
  return (HEAD_SCORES as readonly string[]).includes(score);
}

/** Rejects anything but the name of a score that can be had. */
export function checkScore(score: unknown, hasHead: boolean): asserts score is ScoreName {
  const known: readonly unknown[] = [...HEAD_SCORES, ...EXAMPLE_SCORES];
  if (!known.includes(score)) {
    throw new RangeError(`recognizer: score must be one of ${known.join(', ')}, got ${describe(score)}`);
  }
  if (!hasHead && isHeadScore(score as ScoreName)) {
    throw new RangeError(
      `recognizer: the score '${score}' needs the weights of a model's last layer, and features have none; ` +
        `use ${EXAMPLE_SCORES.map((name) => `'${name}'`).join(' or ')}`,
    );
  }
}
