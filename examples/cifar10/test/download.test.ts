import {createHash} from 'node:crypto';
import {existsSync} from 'node:fs';
import {mkdir, readFile, writeFile} from 'node:fs/promises';
import {createServer, type RequestListener} from 'node:http';
import type {AddressInfo} from 'node:net';
import {join} from 'node:path';
import * as tar from 'tar';
import {describe, expect, onTestFinished, test} from 'vitest';
import {cacheFolder, locateCifar10} from '../data/cache.js';
import {allFiles, readCifar10} from '../data/cifar10.js';
import {download, type RemoteFile} from '../data/download.js';
import {temporaryFolder, writeGeneratedCifar10} from './support.js';

const content = Buffer.from(Array.from({length: 200_000}, (_, index) => (index * 7919) % 251));

function describeFile(url: string, bytes: Buffer): RemoteFile {
  return {url, bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex')};
}

/** A server on this machine, and the ranges that it was asked for. */
async function serve(answer: RequestListener) {
  const ranges: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    ranges.push(request.headers.range);
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return {url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/file`, ranges};
}

const withRanges =
  (bytes: Buffer): RequestListener =>
  ({headers}, response) => {
    const start = Number(/bytes=(\d+)-/.exec(headers.range ?? '')?.[1] ?? 0);
    const range = {'content-range': `bytes ${start}-${bytes.length - 1}/${bytes.length}`};
    response.writeHead(start > 0 ? 206 : 200, start > 0 ? range : {}).end(bytes.subarray(start));
  };

async function targetWithPart(part?: Buffer) {
  const target = join(await temporaryFolder(), 'below', 'file');
  await mkdir(join(target, '..'));
  if (part) await writeFile(`${target}.part`, part);
  return target;
}

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
    const {url, ranges} = await serve((request, response) => {
      if (request.headers.range) return withRanges(content)(request, response);
      response.writeHead(200, {'content-length': content.length});
      response.write(content.subarray(0, 100_000), () => setTimeout(() => response.destroy(), 50));
    });
    const target = await targetWithPart();
    await download(describeFile(url, content), target);
    expect(content.equals(await readFile(target))).toBe(true);
    expect(ranges).toEqual([undefined, 'bytes=100000-']);
  });

  test('gives up after some cuts, and keeps what it has', async () => {
    const {url, ranges} = await serve((_, response) => {
      response.writeHead(200, {'content-length': content.length});
      response.write(content.subarray(0, 100_000), () => setTimeout(() => response.destroy(), 50));
    });
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
      download(describeFile(url, content), await targetWithPart(), {patience: 100}),
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
  async function generatedArchive(): Promise<Buffer> {
    const folder = await temporaryFolder();
    await writeGeneratedCifar10(join(folder, 'cifar-10-batches-bin'), 2);
    const file = join(folder, 'archive.tar.gz');
    await tar.create({cwd: folder, file, gzip: true}, ['cifar-10-batches-bin']);
    return readFile(file);
  }

  test('a folder that the user names is taken as it is', async () => {
    expect(await locateCifar10({data: '/some/where'})).toBe('/some/where');
  });

  test('downloads and unpacks once, then uses the cache', async () => {
    const archive = await generatedArchive();
    const {url, ranges} = await serve(withRanges(archive));
    const cache = join(await temporaryFolder(), 'cache');
    const options = {cache, archive: describeFile(url, archive)};
    const folder = await locateCifar10(options);
    expect((await readCifar10(folder, {recordsPerFile: 2})).training.labels).toHaveLength(8);
    expect(await locateCifar10(options)).toBe(folder);
    expect(ranges).toHaveLength(1);
  });

  test('takes an archive that the user has put into the cache', async () => {
    const archive = await generatedArchive();
    const cache = await temporaryFolder();
    await writeFile(join(cache, 'cifar-10-binary.tar.gz'), archive);
    const folder = await locateCifar10({cache, archive: describeFile('http://127.0.0.1:1/', archive)});
    for (const name of allFiles) expect(existsSync(join(folder, name))).toBe(true);
  });

  test('without a network, says what can be done', async () => {
    const cache = await temporaryFolder();
    const archive = describeFile('http://127.0.0.1:1/cifar.tar.gz', content);
    await expect(locateCifar10({cache, archive})).rejects.toThrow(
      /could not be downloaded\.\nhttp:\/\/127\.0\.0\.1:1\/cifar\.tar\.gz: fetch failed \(.*\), with 0 of 200,000 bytes here\nWhat you can do:[\s\S]*cifar-10-binary\.tar\.gz[\s\S]*--data/,
    );
  });

  test('and that an archive which is there is damaged', async () => {
    const cache = await temporaryFolder();
    await writeFile(join(cache, 'cifar-10-binary.tar.gz'), 'half of it');
    const archive = describeFile('http://127.0.0.1:1/cifar.tar.gz', content);
    await expect(locateCifar10({cache, archive})).rejects.toThrow(
      /cifar-10-binary\.tar\.gz is not the whole archive: its SHA-256 is another\.\nWhat you can do:/,
    );
  });

  test('the cache is where the system wants it', () => {
    expect(cacheFolder({XDG_CACHE_HOME: '/x'})).toBe(join('/x', 'tfjs-losses'));
    expect(cacheFolder({LOCALAPPDATA: '/y'})).toBe(join('/y', 'tfjs-losses'));
    expect(cacheFolder({})).toMatch(/\.cache.tfjs-losses$/);
  });
});
