/** The library against numbers that an independent program computed; see the README beside the fixture. */

import {describe, it, vi} from 'vitest';
import {tolerances} from './reference/losses.js';
import {contract, expectEvaluation} from './support/contract.js';
import {expectClose} from './support/expectClose.js';
import {loadGolden} from './support/golden.js';
import {runLoss, toLoss} from './support/runLoss.js';

vi.spyOn(console, 'warn').mockImplementation(() => {});

describe('golden values', () => {
  it.each(loadGolden().map((golden) => [golden.id, golden] as const))('%s', async (_, golden) => {
    const upstream = golden.losses.map(() => 1 / golden.losses.length);
    const actual = await runLoss(toLoss(golden.spec), golden.problem, upstream);
    const allowed = tolerances(golden.spec, golden.problem, upstream, contract);
    expectEvaluation(actual, {...golden, bias: []}, allowed);
    // And against the fixture's own scale, the size of the largest gradient that such a batch could have.
    const relativeToScale = (scale: number) => ({absolute: contract.gradient * scale});
    expectClose(actual.features, golden.features, relativeToScale(golden.scale.features));
    expectClose(actual.kernel, golden.kernel, relativeToScale(golden.scale.kernel));
  });
});
