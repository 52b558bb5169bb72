import {createHash} from 'node:crypto';
import {createReadStream} from 'node:fs';
import {mkdir, open, rename, rm, stat} from 'node:fs/promises';
import {dirname} from 'node:path';
import {pipeline} from 'node:stream/promises';
import {setTimeout} from 'node:timers/promises';
import pRetry, {AbortError} from 'p-retry';

/** A file on a server, and what it must turn out to be. */
export interface RemoteFile {
  readonly url: string;
  readonly bytes: number;
  readonly sha256: string;
}

export interface DownloadOptions {
  /** Called as bytes arrive, with how many are there. */
  readonly onProgress?: (bytes: number) => void;
  /** Called with what went wrong, before the server is asked again. */
  readonly onRetry?: (problem: string) => void;
  /** How often to ask again when the connection breaks or the server is busy. @defaultValue 4 */
  readonly retries?: number;
  /** How long to wait before asking again, in milliseconds; twice as long each time. @defaultValue 1,000 */
  readonly delay?: number;
  /** How long a silent connection is borne, in milliseconds. @defaultValue 30,000 */
  readonly patience?: number;
}

/** The download did not succeed; what has arrived is kept, and the next try goes on from there. */
export class DownloadError extends Error {
  override name = 'DownloadError';
}

/** The server asks for some patience. */
class BusyError extends Error {
  constructor(
    message: string,
    /** In milliseconds. */
    readonly retryAfter: number,
  ) {
    super(message);
  }
}

/**
 * Downloads a file to `target`. The bytes gather in `target.part` and are moved into place once their checksum is right, so
 * `target` is there whole or not at all. An earlier part is continued where the server can do so.
 */
export async function download(
  file: RemoteFile,
  target: string,
  options: DownloadOptions = {},
): Promise<void> {
  const part = `${target}.part`;
  await mkdir(dirname(target), {recursive: true});
  const continued = (await sizeOf(part)) > 0;
  await fetchAll(file, part, options);
  if ((await sha256Of(part)) !== file.sha256 && continued) {
    // The old part may be to blame: of another file, or damaged. One try from nothing tells.
    await rm(part);
    await fetchAll(file, part, options);
  }
  const found = await sha256Of(part);
  if (found !== file.sha256) {
    await rm(part);
    throw new DownloadError(
      `${file.url}: the checksum is wrong, and what was downloaded is deleted.\n` +
        `  expected sha256 ${file.sha256}\n  found    sha256 ${found}`,
    );
  }
  await rename(part, target);
}

export async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

async function fetchAll(file: RemoteFile, part: string, options: DownloadOptions): Promise<void> {
  const {retries = 4, delay = 1000, onRetry} = options;
  const attempt = () => fetchRest(file, part, options);
  await pRetry(attempt, {
    retries,
    minTimeout: delay,
    onFailedAttempt: async ({error, retriesLeft}) => {
      if (error instanceof DownloadError || retriesLeft === 0) return;
      onRetry?.(reasonOf(error));
      if (error instanceof BusyError) await setTimeout(error.retryAfter);
    },
  }).catch(async (error: Error) => {
    if (error instanceof DownloadError) throw error;
    const have = group(await sizeOf(part));
    throw new DownloadError(
      `${file.url}: ${reasonOf(error)}, with ${have} of ${group(file.bytes)} bytes here`,
      {cause: error},
    );
  });
}

/** Asks for what the part lacks, once. Throws an AbortError if it is of no use to ask again. */
async function fetchRest(file: RemoteFile, part: string, options: DownloadOptions): Promise<void> {
  const {onProgress, patience = 30_000} = options;
  if ((await sizeOf(part)) > file.bytes) await rm(part);
  const before = await sizeOf(part);
  if (before === file.bytes) return;
  const silence = new AbortController();
  const reason = new Error(`the server was silent for ${patience} ms`);
  const timer = globalThis.setTimeout(() => silence.abort(reason), patience);
  try {
    const response = await fetch(file.url, {
      headers: before > 0 ? {range: `bytes=${before}-`} : {},
      signal: silence.signal,
    });
    if (response.status === 416) await rm(part); // it is not a part of what is there now
    const start = startOf(response, file, before);
    const output = await open(part, start > 0 ? 'r+' : 'w');
    try {
      let position = start;
      const reader = response.body?.getReader();
      for (let next = await reader?.read(); next?.value; next = await reader?.read()) {
        const {value: chunk} = next;
        timer.refresh();
        if (position + chunk.length > file.bytes) {
          refuse(`${file.url}: the server sends more than the expected ${group(file.bytes)} bytes`);
        }
        await output.write(chunk, 0, chunk.length, position);
        position += chunk.length;
        onProgress?.(position);
      }
      if (position < file.bytes) throw new Error('the connection ended early');
    } finally {
      await output.close();
    }
  } finally {
    clearTimeout(timer);
    silence.abort(); // closes the connection where the answer was not wanted to its end
  }
}

/** Where the bytes of the answer belong: behind those that are here, or at 0 if the server ignores ranges. */
function startOf({status, statusText, headers}: Response, {url}: RemoteFile, before: number): number {
  if (status === 200) return 0;
  if (status === 206) {
    const start = /^bytes (\d+)-/.exec(headers.get('content-range') ?? '')?.[1];
    if (Number(start) === before) return before;
    return refuse(`${url}: asked for the bytes from ${before} on, the server sends those from ${start}`);
  }
  const answer = `the server answers ${status} ${statusText}`.trimEnd();
  if (status === 416) throw new Error(answer);
  if (status === 408 || status === 429 || status >= 500) {
    throw new BusyError(answer, retryAfter(headers.get('retry-after')));
  }
  return refuse(`${url}: ${answer}`);
}

function refuse(problem: string): never {
  throw new AbortError(new DownloadError(problem));
}

/** Of the header Retry-After, in seconds or as a date, as far as one would sit and wait. */
function retryAfter(header: string | null): number {
  const wait =
    header === null ? 0 : /^\d+$/.test(header) ? 1000 * Number(header) : Date.parse(header) - Date.now();
  return Math.min(Math.max(wait || 0, 0), 120_000);
}

/** fetch hides what happened behind "fetch failed". */
function reasonOf({message, cause}: Error): string {
  return cause instanceof Error ? `${message} (${cause.message})` : message;
}

async function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    ({size}) => size,
    () => 0,
  );
}

function group(count: number): string {
  return count.toLocaleString('en-US');
}
