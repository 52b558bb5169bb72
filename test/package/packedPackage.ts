import {execFile} from 'node:child_process';
import {existsSync, readFileSync} from 'node:fs';
import {cp, mkdir, mkdtemp, readdir, realpath, rm, symlink} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {dirname, join, relative} from 'node:path';
import {fileURLToPath} from 'node:url';
import {promisify} from 'node:util';
import {extract} from 'tar';

const repository = fileURLToPath(new URL('../..', import.meta.url));
const execute = promisify(execFile);

/** What of a `package.json` the tests look at. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly unpkg?: string;
  readonly jsdelivr?: string;
  readonly scripts?: Readonly<Record<string, string>>;
  readonly [dependencies: `${string}ependencies`]: Readonly<Record<string, string>> | undefined;
}

/** A project with the packed package installed in it. */
export interface Project {
  /** Its folder. */
  readonly folder: string;
  /** Where the package was installed to. */
  readonly installed: string;
  /** The files in the tarball. */
  readonly files: readonly string[];
  readonly manifest: Manifest;
  /** Runs a script of the project in a fresh process, which prints JSON. */
  run<T>(script: string): Promise<T>;
  remove(): Promise<void>;
}

/**
 * Builds and packs the package in a copy of the repository, so that nothing else in it is disturbed, and installs the
 * tarball as npm would, beside what `@tensorflow/tfjs` brings along and nothing more.
 */
export async function installPackedPackage(): Promise<Project> {
  const workplace = await realpath(await mkdtemp(join(tmpdir(), 'tfjs-losses-')));
  const [copy, folder] = [join(workplace, 'copy'), join(workplace, 'project')];
  const installed = join(folder, 'node_modules', 'tfjs-losses');

  const leftOut = ['node_modules', 'dist', '.git', '.cache', 'coverage'];
  await cp(repository, copy, {
    recursive: true,
    filter: (source) => !leftOut.includes(relative(repository, source)),
  });
  await symlink(join(repository, 'node_modules'), join(copy, 'node_modules'), 'dir');
  await execute('npm', ['pack', '--pack-destination', workplace], {
    cwd: copy,
    shell: process.platform === 'win32',
  });
  const tarball = join(workplace, (await readdir(workplace)).find((name) => name.endsWith('.tgz'))!);

  await mkdir(installed, {recursive: true});
  const files: string[] = [];
  await extract({
    file: tarball,
    cwd: installed,
    strip: 1,
    onReadEntry: ({path}) => files.push(relative('package', path)),
  });
  for (const name of withDependencies('@tensorflow/tfjs')) {
    const link = join(folder, 'node_modules', name);
    await mkdir(dirname(link), {recursive: true});
    await symlink(join(repository, 'node_modules', name), link, 'dir');
  }
  await cp(new URL('consumer', import.meta.url), folder, {recursive: true});

  return {
    folder,
    installed,
    files,
    manifest: readManifest(installed),
    run: async <T>(script: string) =>
      JSON.parse((await execute(process.execPath, [script], {cwd: folder})).stdout) as T,
    remove: () => rm(workplace, {recursive: true}),
  };
}

/** A package of ours and all that it depends on. */
function withDependencies(root: string): Set<string> {
  const names = new Set<string>();
  const visit = (name: string): void => {
    const folder = join(repository, 'node_modules', name);
    if (names.has(name) || !existsSync(folder)) return;
    names.add(name);
    Object.keys(readManifest(folder).dependencies ?? {}).forEach(visit);
  };
  visit(root);
  return names;
}

function readManifest(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
}
