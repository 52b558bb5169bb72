import {execFile} from 'node:child_process';
import {existsSync} from 'node:fs';
import {mkdir, readdir, readFile, stat, writeFile} from 'node:fs/promises';
import type {RequestListener} from 'node:http';
import {join} from 'node:path';
import {promisify} from 'node:util';
import {describe, expect, test} from 'vitest';
import {unpackArchive} from '../data/archive.js';
import {cacheFolder, locateCifar10} from '../data/cache.js';
import {allFiles, readCifar10} from '../data/cifar10.js';
import * as downloading from '../data/download.js';
import {describeFile, generatedArchive, serve, withRanges} from './server.js';
import {temporaryFolder} from './support.js';

const execute = promisify(execFile);

const content = Buffer.from(Array.from({length: 200_000}, (_, index) => (index * 7919) % 251));

/** As users have it, but that waiting takes no time. */
function download(file: downloading.RemoteFile, target: string, options: downloading.DownloadOptions = {}) {
  return downloading.download(file, target, {delay: 1, ...options});
}

async function targetWithPart(part?: Buffer) {
  const target = join(await temporaryFolder(), 'below', 'file');
  await mkdir(join(target, '..'));
  if (part) await writeFile(`${target}.part`, part);
  return target;
}

const cutOff: RequestListener = (_, response) => {
  response.writeHead(200, {'content-length': content.length});
  response.write(content.subarray(0, 100_000), () => setTimeout(() => response.destroy(), 50));
};

