/** What readers are told to write works, and does what the page says. */

import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {join, relative} from 'node:path';
import {afterAll, beforeAll, describe, expect, it, vi} from 'vitest';
import {examplesIn} from './examples.js';
import {expectResult} from './expectResult.js';
import {instrument} from './instrument.js';
import {filesIn, guides, read, root} from './pages.js';
import {typeErrors} from './typeErrors.js';

const sources = ['src', 'src/metrics', 'src/recognition'].flatMap((folder) => filesIn(folder, '.ts'));
const examples = [...guides, ...sources].flatMap((file) => examplesIn(file, read(file)));

// Inside of the repository, since only there the examples find the packages that they import.
mkdirSync(join(root, '.cache'), {recursive: true});
const folder = mkdtempSync(join(root, '.cache/examples-'));
const fileOf = ({source, line}: {source: string; line: number}) =>
  join(folder, `${source.replace(/\W/g, '-')}-${line}.ts`);

/** Writes code to a file that can be checked and run. */
function prepare(file: string, code: string): string {
  writeFileSync(file, instrument(code, relative(folder, join(root, 'test/docs/expectResult.js'))));
  return file;
}

beforeAll(() => {
  for (const example of examples) prepare(fileOf(example), example.code);
  vi.spyOn(console, 'log').mockImplementation(() => {});
});

afterAll(() => rmSync(folder, {recursive: true}));

describe('the examples', () => {
  it('are found in README, guides and doc comments', () => {
    const sources = new Set(examples.map(({source}) => source));
    for (const expected of ['README.md', 'docs/your-own-loss.md', 'src/lsoftmax.ts']) {
      expect(sources).toContain(expected);
    }
  });

  it('type-check under the strict options of the library', () => {
    expect(typeErrors(examples.map(fileOf))).toEqual([]);
  });

  it.each(examples)('run and give what they say: $source:$line', async (example) => {
    await import(/* @vite-ignore */ fileOf(example));
  });
});

describe('the check of the examples', () => {
  const broken = (name: string, ...code: string[]) => {
    const page = ['# Page', '', '```ts', "import {psi} from 'tfjs-losses';", ...code, '```', ''].join('\n');
    return prepare(join(folder, `${name}.ts`), examplesIn('page', page)[0]!.code);
  };

  it('notices a wrong type, on its line', () => {
    expect(typeErrors([broken('type', "psi('0', 4);")])).toEqual([
      expect.stringMatching(/type\.ts:5: Argument of type 'string'/),
    ]);
  });

  it('notices an error at run time', async () => {
    await expect(import(/* @vite-ignore */ broken('error', 'psi(0, 0.5);'))).rejects.toThrow(
      'psi: m must be',
    );
  });

  it('notices a wrong result', async () => {
    const file = broken('result', 'psi(0, 4); // 2');
    await expect(import(/* @vite-ignore */ file)).rejects.toThrow(/said: 2\ngot: {2}1/);
  });

  it.each([
    [0.70001, '0.7', true],
    [0.76, '0.7', false],
    [1.01, '1', false],
    [[1, 0.5], '[1, 0.5]', true],
    [[1, 0.5], '[1]', false],
    [[0, Number.NaN], '[0, NaN]', true],
    [[0, 0], '[0, NaN]', false],
    [[0, Number.NaN], '[0, 0]', false],
    [{name: 'hinge', margin: 1}, "{name: 'hinge', margin: 1}", true],
    [{name: 'hinge', margin: 1, more: 2}, "{name: 'hinge', margin: 1}", false],
    ['0.3·hinge(Δ=1)', '0.3·hinge(Δ=1)', true],
    ['0.3·hinge(Δ=1)', '0.4·hinge(Δ=1)', false],
    ['it wants a and b, got c', 'it wants …, got c', true],
    ['it wants a and b, got c', 'it wants …, got d', false],
    [true, 'true', true],
    [false, 'true', false],
  ])('compares the value %j with the comment %j: %s', async (value, comment, fits) => {
    const checked = expectResult(async () => value, comment);
    await (fits ? checked : expect(checked).rejects.toThrow('said'));
  });

  it('compares what is printed, and errors', async () => {
    await expectResult(async () => console.log('Tensor\n    [0.5, 1]'), '[0.5, 1]');
    const fails = () => Promise.reject(new RangeError('m must be 1, got 2'));
    await expectResult(fails, 'throws RangeError: m must be … got 2');
    await expect(expectResult(fails, '1')).rejects.toThrow('got the error: RangeError');
    await expect(expectResult(async () => 1, 'throws RangeError')).rejects.toThrow('said: RangeError');
  });

  it('wants examples to be marked as such', () => {
    expect(() => examplesIn('page', '```js\n1;\n```\n')).toThrow(/page:1: mark examples ```ts/);
    expect(() => examplesIn('page', '```ts continued\n1;\n```\n')).toThrow(/no example before/);
    expect(examplesIn('page', '```sh\nnpm test\n```\n')).toEqual([]);
  });
});
