import {createHash} from 'node:crypto';
import {createReadStream} from 'node:fs';
import {mkdir, open, rename, rm, stat} from 'node:fs/promises';
import {dirname} from 'node:path';
import {pipeline} from 'node:stream/promises';

/** A file on a server, and what it must turn out to be. */
export interface RemoteFile {
  readonly url: string;
  readonly bytes: number;
  readonly sha256: string;
}

export interface DownloadOptions {
  /** Called as bytes arrive, with how many are there. */
  readonly onProgress?: (bytes: number) => void;
  /** How often to ask the server for the rest when the connection breaks. @defaultValue 3 */
  readonly retries?: number;
  /** How long a silent connection is borne, in milliseconds. @defaultValue 30,000 */
  readonly patience?: number;
}

/** The download did not succeed; what has arrived is kept, and the next try goes on from there. */
export class DownloadError extends Error {
  override name = 'DownloadError';
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
  const {retries = 3} = options;
  for (let attempt = 0; ; attempt++) {
    try {
      await fetchRest(file, part, options);
      return;
    } catch (error) {
      if (error instanceof DownloadError) throw error;
      const have = await sizeOf(part);
      if (attempt === retries || have === 0) {
        throw new DownloadError(
          `${file.url}: ${reasonOf(error)}, with ${have.toLocaleString('en-US')} of ` +
            `${file.bytes.toLocaleString('en-US')} bytes here`,
          {cause: error},
        );
      }
    }
  }
}

/** Asks for what the part lacks, once. */
async function fetchRest(file: RemoteFile, part: string, options: DownloadOptions): Promise<void> {
  const {onProgress, patience = 30_000} = options;
  const before = await sizeOf(part);
  if (before === file.bytes) return;
  if (before > file.bytes) {
    await rm(part);
    return fetchRest(file, part, options);
  }
  const silence = new AbortController();
  const timer = setTimeout(
    () => silence.abort(new Error(`the server was silent for ${patience} ms`)),
    patience,
  );
  try {
    const response = await fetch(file.url, {
      headers: before > 0 ? {range: `bytes=${before}-`} : {},
      signal: silence.signal,
    });
    const start = startOf(response, file, before);
    const output = await open(part, start > 0 ? 'r+' : 'w');
    try {
      let position = start;
      const reader = response.body?.getReader();
      for (let next = await reader?.read(); next?.value; next = await reader?.read()) {
        const {value: chunk} = next;
        timer.refresh();
        if (position + chunk.length > file.bytes) {
          throw new DownloadError(
            `${file.url}: the server sends more than the expected ${file.bytes.toLocaleString('en-US')} bytes`,
          );
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
function startOf(response: Response, {url}: RemoteFile, before: number): number {
  if (response.status === 200) return 0;
  if (response.status === 206) {
    const start = /^bytes (\d+)-/.exec(response.headers.get('content-range') ?? '')?.[1];
    if (Number(start) === before) return before;
    throw new DownloadError(
      `${url}: asked for the bytes from ${before} on, the server sends those from ${start}`,
    );
  }
  throw new DownloadError(`${url}: the server answers ${response.status} ${response.statusText}`.trimEnd());
}

/** fetch hides what happened behind "fetch failed". */
function reasonOf(error: unknown): string {
  const {message, cause} = error as Error;
  return cause instanceof Error ? `${message} (${cause.message})` : message;
}

async function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    ({size}) => size,
    () => 0,
  );
}
