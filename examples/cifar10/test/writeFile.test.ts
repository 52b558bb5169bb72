import {mkdtemp, readdir, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {ensureWritable, ensureWritableFolder, writeFileAtomically} from '../writeFile.js';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'write-file-'));
});
afterEach(() => rm(folder, {recursive: true}));

test('writes and overwrites, in folders that are not there yet, and leaves nothing else', async () => {
  const file = join(folder, 'a', 'b.json');
  await writeFileAtomically(file, 'one');
  await writeFileAtomically(file, 'two');
  expect(await readFile(file, 'utf8')).toBe('two');
  expect(await readdir(join(folder, 'a'))).toEqual(['b.json']);
});

test('a write that fails leaves the old file and no draft', async () => {
  const file = join(folder, 'record.json');
  await writeFile(file, 'old');
  const unwritable = {} as unknown as string;
  await expect(writeFileAtomically(file, unwritable)).rejects.toThrow(TypeError);
  expect(await readFile(file, 'utf8')).toBe('old');
  expect(await readdir(folder)).toEqual(['record.json']);
});

test('tells before a run that its record could not be written', async () => {
  await expect(ensureWritable(folder)).rejects.toThrow(
    /cannot be written \(it is a folder\); name a file in a folder/,
  );
  const file = join(folder, 'file');
  await writeFile(file, '');
  await expect(ensureWritable(join(file, 'record.json'))).rejects.toThrow(
    /cannot be written .*; name a file/,
  );
  await expect(ensureWritableFolder(file)).rejects.toThrow(/cannot be made a folder .*; name a folder/);
});

test('leaves no trace where it can be written', async () => {
  await ensureWritable(join(folder, 'record.json'));
  expect(await readdir(folder)).toEqual([]);
});
