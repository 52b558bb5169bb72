import {execFile, spawn} from 'node:child_process';
import {existsSync} from 'node:fs';
import {mkdir, mkdtemp, open, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {promisify} from 'node:util';
import {onTestFinished} from 'vitest';
import {
  type Cifar10,
  classNames,
  type Images,
  pixelsPerImage,
  testFile,
  trainingFiles,
  validationFile,
} from '../data/cifar10.js';
import {Random} from '../random.js';

/** A folder that is gone after the test. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tfjs-losses-'));
  onTestFinished(() => rm(folder, {recursive: true, force: true}));
  return folder;
}

/** Images that can be told apart: each class is bright in a stripe of its own, under a lot of noise. */
export function generatedImages(count: number, stream: string): Images {
  const random = new Random(1, stream);
  const stripe = Math.floor(pixelsPerImage / classNames.length);
  const images = {pixels: new Uint8Array(count * pixelsPerImage), labels: new Uint8Array(count)};
  for (let image = 0; image < count; image++) {
    const label = random.below(classNames.length);
    images.labels[image] = label;
    for (let position = 0; position < pixelsPerImage; position++) {
      const brightness = Math.floor(position / stripe) === label ? 40 : 0;
      images.pixels[image * pixelsPerImage + position] = brightness + random.below(216);
    }
  }
  return images;
}

export function generatedCifar10(training = 256, others = 100): Cifar10 {
  return {
    training: generatedImages(training, 'training'),
    validation: generatedImages(others, 'validation'),
    test: generatedImages(others, 'test'),
  };
}

/**
 * Writes the six files in the official layout. They have `recordsPerFile` records, of which the first `filled` hold
 * images and the others zeros, which takes no room on the disk.
 */
export async function writeGeneratedCifar10(folder: string, recordsPerFile: number, filled = recordsPerFile) {
  await mkdir(folder, {recursive: true});
  for (const name of [...trainingFiles, validationFile, testFile]) {
    const {pixels, labels} = generatedImages(filled, name);
    const file = await open(join(folder, name), 'w');
    await file.truncate(recordsPerFile * (1 + pixelsPerImage));
    for (let record = 0; record < filled; record++) {
      const image = pixels.subarray(record * pixelsPerImage, (record + 1) * pixelsPerImage);
      const bytes = Uint8Array.of(labels[record]!, ...image);
      await file.write(bytes, 0, bytes.length, record * bytes.length);
    }
    await file.close();
  }
}

const packedCifar10 = fileURLToPath(new URL('../../../../shared/cifar10/unpack.mjs', import.meta.url));

/** Whether the real images are at hand. */
export const hasRealCifar10 = existsSync(packedCifar10);

/** The folder with the real images, unpacked once and kept for the next run of the tests. */
export async function realCifar10(): Promise<string> {
  const folder = join(tmpdir(), 'tfjs-losses-cifar10');
  await promisify(execFile)(process.execPath, [packedCifar10, folder]);
  return folder;
}

const main = fileURLToPath(new URL('../main.ts', import.meta.url));
const tsconfig = fileURLToPath(new URL('../../tsconfig.json', import.meta.url));

/** How programs find the package's source by its name. */
export const onSource = {...process.env, TSX_TSCONFIG_PATH: tsconfig};

/** The program as a user starts it, as words of a shell. */
export const commandLine = [process.execPath, '--import', 'tsx', main];

/** Starts the program as a user does. */
export function startProgram(args: readonly string[], environment: NodeJS.ProcessEnv = {}) {
  return start([...commandLine, ...args], environment);
}

/** Starts any program. */
export function start(
  [command, ...args]: readonly string[],
  environment: NodeJS.ProcessEnv = {},
  cwd = process.cwd(),
) {
  const child = spawn(command!, args, {env: {...onSource, ...environment}, cwd});
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      printed += text;
    });
  }
  const done = new Promise<{code: number | null; printed: string}>((resolve) => {
    child.on('close', (code) => resolve({code, printed}));
  });
  const printedOnce = async (pattern: RegExp) => {
    while (!pattern.test(printed) && child.exitCode === null) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  return {child, done, printedOnce};
}

/** Files of the official size, of which the first images are filled in. */
export async function generatedFiles() {
  const folder = await temporaryFolder();
  await writeGeneratedCifar10(folder, 10_000, 256);
  return folder;
}
