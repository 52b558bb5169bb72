import {mkdtemp, readdir, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, expect, it, vi} from 'vitest';
import {reportCommand} from '../reportCommand.js';
import {document} from './document.js';
import {madeUpSearch, madeUpSettings, madeUpTables} from './madeUpResults.js';
import {summary} from './summary.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'report-'));
  await writeFile(at('README.md'), `Before.\n${quoted('Old.')}\nAfter.\n`);
  vi.spyOn(console, 'log').mockImplementation(() => {});
});
afterEach(async () => {
  vi.restoreAllMocks();
  await rm(folder, {recursive: true});
});

const at = (name: string) => join(folder, name);
const quoted = (summary: string) =>
  `<!-- reproduction: npm run cifar10 -- report -->\n${summary}\n<!-- end of reproduction -->`;
const tables = madeUpTables(2, () => ({test: 0.5}));

function report(...args: string[]) {
  const options = [
    '--hyperparameters',
    at('found.json'),
    '--out',
    at('page/report.md'),
    '--images',
    at('figures'),
    '--readme',
    at('README.md'),
    ...args,
  ];
  return reportCommand().parseAsync(options, {from: 'user'});
}

function writeResults(name: string, records: readonly unknown[]): Promise<void> {
  return writeFile(at(name), records.map((record) => `${JSON.stringify(record)}\n`).join(''));
}

it('merges result files, and writes a page that links to its figures', async () => {
  await writeResults('one.jsonl', tables.slice(0, 20));
  await writeResults('two.jsonl', [...tables.slice(20), ...madeUpSearch()]);
  await writeFile(at('found.json'), JSON.stringify(madeUpSettings));
  await report('--results', at('one.jsonl'), at('two.jsonl'));
  const expected = await document([...tables, ...madeUpSearch()], madeUpSettings, '../figures');
  expect(await readFile(at('page/report.md'), 'utf8')).toBe(expected.markdown);
  const readme = `Before.\n${quoted(summary([...tables, ...madeUpSearch()]))}\nAfter.\n`;
  expect(await readFile(at('README.md'), 'utf8')).toBe(readme);
  expect((await readdir(at('figures'))).sort()).toEqual(Object.keys(expected.figures).sort());
});

it('does without the findings of the searches as long as there are none', async () => {
  await writeResults('one.jsonl', tables);
  await report('--results', at('one.jsonl'));
  expect(await readFile(at('page/report.md'), 'utf8')).toContain('Nothing is chosen yet');
});

it('does not do without them where they cannot be read', async () => {
  await writeResults('one.jsonl', tables);
  await writeFile(at('found.json'), '{"settings":');
  await expect(report('--results', at('one.jsonl'))).rejects.toThrow(
    /found\.json is not JSON .* search choose/,
  );
});
