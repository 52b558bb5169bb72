/** The layers of the source: who may import whom, and how large the kernels may be. */

import {readdirSync, readFileSync} from 'node:fs';
import {posix} from 'node:path';
import ts from 'typescript';
import {describe, expect, it} from 'vitest';

/** From the top down; a file may import from its own layer and those below it. `.` are the losses, at the root. */
const LAYERS = [
  ['index.ts'],
  ['metrics', 'recognition', 'core'],
  ['config'],
  ['.'],
  ['loss'],
  ['head'],
  ['kernels'],
  ['shaders'],
  ['formula'],
  ['tensors'],
  ['checks'],
];

const PEERS = ['@tensorflow/tfjs-core', '@tensorflow/tfjs-layers'];

const root = new URL('../src/', import.meta.url);
const files = readdirSync(root, {recursive: true, encoding: 'utf8'})
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.replaceAll('\\', '/'))
  .sort();
const textOf = (file: string) => readFileSync(new URL(file, root), 'utf8');

/** What a text imports, exports again, or names in a type. */
function importsOf(text: string): string[] {
  return ts.preProcessFile(text, true, true).importedFiles.map(({fileName}) => fileName);
}

/** The files of the source that each file imports. */
const graph = new Map(
  files.map((file) => {
    const local = importsOf(textOf(file)).filter((name) => name.startsWith('.'));
    return [
      file,
      local.map((name) => posix.join(posix.dirname(file), name).replace(/\.js$/, '.ts')),
    ] as const;
  }),
);

it('sees imports of every form', () => {
  const text = `
    import {a} from './a.js';
    import type {B} from './b.js';
    import {type C} from './c.js';
    export * from './d.js';
    export type {E} from './e.js';
    import './f.js';
    const g = import('./g.js');
    type H = import('./h.js').H;
  `;
  expect(importsOf(text).sort()).toEqual([...'abcdefgh'].map((name) => `./${name}.js`));
});

describe('the source', () => {
  it('has files in known layers only', () => {
    expect(files.filter((file) => layerOf(file) === -1)).toEqual([]);
  });

  it('imports nothing upwards', () => {
    const upwards = [...graph].flatMap(([file, imports]) =>
      imports.filter((other) => layerOf(other) < layerOf(file)).map((other) => `${file} → ${other}`),
    );
    expect(upwards).toEqual([]);
  });

  it('has no circle of imports', () => {
    expect(circles()).toEqual([]);
  });

  it('imports nothing from outside but its peers', () => {
    const outside = files.flatMap((file) => importsOf(textOf(file)).filter((name) => !name.startsWith('.')));
    expect(outside.filter((name) => !PEERS.includes(name))).toEqual([]);
  });

  it('has a loss in every file at its root', () => {
    const others = files.filter(
      (file) => !file.includes('/') && file !== 'index.ts' && !/^export class \w+Loss /m.test(textOf(file)),
    );
    expect(others).toEqual([]);
  });

  it.each([
    [3200, ['kernels/']],
    [3950, ['kernels/', 'shaders/']],
  ])('has at most %i lines in %s', (most, folders) => {
    const lines = files
      .filter((file) => folders.some((folder) => file.startsWith(folder)))
      .map((file) => textOf(file).split('\n').length - 1);
    expect(lines.reduce((sum, count) => sum + count)).toBeLessThanOrEqual(most);
  });
});

/** The place of a file's layer from the top, −1 if it has none. */
function layerOf(file: string): number {
  const [folder] = file.includes('/') ? file.split('/') : [file === 'index.ts' ? file : '.'];
  return LAYERS.findIndex((names) => names.includes(folder!));
}

/** The shortest circle through each file that is on one, each circle once. */
function circles(): string[] {
  const found = new Map<string, string>();
  for (const start of files) {
    const circle = shortestWayBack(start);
    if (circle) found.set([...circle].sort().join(), [...circle, start].join(' → '));
  }
  return [...found.values()];
}

function shortestWayBack(start: string): readonly string[] | undefined {
  const seen = new Set<string>();
  let ways: readonly (readonly string[])[] = [[start]];
  while (ways.length > 0) {
    const next: (readonly string[])[] = [];
    for (const way of ways) {
      for (const file of graph.get(way.at(-1)!) ?? []) {
        if (file === start) return way;
        if (seen.has(file)) continue;
        seen.add(file);
        next.push([...way, file]);
      }
    }
    ways = next;
  }
  return undefined;
}