describe('download', () => {
  test('fetches the file, reports progress and leaves no part behind', async () => {
    const {url} = await serve(withRanges(content));
    const target = await targetWithPart();
    const progress: number[] = [];
    await download(describeFile(url, content), target, {onProgress: (bytes) => progress.push(bytes)});
    expect(content.equals(await readFile(target))).toBe(true);
    expect(existsSync(`${target}.part`)).toBe(false);
    expect(progress.at(-1)).toBe(content.length);
  });

  test('goes on from the part that is there', async () => {
    const {url, ranges} = await serve(withRanges(content));
    const target = await targetWithPart(content.subarray(0, 150_000));
    await download(describeFile(url, content), target);
    expect(content.equals(await readFile(target))).toBe(true);
    expect(ranges).toEqual(['bytes=150000-']);
  });

  test('asks for nothing if all of it is there', async () => {
    const target = await targetWithPart(content);
    await download(describeFile('http://127.0.0.1:1/nobody', content), target);
    expect(content.equals(await readFile(target))).toBe(true);
  });

  test('starts over if the server ignores ranges', async () => {
    const {url, ranges} = await serve((_, response) => response.end(content));
    const target = await targetWithPart(Buffer.alloc(150_000));
    await download(describeFile(url, content), target);
    expect(content.equals(await readFile(target))).toBe(true);
    expect(ranges).toHaveLength(1);
  });

  test('starts over if the old part turns out to be of another file, or too long', async () => {
    const {url, ranges} = await serve(withRanges(content));
    const other = await targetWithPart(Buffer.alloc(150_000));
    await download(describeFile(url, content), other);
    expect(content.equals(await readFile(other))).toBe(true);
    expect(ranges).toEqual(['bytes=150000-', undefined]);
    const long = await targetWithPart(Buffer.alloc(200_001));
    await download(describeFile(url, content), long);
    expect(content.equals(await readFile(long))).toBe(true);
  });

  test('goes on by itself when the connection is cut', async () => {
    const {url, ranges} = await serve(cutOff, withRanges(content));
    const target = await targetWithPart();
    await download(describeFile(url, content), target);
    expect(content.equals(await readFile(target))).toBe(true);
    expect(ranges).toEqual([undefined, 'bytes=100000-']);
  });

  test.each([429, 503])(
    'asks again when the server answers %i, and waits as long as it says',
    async (status) => {
      const busy: RequestListener = (_, response) => response.writeHead(status, {'retry-after': '1'}).end();
      const {url, ranges} = await serve(busy, withRanges(content));
      const target = await targetWithPart(content.subarray(0, 50_000));
      const start = Date.now();
      const problems: string[] = [];
      await download(describeFile(url, content), target, {onRetry: (problem) => problems.push(problem)});
      expect(problems).toEqual([expect.stringMatching(`^the server answers ${status} `)]);
      expect(Date.now() - start).toBeGreaterThanOrEqual(990);
      expect(content.equals(await readFile(target))).toBe(true);
      expect(ranges).toEqual(['bytes=50000-', 'bytes=50000-']);
    },
  );

  test('gives up on a server that stays busy, and keeps what it has', async () => {
    const {url, ranges} = await serve((_, response) => response.writeHead(503).end());
    const target = await targetWithPart(content.subarray(0, 50_000));
    await expect(download(describeFile(url, content), target, {retries: 2})).rejects.toThrow(
      /the server answers 503 Service Unavailable, with 50,000 of 200,000 bytes here/,
    );
    expect(ranges).toHaveLength(3);
    expect(await readFile(`${target}.part`)).toHaveLength(50_000);
  });

  test('begins anew where the server knows no such range', async () => {
    const {url, ranges} = await serve((_, response) => response.writeHead(416).end(), withRanges(content));
    const target = await targetWithPart(Buffer.alloc(150_000));
    await download(describeFile(url, content), target);
    expect(content.equals(await readFile(target))).toBe(true);
    expect(ranges).toEqual(['bytes=150000-', undefined]);
  });

  test('gives up after some cuts, and keeps what it has', async () => {
    const {url, ranges} = await serve(cutOff);
    const target = await targetWithPart();
    await expect(download(describeFile(url, content), target, {retries: 2})).rejects.toThrow(
      /with 100,000 of 200,000 bytes here/,
    );
    expect(ranges).toHaveLength(3);
    expect(existsSync(target)).toBe(false);
    expect(await readFile(`${target}.part`)).toHaveLength(100_000);
  });

  test('does not wait for ever for a silent server', async () => {
    const {url} = await serve(() => {});
    await expect(
      download(describeFile(url, content), await targetWithPart(), {patience: 100, retries: 1}),
    ).rejects.toThrow(/the server was silent for 100 ms/);
  });

  test('refuses a file with a wrong checksum, and deletes it', async () => {
    const {url} = await serve(withRanges(Buffer.alloc(content.length)));
    const target = await targetWithPart();
    const file = describeFile(url, content);
    await expect(download(file, target)).rejects.toThrow(
      new RegExp(
        `the checksum is wrong[\\s\\S]*expected sha256 ${file.sha256}[\\s\\S]*found +sha256 [0-9a-f]{64}`,
      ),
    );
    expect(existsSync(target)).toBe(false);
    expect(existsSync(`${target}.part`)).toBe(false);
  });

  test('refuses more than the file should have', async () => {
    const {url} = await serve((_, response) => response.end(Buffer.alloc(content.length + 1)));
    await expect(download(describeFile(url, content), await targetWithPart())).rejects.toThrow(
      /sends more than the expected 200,000 bytes/,
    );
  });

  test('says what the server answers', async () => {
    const {url} = await serve((_, response) => response.writeHead(404).end());
    await expect(download(describeFile(url, content), await targetWithPart())).rejects.toThrow(
      /the server answers 404 Not Found/,
    );
  });

  test('refuses a range other than the one asked for', async () => {
    const {url} = await serve((_, response) =>
      response.writeHead(206, {'content-range': 'bytes 5-9/200000'}).end('12345'),
    );
    await expect(
      download(describeFile(url, content), await targetWithPart(content.subarray(0, 10))),
    ).rejects.toThrow(/asked for the bytes from 10 on, the server sends those from 5/);
  });
});

