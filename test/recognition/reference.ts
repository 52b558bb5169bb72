/** The scores in plain numbers, from their definitions. */

import type {ScoreName} from 'tfjs-losses/recognition';
import {BIAS, KERNEL, LABELS} from './models.js';

export function cosine(left: readonly number[], right: readonly number[]): number {
  const norms = Math.hypot(...left) * Math.hypot(...right);
  return norms === 0 ? 0 : left.reduce((sum, value, i) => sum + value * right[i]!, 0) / norms;
}

export interface Example {
  readonly x: readonly number[];
  readonly label: string;
}

export interface Problem {
  readonly score: ScoreName;
  readonly normalizeKernel?: boolean;
  readonly bias?: boolean;
  readonly k?: number;
  /** What classes are made of under `'prototype'` and `'knn'`. */
  readonly examples: readonly Example[];
}

/** The score of every class; under `'energy'` that of the best one, and −Infinity for the others. */
export function scoresOf(x: readonly number[], problem: Problem): Map<string, number> {
  const columns = LABELS.map((_, j) => KERNEL.map((row) => row[j]!));
  const logits = columns.map((column, j) => {
    const scale = problem.normalizeKernel ? Math.hypot(...column) : 1;
    return column.reduce((sum, w, i) => sum + w * x[i]!, 0) / scale + (problem.bias ? BIAS[j]! : 0);
  });
  const total = logits.reduce((sum, logit) => sum + Math.exp(logit), 0);
  const ofClass = (label: string, j: number): number => {
    const members = problem.examples.filter((example) => example.label === label);
    switch (problem.score) {
      case 'logit':
        return logits[j]!;
      case 'probability':
        return Math.exp(logits[j]!) / total;
      case 'energy':
        return logits[j] === Math.max(...logits) ? Math.log(total) : -Infinity;
      case 'cosine':
        return cosine(x, columns[j]!);
      case 'prototype':
        return cosine(x, mean(members.map((member) => unit(member.x))));
      case 'knn': {
        const nearest = members
          .map((member) => cosine(x, member.x))
          .sort((left, right) => right - left)
          .slice(0, problem.k ?? 5);
        return nearest.reduce((sum, value) => sum + value, 0) / nearest.length;
      }
    }
  };
  return new Map(LABELS.map((label, j) => [label, ofClass(label, j)]));
}

/** The best class and its score, for an example that is among those that classes are made of. */
export function bestWithoutItself(index: number, problem: Problem): {label: string; score: number} {
  const examples = problem.examples.filter((_, i) => i !== index);
  return best(scoresOf(problem.examples[index]!.x, {...problem, examples}));
}

export function best(scores: Map<string, number>): {label: string; score: number} {
  const [label, score] = [...scores].reduce((most, each) => (each[1] > most[1] ? each : most));
  return {label, score};
}

function unit(vector: readonly number[]): number[] {
  return vector.map((value) => value / Math.hypot(...vector));
}

function mean(vectors: readonly (readonly number[])[]): number[] {
  return vectors[0]!.map((_, i) => vectors.reduce((sum, vector) => sum + vector[i]!, 0) / vectors.length);
}
