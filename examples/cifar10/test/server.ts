import {createHash} from 'node:crypto';
import {readFile} from 'node:fs/promises';
import {createServer, type RequestListener} from 'node:http';
import type {AddressInfo} from 'node:net';
import {join} from 'node:path';
import * as tar from 'tar';
import {onTestFinished} from 'vitest';
import type {RemoteFile} from '../data/download.js';
import {temporaryFolder, writeGeneratedCifar10} from './support.js';

export function describeFile(url: string, bytes: Buffer): RemoteFile {
  return {url, bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex')};
}

/** A server on this machine, and the ranges that it was asked for. The last of the answers is given again and again. */
export async function serve(...answers: RequestListener[]) {
  const ranges: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    const answer = answers[Math.min(ranges.length, answers.length - 1)]!;
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

export const withRanges =
  (bytes: Buffer): RequestListener =>
  ({headers}, response) => {
    const start = Number(/bytes=(\d+)-/.exec(headers.range ?? '')?.[1] ?? 0);
    if (start >= bytes.length) return response.writeHead(416).end();
    const range = {'content-range': `bytes ${start}-${bytes.length - 1}/${bytes.length}`};
    return response.writeHead(start > 0 ? 206 : 200, start > 0 ? range : {}).end(bytes.subarray(start));
  };

/** An archive like the official one, with made-up images. */
export async function generatedArchive(recordsPerFile: number, filled = recordsPerFile): Promise<Buffer> {
  const folder = await temporaryFolder();
  await writeGeneratedCifar10(join(folder, 'cifar-10-batches-bin'), recordsPerFile, filled);
  const file = join(folder, 'archive.tar.gz');
  await tar.create({cwd: folder, file, gzip: true}, ['cifar-10-batches-bin']);
  return readFile(file);
}
