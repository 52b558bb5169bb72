import {mkdir, mkdtemp, rename, rm, stat} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import * as tar from 'tar';
import {isComplete} from './cifar10.js';

/** The folder inside the official archive. */
const folderInArchive = 'cifar-10-batches-bin';

/**
 * Unpacks the official archive and puts its folder of batches at `folder`, all of it or nothing.
 *
 * Every entry is looked at before the first is written: one that would leave the folder, and anything but a plain file or
 * a folder, makes the archive as a whole unacceptable.
 */
export async function unpackArchive(archive: string, folder: string): Promise<void> {
  await refuseUnsafeEntries(archive);
  await mkdir(dirname(folder), {recursive: true});
  const workplace = await mkdtemp(`${folder}-`);
  try {
    await tar.extract({file: archive, cwd: workplace, strict: true});
    const unpacked = join(workplace, folderInArchive);
    if (!(await isFolder(unpacked))) {
      throw new Error(`${archive}: expected a folder ${folderInArchive} in it, and there is none`);
    }
    if (await isComplete(folder)) return; // another program has come first
    await rename(folder, join(workplace, 'before')).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
    });
    await rename(unpacked, folder);
  } finally {
    await rm(workplace, {recursive: true, force: true});
  }
}

async function refuseUnsafeEntries(archive: string): Promise<void> {
  const unsafe: string[] = [];
  await tar.list({
    file: archive,
    strict: true,
    onReadEntry: ({path, type}) => {
      if (leavesFolder(path)) unsafe.push(`"${path}" would be written outside of the folder`);
      else if (!plainTypes.has(type)) unsafe.push(`"${path}" is a ${type}, neither a file nor a folder`);
    },
  });
  if (unsafe.length > 0) {
    throw new Error(
      `${archive}: refused, nothing was unpacked: ${unsafe.join('; ')}. Delete it and download it anew.`,
    );
  }
}

const plainTypes: ReadonlySet<string> = new Set(['File', 'OldFile', 'Directory']);

/** Whether a path in an archive is absolute, on any system, or climbs out by `..`. */
function leavesFolder(path: string): boolean {
  return /^([/\\]|[a-z]:)/i.test(path) || path.split(/[/\\]/).includes('..');
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}
