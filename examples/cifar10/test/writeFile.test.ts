import {execFileSync, spawn, spawnSync} from 'node:child_process';
import {
  chmod,
  chown,
  lstat,
  mkdir,
  readdir,
  readFile,
  readlink,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import {join} from 'node:path';
import {beforeEach, describe, expect, test} from 'vitest';
import {ensureWritable, ensureWritableFolder, writeFileAtomically} from '../writeFile.js';
import {temporaryFolder} from './support.js';

let folder: string;
beforeEach(async () => {
  folder = await temporaryFolder();
});
const at = (name: string) => join(folder, name);

describe('a plain file', () => {
  test('is written and overwritten, in folders that are not there yet, and nothing else is left', async () => {
    await writeFileAtomically(at('a/b.json'), 'one');
    await writeFileAtomically(at('a/b.json'), 'two');
    expect(await readFile(at('a/b.json'), 'utf8')).toBe('two');
    expect(await readdir(at('a'))).toEqual(['b.json']);
  });

  test('keeps its mode and owner', async () => {
    await writeFile(at('run.json'), 'old');
    await chmod(at('run.json'), 0o640);
    await writeFileAtomically(at('run.json'), 'new');
    const {uid} = await stat(at('run.json'));
    expect((await stat(at('run.json'))).mode & 0o777).toBe(0o640);
    if (process.getuid?.() !== 0) return; // nobody else can give a file away
    await chown(at('run.json'), uid + 1, 0);
    await writeFileAtomically(at('run.json'), 'newer');
    expect(await stat(at('run.json'))).toMatchObject({uid: uid + 1});
  });

  test('stays as it was when a write fails, and no draft is left', async () => {
    await writeFile(at('record.json'), 'old');
    await expect(writeFileAtomically(at('record.json'), {} as unknown as string)).rejects.toThrow(TypeError);
    expect(await readFile(at('record.json'), 'utf8')).toBe('old');
    expect(await readdir(folder)).toEqual(['record.json']);
  });
});

describe('what is no plain file is never replaced:', () => {
  test('a link, to a file or to where one will be', async () => {
    await mkdir(at('elsewhere'));
    await writeFile(at('elsewhere/there'), 'old');
    for (const name of ['there', 'missing']) {
      await symlink(`elsewhere/${name}`, at(name));
      await ensureWritable(at(name));
      await writeFileAtomically(at(name), 'new');
      expect(await readlink(at(name))).toBe(`elsewhere/${name}`);
      expect(await readFile(at(`elsewhere/${name}`), 'utf8')).toBe('new');
    }
    expect((await readdir(at('elsewhere'))).sort()).toEqual(['missing', 'there']);
  });

  test('a device', async () => {
    await symlink('/dev/null', at('null'));
    await ensureWritable(at('null'));
    await writeFileAtomically(at('null'), 'content');
    expect(await readlink(at('null'))).toBe('/dev/null');
    expect((await stat('/dev/null')).isCharacterDevice()).toBe(true);
  });

  test('a named pipe', async () => {
    execFileSync('mkfifo', [at('pipe')]);
    await ensureWritable(at('pipe'));
    const reader = spawn('cat', [at('pipe')]);
    const read = reader.stdout.toArray();
    await writeFileAtomically(at('pipe'), 'content');
    expect(Buffer.concat(await read).toString()).toBe('content');
    expect((await lstat(at('pipe'))).isFIFO()).toBe(true);
  });

  test('standard output, be it a file: what is printed before and after is there too', async () => {
    const module = new URL('../writeFile.ts', import.meta.url);
    const program = `
      import {ensureWritable, writeFileAtomically} from ${JSON.stringify(module.href)};
      console.log('before');
      await ensureWritable('/proc/self/fd/1');
      await writeFileAtomically('/proc/self/fd/1', 'record\\n');
      console.log('after');`;
    const shell = `"$0" --import tsx --input-type=module --eval "$1" >> "$2"`;
    const {stderr} = spawnSync('sh', ['-c', shell, process.execPath, program, at('log')], {encoding: 'utf8'});
    expect(await readFile(at('log'), 'utf8'), stderr).toBe('before\nrecord\nafter\n');
  });
});

describe('before a run, one is told', () => {
  test('that its record could not be written', async () => {
    await expect(ensureWritable(folder)).rejects.toThrow(
      /cannot be written \(it is a folder\); name a file in a folder/,
    );
    await writeFile(at('file'), '');
    await expect(ensureWritable(at('file/record.json'))).rejects.toThrow(/cannot be written .*; name a file/);
    await expect(ensureWritableFolder(at('file'))).rejects.toThrow(
      /cannot be made a folder .*; name a folder/,
    );
    await symlink('loop', at('loop'));
    await expect(ensureWritable(at('loop'))).rejects.toThrow(/cannot be written .*ELOOP/);
  });

  test('nothing if it can be written, and no trace is left', async () => {
    await ensureWritable(at('record.json'));
    await ensureWritableFolder(folder);
    expect(await readdir(folder)).toEqual([]);
  });
});
