import fc from 'fast-check';
import * as losses from 'tfjs-losses';
import {describe, expect, it} from 'vitest';
import {LOSSES, type Parameter, type Term, termOf, titleOf} from '../losses.js';
import {BACKENDS, DEFAULTS, fromHash, type Settings, toHash} from '../settings.js';
import {lossOf} from '../worker/lossOf.js';

const {CombinedLoss, FormulaLoss, LdamLoss, LogitAdjustedLoss, Loss} = losses;

describe('the list of losses', () => {
  it('has every loss of the package, but those that want counts', () => {
    const classes = Object.values<unknown>(losses).filter(
      (value): value is new () => losses.Loss =>
        typeof value === 'function' &&
        value.prototype instanceof Loss &&
        ![CombinedLoss, FormulaLoss, LdamLoss, LogitAdjustedLoss].includes(value as never),
    );
    expect(Object.keys(LOSSES).sort()).toEqual(classes.map((made) => new made().name).sort());
  });

  it.each(Object.entries(LOSSES))('gives %s no parameter that it would refuse', (name, {parameters}) => {
    for (const position of ['least', 'largest', 'default'] as const) {
      const values = Object.fromEntries(parameters.map((parameter) => [parameter.name, parameter[position]]));
      expect(String(lossOf([termOf(name, 1, values)]))).toContain(name);
    }
  });

  it('makes the paper’s combination', () => {
    const terms = [termOf('hinge', 0.25), termOf('lsoftmax', 0.65), termOf('arcface', 0.34, {scale: 8})];
    expect(String(lossOf(terms))).toBe(
      '0.25·hinge(Δ=1) + 0.65·lsoftmax(m=4, λ=annealed(base=100, gamma=0.12, power=1, min=0.7)) + 0.34·arcface(m=0.5, s=8)',
    );
    expect(titleOf(terms)).toBe('0.25 Hinge + 0.65 L-Softmax + 0.34 ArcFace');
  });
});

describe('a link', () => {
  const position = ({least, largest, step}: Parameter) =>
    fc
      .integer({min: 0, max: Math.floor((largest - least) / step)})
      .map((n) => Number((least + n * step).toFixed(4)));
  const term: fc.Arbitrary<Term> = fc.constantFrom(...Object.keys(LOSSES)).chain((loss) =>
    fc.record({
      loss: fc.constant(loss),
      weight: fc.integer({min: 1, max: 200}).map((percent) => percent / 100),
      values: fc.record(
        Object.fromEntries(
          LOSSES[loss]!.parameters.map((parameter) => [parameter.name, position(parameter)]),
        ),
      ),
    }),
  );
  const terms = fc.array(term, {minLength: 1, maxLength: 4});
  const settings: fc.Arbitrary<Settings> = fc.record({
    losses: fc.tuple(terms, terms),
    seed: fc.integer({min: 0, max: 1e6}),
    strangers: fc.uniqueArray(fc.integer({min: 0, max: 9}), {maxLength: 7}).map((digits) => digits.sort()),
    backend: fc.constantFrom(...BACKENDS),
  });

  it('brings back the settings that it was made of, encoded or not', () => {
    fc.assert(
      fc.property(settings, (given) => {
        const hash = toHash(given);
        for (const link of [
          hash,
          `#${encodeURI(hash.slice(1))}`,
          hash.replaceAll('(', '%28').replaceAll('+', '%2B'),
        ]) {
          expect(fromHash(link)).toEqual({settings: given, problems: []});
        }
      }),
    );
  });

  it('may say nothing, or only a part', () => {
    expect(fromHash('')).toEqual({settings: DEFAULTS, problems: []});
    const {settings, problems} = fromHash('#left=0.5*hinge+arcface(margin=0.2)');
    expect(settings).toEqual({
      ...DEFAULTS,
      losses: [[termOf('hinge', 0.5), termOf('arcface', 1, {margin: 0.2})], DEFAULTS.losses[1]],
    });
    expect(problems).toEqual([]);
  });

  it.each([
    ['left=softmacks()', 'must be a loss such as 0.5*lsoftmax(m=4), one of softmax, hinge'],
    ['left=toString()', 'must be a loss'],
    ['right=lsoftmax(k=3)', 'lsoftmax has no “k”; it has m, lambda'],
    ['right=lsoftmax(m=2.5)', 'm must be an integer from 1 to 8, got “2.5”'],
    ['right=hinge(margin=)', 'margin must be a number from 0 to 5, got “”'],
    ['left=0*hinge+0*softmax', 'at least one weight must be above 0'],
    ['seed=-1', 'seed must be an integer from 0 to 1000000, got “-1”'],
    ['strangers=01234567', 'digits such as 79, at most 7 of them'],
    ['strangers=a', 'digits such as 79'],
    ['backend=node', 'one of auto, webgl, webgpu, wasm, cpu, got “node”'],
  ])('with %s keeps the default, and says why', (hash, problem) => {
    const {settings, problems} = fromHash(`#${hash}`);
    expect(settings).toEqual(DEFAULTS);
    expect(problems).toEqual([expect.stringContaining(problem)]);
  });
});
