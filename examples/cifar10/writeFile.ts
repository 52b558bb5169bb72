import {randomUUID} from 'node:crypto';
import type {Stats} from 'node:fs';
import {
  access,
  constants,
  mkdir,
  open,
  readlink,
  realpath,
  rename,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import {basename, dirname, join, resolve} from 'node:path';

/**
 * Writes a file all or nothing: a draft beside it first, which then takes its name. A file that is there keeps its mode and owner,
 * and a symbolic link stays one: what it points to is replaced. A device or a pipe is written to directly.
 *
 * (write-file-atomic and atomically take a short write, as on a full disk, for a whole one, and replace devices.)
 */
export async function writeFileAtomically(path: string, content: string | Uint8Array): Promise<void> {
  await mkdir(dirname(path), {recursive: true});
  const {target, stats, isPlain} = await destination(path);
  if (!isPlain) return writeFile(target, content, {flag: 'a'});
  await withDraft(target, async (draft) => {
    const file = await open(draft, 'wx');
    try {
      await file.writeFile(content);
      if (stats !== undefined) {
        await file.chown(stats.uid, stats.gid).catch(() => {}); // few may
        await file.chmod(stats.mode);
      }
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(draft, target);
  });
}

/** Throws, with a remedy, if a file of this name could not be written: better before a long run than behind it. */
export async function ensureWritable(path: string): Promise<void> {
  try {
    await mkdir(dirname(path), {recursive: true});
    const {target, stats, isPlain} = await destination(path);
    if (stats?.isDirectory()) throw new Error('it is a folder');
    if (stats !== undefined) await access(target, constants.W_OK);
    if (isPlain) await withDraft(target, (draft) => writeFile(draft, '', {flag: 'wx'}));
  } catch (cause) {
    const reason = (cause as Error).message;
    throw new Error(`${path} cannot be written (${reason}); name a file in a folder that you may write to`, {
      cause,
    });
  }
}

/** Throws, with a remedy, if files could not be put into this folder; makes it if it is not there. */
export async function ensureWritableFolder(path: string): Promise<void> {
  await mkdir(path, {recursive: true}).catch((cause: Error) => {
    throw new Error(
      `${path} cannot be made a folder (${cause.message}); name a folder that you may write to`,
      {cause},
    );
  });
  await ensureWritable(join(path, 'model.json'));
}

interface Destination {
  /** The path behind all symbolic links. */
  readonly target: string;
  /** Of what is there; undefined if nothing is. */
  readonly stats: Stats | undefined;
  /** Whether it is a file, or would be. */
  readonly isPlain: boolean;
}

/** Names of what this process has open already, `>(…)` of a shell included: a file among them must not be replaced either. */
const openAlready = /^\/(dev\/(stdin|stdout|stderr|fd\/)|proc\/)/;

/** Where the content of a file of this name goes. */
export async function destination(path: string): Promise<Destination> {
  const stats = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (stats === undefined) return {target: await linkTarget(path), stats, isPlain: true};
  const isPlain = stats.isFile() && !openAlready.test(resolve(path));
  return {target: isPlain ? await realpath(path) : path, stats, isPlain};
}

/** Where a link to what is not there leads; the path itself if it is none. */
async function linkTarget(path: string): Promise<string> {
  const link = await readlink(path).catch(() => undefined);
  return link === undefined ? path : linkTarget(resolve(await realpath(dirname(path)), link));
}

/** A name beside `target` of which nothing is left in the end. */
async function withDraft(target: string, use: (draft: string) => Promise<void>): Promise<void> {
  const draft = join(dirname(target), `.${basename(target)}.${randomUUID()}`);
  try {
    await use(draft);
  } finally {
    await rm(draft, {force: true});
  }
}
