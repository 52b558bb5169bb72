import {existsSync} from 'node:fs';
import {readdir, readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {gzipSync} from 'node:zlib';
import {Header, type HeaderData} from 'tar';
import {expect, test} from 'vitest';
import {unpackArchive} from '../data/archive.js';
import {temporaryFolder} from './support.js';

/** An archive entry by entry: the tar library itself would not write the bad ones. */
async function archiveOf(...entries: HeaderData[]) {
  const blocks = entries.flatMap((entry) => {
    const body = entry.type === 'File' ? Buffer.from('content') : Buffer.alloc(0);
    const header = new Header({mode: 0o644, uid: 0, gid: 0, mtime: new Date(0), ...entry, size: body.length});
    const block = Buffer.alloc(512);
    header.encode(block, 0);
    return [block, Buffer.concat([body, Buffer.alloc((512 - (body.length % 512)) % 512)])];
  });
  const folder = await temporaryFolder();
  const archive = join(folder, 'archive.tar.gz');
  await writeFile(archive, gzipSync(Buffer.concat([...blocks, Buffer.alloc(1024)])));
  return {archive, parent: join(folder, 'unpacked'), folder: join(folder, 'unpacked', 'batches')};
}

const good: HeaderData[] = [
  {path: 'cifar-10-batches-bin/', type: 'Directory', mode: 0o755},
  {path: 'cifar-10-batches-bin/test_batch.bin', type: 'File'},
];

test('a good archive is unpacked, in place of what was there', async () => {
  const {archive, parent, folder} = await archiveOf(...good);
  await unpackArchive(archive, folder);
  await unpackArchive(archive, folder);
  expect(await readFile(join(folder, 'test_batch.bin'), 'utf8')).toBe('content');
  expect(await readdir(parent)).toEqual(['batches']);
});

test.each([
  ['climbs out', {path: '../evil.bin', type: 'File'}, /"\.\.\/evil\.bin" would be written outside/],
  [
    'climbs out later',
    {path: 'cifar-10-batches-bin/../../evil.bin', type: 'File'},
    /would be written outside/,
  ],
  ['climbs out by backslashes', {path: 'a\\..\\..\\evil.bin', type: 'File'}, /would be written outside/],
  ['is absolute', {path: '/evil.bin', type: 'File'}, /"\/evil\.bin" would be written outside/],
  ['is on a drive', {path: 'c:evil.bin', type: 'File'}, /"c:evil\.bin" would be written outside/],
  [
    'is a symbolic link',
    {path: 'cifar-10-batches-bin/link', type: 'SymbolicLink', linkpath: '/etc'},
    /link" is a SymbolicLink, neither a file nor a folder/,
  ],
  [
    'is a hard link',
    {path: 'cifar-10-batches-bin/link', type: 'Link', linkpath: 'cifar-10-batches-bin/test_batch.bin'},
    /link" is a Link, neither/,
  ],
  ['is a device', {path: 'cifar-10-batches-bin/device', type: 'CharacterDevice'}, /is a CharacterDevice/],
] satisfies [string, HeaderData, RegExp][])(
  'an archive with an entry that %s is refused as a whole',
  async (_, entry, message) => {
    const {archive, parent, folder} = await archiveOf(...good, entry);
    await expect(unpackArchive(archive, folder)).rejects.toThrow(message);
    await expect(unpackArchive(archive, folder)).rejects.toThrow(/nothing was unpacked/);
    expect(existsSync(parent)).toBe(false);
  },
);

test('an archive of something else is refused', async () => {
  const {archive, parent, folder} = await archiveOf({path: 'photos/cat.bin', type: 'File'});
  await expect(unpackArchive(archive, folder)).rejects.toThrow(
    /expected a folder cifar-10-batches-bin in it/,
  );
  expect(await readdir(parent)).toEqual([]);
});

test('a damaged archive is refused', async () => {
  const {archive, folder} = await archiveOf(...good);
  const bytes = await readFile(archive);
  await writeFile(archive, bytes.subarray(0, bytes.length / 2));
  await expect(unpackArchive(archive, folder)).rejects.toThrow();
  expect(existsSync(folder)).toBe(false);
});
