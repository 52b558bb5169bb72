import {appendFile, readFile, truncate} from 'node:fs/promises';
import type {z} from 'zod';
import {parseJson} from './json.js';
import {takeLock} from './lock.js';
import {destination, ensureWritable} from './writeFile.js';

/** The holder of the lock is taken for killed after so many milliseconds. */
const STALE = 5000;

/**
 * A file of one JSON a line, to which lines are only ever added, by one program at a time. A line is whole or, if
 * that program was killed while it wrote, the last one and without an end: such a line is taken off before the next one is
 * added.
 */
export class JsonLines<T> {
  readonly #path: string;
  /** What was in the file when it was opened. */
  readonly before: readonly T[];
  /** Lets other programs write to the file. */
  readonly close: () => Promise<void>;

  private constructor(path: string, before: readonly T[], close: () => Promise<void>) {
    this.#path = path;
    this.before = before;
    this.close = close;
  }

  /** Keeps others from writing, reads what is there, and makes sure that more can be written. */
  static async open<T>(path: string, schema: z.ZodType<T>): Promise<JsonLines<T>> {
    await ensureWritable(path);
    const {target, isPlain} = await destination(path);
    if (!isPlain) throw new Error(`${path} is no plain file, which results can be read back from; name one`);
    const close = await takeLock(target, {
      stale: STALE,
      patience: 1.2 * STALE,
      onWait: () =>
        console.error(`Waiting to see whether a program that wrote to ${path} is still running …`),
      onLost: () => {
        console.error(`error: another program has begun to write to ${path}; this one stops`);
        process.exit(1);
      },
    });
    if (close === undefined) {
      throw new Error(
        `another program is writing to ${path}; wait for its end, or name another file with --results`,
      );
    }
    try {
      const text = (await readText(path)) ?? '';
      const lines = parseLines(path, text, schema);
      await endLastLine(path, text);
      return new JsonLines(path, lines, close);
    } catch (error) {
      await close();
      throw error;
    }
  }

  append(line: T): Promise<void> {
    return appendFile(this.#path, `${JSON.stringify(line)}\n`);
  }
}

/** The lines of a file; null if there is none. */
export async function readLines<T>(path: string | URL, schema: z.ZodType<T>): Promise<T[] | null> {
  const text = await readText(path);
  return text === null ? null : parseLines(path, text, schema);
}

async function readText(path: string | URL): Promise<string | null> {
  return readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return null;
    throw new Error(`${path} cannot be read (${cause.message}); name a file of results`, {cause});
  });
}

/** What follows the last line break is a line too if it is whole, and else the beginning of one that was never finished. */
function parseLines<T>(path: string | URL, text: string, schema: z.ZodType<T>): T[] {
  const lines = text.split('\n');
  const last = lines.pop()!;
  if (isWhole(last)) lines.push(last);
  const remedy = 'take the line out, and its trial is run again';
  return lines.map((line, index) => parseJson(line, schema, `${path}, line ${index + 1}`, remedy));
}

function isWhole(line: string): boolean {
  try {
    JSON.parse(line);
    return true;
  } catch {
    return false;
  }
}

/** Leaves the file so that a new line can follow. */
async function endLastLine(path: string, text: string): Promise<void> {
  if (text === '' || text.endsWith('\n')) return;
  const end = text.lastIndexOf('\n') + 1;
  if (isWhole(text.slice(end))) await appendFile(path, '\n');
  else await truncate(path, Buffer.byteLength(text.slice(0, end)));
}
