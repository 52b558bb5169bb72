import {existsSync} from 'node:fs';
import {mkdir, rm} from 'node:fs/promises';
import {homedir} from 'node:os';
import {join, resolve} from 'node:path';
import {takeLock} from '../lock.js';
import {unpackArchive} from './archive.js';
import {isComplete} from './cifar10.js';
import {DownloadError, type DownloadOptions, download, type RemoteFile, sha256Of} from './download.js';

/** CIFAR-10 as its authors publish it, in the binary version. */
export const officialArchive: RemoteFile = {
  url: 'https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz',
  bytes: 170_052_171,
  sha256: 'c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd',
};

/** Network file systems may show a sign of life a minute late. */
const STALE = 90_000;

export interface LocateOptions extends DownloadOptions {
  /** The folder with the binary batches, if the user has it. */
  readonly data?: string | undefined;
  /** @defaultValue {@link cacheFolder} */
  readonly cache?: string;
  /** @defaultValue {@link officialArchive} */
  readonly archive?: RemoteFile;
  /** Called if another program is filling the cache. */
  readonly onWait?: () => void;
}

/** Finds the folder with the batches: the one that the user names, else the cached one, else downloads it. */
export async function locateCifar10({
  data,
  cache = cacheFolder(),
  ...options
}: LocateOptions = {}): Promise<string> {
  if (data !== undefined) return resolve(data);
  const folder = join(cache, 'cifar-10-batches-bin');
  if (await isComplete(folder)) return folder;
  await mkdir(cache, {recursive: true});
  const release = await takeLock(folder, {
    stale: STALE,
    patience: Number.POSITIVE_INFINITY,
    onWait: options.onWait ?? (() => {}),
    onLost: () => {},
  });
  try {
    if (!(await isComplete(folder))) {
      // Where locks fail, as on some network file systems, several programs do this at once: the first to finish counts.
      await fillCache(cache, folder, options).catch(async (error) => {
        if (!(await isComplete(folder))) throw error;
      });
    }
    return folder;
  } finally {
    await release?.().catch(() => {}); // it is another's by now
  }
}

async function fillCache(cache: string, folder: string, options: LocateOptions): Promise<void> {
  const {archive = officialArchive, ...download} = options;
  const file = join(cache, 'cifar-10-binary.tar.gz');
  await obtainArchive(archive, file, download);
  await unpackArchive(file, folder);
  await rm(file, {force: true});
}

/** Where this system keeps what can be downloaded again. */
export function cacheFolder(environment: NodeJS.ProcessEnv = process.env): string {
  const {XDG_CACHE_HOME, LOCALAPPDATA} = environment;
  const base = XDG_CACHE_HOME || LOCALAPPDATA || join(homedir(), '.cache');
  return join(base, 'tfjs-losses');
}

async function obtainArchive(archive: RemoteFile, file: string, options: DownloadOptions): Promise<void> {
  const isThere = existsSync(file);
  if (isThere && (await sha256Of(file)) === archive.sha256) return;
  const damage = isThere ? `\nThe file at ${file} is not the whole archive: its SHA-256 is another.` : '';
  try {
    await download(archive, file, options);
  } catch (error) {
    if (!(error instanceof DownloadError)) throw error;
    const {message} = error;
    throw new DownloadError(
      `CIFAR-10 could not be downloaded.\n${message}${damage}\n${remedies(archive, file)}`,
      {cause: error},
    );
  }
}

function remedies({url, bytes}: RemoteFile, file: string): string {
  return [
    'What you can do:',
    '  - run the command again: it goes on from where it stopped;',
    `  - or fetch ${url} (${bytes.toLocaleString('en-US')} bytes) on another machine and put it at`,
    `    ${file}`,
    '  - or unpack it yourself and pass the folder with --data.',
  ].join('\n');
}
