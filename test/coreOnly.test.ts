/** The losses bring their own gradients: they work with tfjs-core alone, where no op has one. */

import {execFile} from 'node:child_process';
import {fileURLToPath} from 'node:url';
import {promisify} from 'node:util';
import {beforeAll, describe, expect, it} from 'vitest';
import {type Evaluation, evaluate, type Problem, tolerances} from './reference/losses.js';
import {contract, expectEvaluation} from './support/contract.js';
import type {CoreOnlyRequest} from './support/coreOnly.js';
import {roundToFloat32} from './support/problems.js';
import {everyLoss} from './support/specs.js';

const problem: Problem = roundToFloat32({
  features: [
    [1, -2, 0.5],
    [0.25, 3, -1],
  ],
  kernel: [
    [0.5, -1, 2, 0.1],
    [1, 0.3, -0.7, 0.2],
    [-0.4, 1.5, 0.6, -2],
  ],
  bias: [0.1, -0.2, 0.3, 0],
  labels: [
    [0, 1, 0, 0],
    [1, 0, 0, 0],
  ],
});

const request = Object.entries(everyLoss).flatMap(([name, spec]) =>
  [false, true].map((normalizeKernel) => ({
    title: `${name}, normalizeKernel = ${normalizeKernel}`,
    spec,
    problem: {...problem, normalizeKernel},
    upstream: [1, -0.5],
  })),
);

describe('with tfjs-core and a backend alone', () => {
  let answer: {gradientOfSquare: string; evaluations: Evaluation[]};

  beforeAll(async () => {
    const script = fileURLToPath(new URL('support/coreOnly.ts', import.meta.url));
    const {stdout} = await promisify(execFile)(process.execPath, [
      '--import',
      'tsx',
      script,
      JSON.stringify(request satisfies CoreOnlyRequest),
    ]);
    answer = JSON.parse(stdout.slice(stdout.indexOf('{')));
  });

  it('ops have no gradients', () => {
    expect(answer.gradientOfSquare).toContain('gradient function not found for Square');
  });

  it.each(request.map((asked, index) => [asked.title, asked, index] as const))('%s', (_, asked, index) => {
    const expected = evaluate(asked.spec, asked.problem, asked.upstream);
    const allowed = tolerances(asked.spec, asked.problem, asked.upstream, contract);
    expect(answer.evaluations[index]!.bias).toHaveLength(4);
    expectEvaluation(answer.evaluations[index]!, expected, allowed);
  });
});
