import {mkdir, rename, rm, stat, writeFile} from 'node:fs/promises';
import {basename, dirname, join} from 'node:path';

/** Throws, with a remedy, if a file of this name could not be written: better before a long run than behind it. */
export async function ensureWritable(path: string): Promise<void> {
  const draft = draftOf(path);
  try {
    await mkdir(dirname(path), {recursive: true});
    if ((await stat(path).catch(() => undefined))?.isDirectory()) throw new Error('it is a folder');
    await writeFile(draft, '');
    await rm(draft);
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

/** Writes a file so that its name never stands for half of it: beside it first, then moved into place. */
export async function writeFileAtomically(path: string, content: string | Uint8Array): Promise<void> {
  await mkdir(dirname(path), {recursive: true});
  const draft = draftOf(path);
  try {
    await writeFile(draft, content);
    await rename(draft, path);
  } finally {
    await rm(draft, {force: true});
  }
}

function draftOf(path: string): string {
  return join(dirname(path), `.${basename(path)}.${process.pid}`);
}