describe('locating the data', () => {
  test('a folder that the user names is taken as it is', async () => {
    expect(await locateCifar10({data: '/some/where'})).toBe('/some/where');
  });

  test('downloads and unpacks once, then uses the cache', async () => {
    const archive = await generatedArchive(2);
    const {url, ranges} = await serve(withRanges(archive));
    const cache = join(await temporaryFolder(), 'cache');
    const options = {cache, archive: describeFile(url, archive)};
    const folder = await locateCifar10(options);
    expect((await readCifar10(folder, {recordsPerFile: 2})).training.labels).toHaveLength(8);
    expect(await locateCifar10(options)).toBe(folder);
    expect(ranges).toHaveLength(1);
  });

  test('several programs on one empty cache download once, and all of them have all files', async () => {
    const archive = await generatedArchive(2);
    const {url, ranges} = await serve((request, response) =>
      setTimeout(() => withRanges(archive)(request, response), 200),
    );
    const cache = join(await temporaryFolder(), 'cache');
    const module = new URL('../data/cache.ts', import.meta.url).href;
    const program = `
      import {locateCifar10} from ${JSON.stringify(module)};
      const folder = await locateCifar10(${JSON.stringify({cache, archive: describeFile(url, archive)})});
      console.log(folder);`;
    const run = () =>
      execute(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', program]);
    const found = await Promise.all([run(), run(), run(), run()]);
    const folder = join(cache, 'cifar-10-batches-bin');
    expect(found.map(({stdout}) => stdout.trim())).toEqual(Array(4).fill(folder));
    expect((await readdir(folder)).sort()).toEqual([...allFiles].sort());
    expect(await readdir(cache)).toEqual(['cifar-10-batches-bin']);
    expect(ranges).toHaveLength(1);
  });

  test('where a lock does not hold, nobody takes away what another has put there', async () => {
    const archive = await generatedArchive(2);
    const {url} = await serve((request, response) =>
      setTimeout(() => withRanges(archive)(request, response), 100),
    );
    const cache = await temporaryFolder();
    const file = join(cache, 'archive');
    const folder = join(cache, 'cifar-10-batches-bin');
    await download(describeFile(url, archive), file);
    await unpackArchive(file, folder);
    const {ino} = await stat(folder);
    await unpackArchive(file, folder);
    expect((await stat(folder)).ino).toBe(ino);
  });

  test('takes an archive that the user has put into the cache', async () => {
    const archive = await generatedArchive(2);
    const cache = await temporaryFolder();
    await writeFile(join(cache, 'cifar-10-binary.tar.gz'), archive);
    const folder = await locateCifar10({cache, archive: describeFile('http://127.0.0.1:1/', archive)});
    for (const name of allFiles) expect(existsSync(join(folder, name))).toBe(true);
  });

  test('without a network, says what can be done', async () => {
    const cache = await temporaryFolder();
    const archive = describeFile('http://127.0.0.1:1/cifar.tar.gz', content);
    await expect(locateCifar10({cache, archive, delay: 1})).rejects.toThrow(
      /could not be downloaded\.\nhttp:\/\/127\.0\.0\.1:1\/cifar\.tar\.gz: fetch failed \(.*\), with 0 of 200,000 bytes here\nWhat you can do:[\s\S]*cifar-10-binary\.tar\.gz[\s\S]*--data/,
    );
  });

  test('and that an archive which is there is damaged', async () => {
    const cache = await temporaryFolder();
    await writeFile(join(cache, 'cifar-10-binary.tar.gz'), 'half of it');
    const archive = describeFile('http://127.0.0.1:1/cifar.tar.gz', content);
    await expect(locateCifar10({cache, archive, delay: 1})).rejects.toThrow(
      /cifar-10-binary\.tar\.gz is not the whole archive: its SHA-256 is another\.\nWhat you can do:/,
    );
  });

  test('the cache is where the system wants it', () => {
    expect(cacheFolder({XDG_CACHE_HOME: '/x'})).toBe(join('/x', 'tfjs-losses'));
    expect(cacheFolder({LOCALAPPDATA: '/y'})).toBe(join('/y', 'tfjs-losses'));
    expect(cacheFolder({})).toMatch(/\.cache.tfjs-losses$/);
  });
});
