import {readdirSync, readFileSync} from 'node:fs';
import {fileURLToPath} from 'node:url';

/** The root of the repository, with a slash behind it. */
export const root = fileURLToPath(new URL('../../', import.meta.url));

/** The files of a folder whose names end so, from the root of the repository. */
export function filesIn(folder: string, ending: string): string[] {
  return readdirSync(root + folder)
    .filter((name) => name.endsWith(ending))
    .map((name) => `${folder}/${name}`);
}

/** What people read to use the library. */
export const guides = ['README.md', ...filesIn('docs', '.md')];

export function read(file: string): string {
  return readFileSync(root + file, 'utf8');
}
