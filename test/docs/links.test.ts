/** Links between the pages of the repository lead somewhere, on GitHub and on disk alike. */

import {existsSync} from 'node:fs';
import {posix} from 'node:path';
import {expect, it} from 'vitest';
import {guides, read, root} from './pages.js';

const pages = [...guides, 'CHANGELOG.md', 'CONTRIBUTING.md'];

it.each(pages)('the links of %s lead to files and headings that exist', (page) => {
  const broken = linksOf(read(page)).filter((link) => !leadsSomewhere(page, link));
  expect(broken).toEqual([]);
});

it('a link to a missing file or heading is noticed', () => {
  expect(linksOf('[a](docs/none.md) ![b](b.svg) `[c](d)` [e](https://example.org)')).toEqual([
    'docs/none.md',
    'b.svg',
  ]);
  expect(leadsSomewhere('README.md', 'docs/none.md')).toBe(false);
  expect(leadsSomewhere('README.md', 'docs/geometry.md#none')).toBe(false);
  expect(leadsSomewhere('README.md', 'docs/geometry.md#what-removes-the-geometry')).toBe(true);
});

/** The targets of links and images within the repository. */
function linksOf(markdown: string): string[] {
  const prose = markdown.replace(/```[\s\S]*?```|`[^`\n]*`/g, '');
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)]
    .map((match) => match[1]!)
    .filter((link) => !/^\w+:/.test(link));
}

function leadsSomewhere(page: string, link: string): boolean {
  const [path, anchor] = link.split('#') as [string, string?];
  const file = path === '' ? page : posix.join(posix.dirname(page), path);
  return existsSync(root + file) && (anchor === undefined || anchorsOf(read(file)).includes(anchor));
}

/** The anchors that GitHub gives to headings. */
function anchorsOf(markdown: string): string[] {
  const headings = markdown.replace(/```[\s\S]*?```/g, '').matchAll(/^#+ (.+)$/gm);
  return [...headings].map(([, heading]) =>
    heading!
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}
