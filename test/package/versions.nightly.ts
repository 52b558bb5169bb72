/** The packed package with the oldest tfjs that it allows, one in the middle and the newest, has the same numbers. */

import {execFile} from 'node:child_process';
import {existsSync} from 'node:fs';
import {cp, mkdir, rm, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {promisify} from 'node:util';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import manifest from '../../package.json' with {type: 'json'};
import {root} from '../docs/pages.js';
import {expectClose} from '../support/expectClose.js';
import {installPackedPackage, type Project} from './packedPackage.js';
import {compile, errorsIn} from './typeCheck.js';

const execute = promisify(execFile);

const oldest = '4.0.0';
const newest = manifest.devDependencies['@tensorflow/tfjs-core'];
const versions = [oldest, '4.10.0', newest];

const folderOf = (version: string) => join(root, '.cache', `tfjs-${version}`);

/** Installs a version of tfjs into a project of its own, unless it is there from before. False without a network. */
async function hasTfjs(version: string): Promise<boolean> {
  const folder = folderOf(version);
  if (existsSync(join(folder, 'node_modules/.package-lock.json'))) return true; // npm's last step
  await mkdir(folder, {recursive: true});
  const names = ['core', 'layers', 'backend-cpu', 'backend-wasm'].map((name) => `@tensorflow/tfjs-${name}`);
  const dependencies = Object.fromEntries(names.map((name) => [name, version]));
  await writeFile(join(folder, 'package.json'), JSON.stringify({private: true, dependencies}));
  try {
    await execute('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund'], {
      cwd: folder,
      shell: process.platform === 'win32',
    });
    return true;
  } catch (error) {
    if (/EAI_AGAIN|ENOTFOUND|ECONN|ENETUNREACH|TIMEDOUT|SOCKET_TIMEOUT/.test(String(error))) return false;
    throw error;
  }
}

const installed: string[] = [];
for (const version of versions) if (await hasTfjs(version)) installed.push(version);

interface Outcome {
  readonly version: string;
  readonly backends: Record<'cpu' | 'wasm', {numbers: object; training: object; ownKernel: boolean}>;
}

let project: Project;
const outcomes = new Map<string, Outcome>();

beforeAll(async () => {
  project = await installPackedPackage();
  for (const version of installed) {
    const folder = folderOf(version);
    const target = join(folder, 'node_modules/tfjs-losses');
    await rm(target, {recursive: true, force: true});
    await cp(project.installed, target, {recursive: true});
    await cp(join(project.folder, 'everyVersion.mjs'), join(folder, 'everyVersion.mjs'));
    const {stdout} = await execute(process.execPath, ['everyVersion.mjs'], {cwd: folder});
    outcomes.set(version, JSON.parse(stdout));
  }
}, 120_000);

afterAll(() => project.remove());

it('is allowed with the oldest', () => {
  expect(new Set(Object.values(project.manifest.peerDependencies!))).toEqual(new Set([`^${oldest}`]));
});

describe.each(versions)('tfjs %s', (version) => {
  const isMissing = !installed.includes(version);
  const reason = isMissing ? ', which is not tested here: there is no network to install it from' : '';

  it.skipIf(isMissing)(`is what runs, with the kernels of this package${reason}`, () => {
    const {version: actual, backends} = outcomes.get(version)!;
    expect(actual).toBe(version);
    expect([backends.cpu.ownKernel, backends.wasm.ownKernel]).toEqual([true, true]);
  });

  it.skipIf(isMissing || !installed.includes(newest))('has the numbers of the newest', () => {
    const [{backends: actual}, {backends: expected}] = [outcomes.get(version)!, outcomes.get(newest)!];
    expect(shapeOf(actual)).toEqual(shapeOf(expected));
    expectClose(numbersIn(actual), numbersIn(expected), {relative: 1e-5, absolute: 1e-6});
  });

  it.skipIf(isMissing)('has all that the declarations want of it', async () => {
    const use = join(folderOf(version), 'use.mts');
    await writeFile(
      use,
      "import {marginDense} from 'tfjs-losses';\nexport const layer = marginDense({units: 3});\n",
    );
    expect(errorsIn(join(folderOf(version), 'node_modules/tfjs-losses'), compile([use], 'node'))).toEqual([]);
  });
});

/** All numbers, however deep. */
function numbersIn(value: unknown): number[] {
  if (typeof value === 'number') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(numbersIn) : [];
}

/** The same with every number 0. */
function shapeOf(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (_, part) => (typeof part === 'number' ? 0 : part)));
}
