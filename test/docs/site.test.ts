/** The site builds without a warning, typesets every formula, and needs nothing from another server. */

import {execFileSync} from 'node:child_process';
import {existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync} from 'node:fs';
import {join} from 'node:path';
import {inflateSync} from 'node:zlib';
import {afterAll, beforeAll, expect, it} from 'vitest';
import {filesIn, read, root} from './pages.js';

mkdirSync(join(root, '.cache'), {recursive: true});
const site = mkdtempSync(join(root, '.cache/site-'));
const htmlOf = (page: string) => readFileSync(join(site, page), 'utf8');

beforeAll(() => {
  // Types are checked elsewhere.
  const options = ['--out', site, '--skipErrorChecking'];
  execFileSync(process.execPath, [join(root, 'node_modules/typedoc/bin/typedoc'), ...options], {cwd: root});
}, 120_000);

afterAll(() => rmSync(site, {recursive: true}));

it('typesets every formula, on every page', () => {
  const pages = readdirSync(site, {recursive: true, encoding: 'utf8'}).filter((name) =>
    name.endsWith('.html'),
  );
  for (const page of pages) {
    const prose = htmlOf(page).replace(/<(code|pre|annotation)\b[\s\S]*?<\/\1>/g, '');
    expect(prose, page).not.toMatch(/\$<|>\$|katex-error/);
    expect(htmlOf(page), page).not.toContain('<code class="math">');
  }
  const formulas = read('docs/mathematics.md').match(/\$`|```math/g)!.length;
  expect(htmlOf('documents/The_mathematics.html').match(/<span class="katex">/g)).toHaveLength(formulas);
});

it('has the style sheet of formulas, and the fonts that it names', () => {
  expect(htmlOf('documents/The_mathematics.html')).toContain('assets/custom.css');
  expect(htmlOf('assets/custom.css')).toContain('@import "katex/katex.min.css"');
  const fonts = [...htmlOf('assets/katex/katex.min.css').matchAll(/url\((fonts\/[^)]+\.woff2)\)/g)];
  expect(fonts.length).toBeGreaterThan(0);
  for (const [, font] of fonts) expect(existsSync(join(site, 'assets/katex', font!)), font).toBe(true);
});

it.each([
  ['index.html', 'playground/index.html'],
  ['documents/The_mathematics.html', '../playground/index.html'],
])('%s leads to the playground', (page, link) => {
  expect(htmlOf(page)).toContain(`<a class="playground" href="${link}">`);
});

it('takes nothing from another server', () => {
  expect(htmlOf('index.html')).not.toMatch(/<(?:script|link|img)\b[^>]*(?:src|href)="(?:https?:)?\/\//);
});

it.each(['lsoftmax', 'chebyshev', 'nats'])('finds the word %s', (word) => {
  const [, data] = /"(.+)"/.exec(htmlOf('assets/search.js'))!;
  const {index} = JSON.parse(inflateSync(Buffer.from(data!, 'base64')).toString()) as {
    index: {invertedIndex: [string, unknown][]};
  };
  expect(index.invertedIndex.map(([term]) => term)).toContain(word);
});

it.each(filesIn('docs/images', '.svg'))(
  '%s is legible on a dark page: it has a background of its own',
  (image) => {
    const [, width, height] = /<svg[^>]* width="([\d.]+)" height="([\d.]+)"/.exec(read(image))!;
    expect(read(image)).toContain(`<rect width="${width}" height="${height}" fill="#ffffff"`);
  },
);
