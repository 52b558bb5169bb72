import {mkdir, rename, rm, writeFile} from 'node:fs/promises';
import {basename, dirname, join} from 'node:path';

/** Writes a file so that its name never stands for half of it: beside it first, then moved into place. */
export async function writeFileAtomically(path: string, content: string | Uint8Array): Promise<void> {
  await mkdir(dirname(path), {recursive: true});
  const draft = join(dirname(path), `.${basename(path)}.${process.pid}`);
  try {
    await writeFile(draft, content);
    await rename(draft, path);
  } finally {
    await rm(draft, {force: true});
  }
}
