import {readdir, readFile, symlink} from 'node:fs/promises';
import {join} from 'node:path';
import {beforeAll, describe, expect, test} from 'vitest';
import {startBackend} from '../backend.js';
import {defaultConfig} from '../config.js';
import {readCifar10} from '../data/cifar10.js';
import {loadModel} from '../modelFiles.js';
import {train} from '../trainer.js';
import {
  commandLine,
  generatedFiles,
  hasRealCifar10,
  realCifar10,
  start,
  startProgram,
  temporaryFolder,
} from './support.js';

const combination = '0.25*hinge + 0.65*lsoftmax(m=4) + 0.34*asoftmax(m=4)';

beforeAll(async () => {
  await startBackend('wasm');
});

describe('the program', () => {
  const small = ['--limit', '256', '--hidden', '16x2', '--batch-size', '32'];

  test('trains, prints a row an epoch, writes the record and keeps the model', async () => {
    const folder = await temporaryFolder();
    const [out, save] = [join(folder, 'new', 'run.json'), join(folder, 'model')];
    const files = ['--data', await generatedFiles(), '--out', out, '--save', save];
    const {code, printed} = await startProgram([
      'train',
      ...small,
      '--epochs',
      '2',
      '--loss',
      combination,
      ...files,
    ]).done;
    expect(code, printed).toBe(0);
    expect(printed).toMatch(
      /epoch +loss +0\.25× hinge +0\.65× lsoftmax +0\.34× asoftmax +train % +validation % +λ/,
    );
    expect(printed).toMatch(/\n +1\/2 [^\n]*\n +2\/2 /);
    const record = JSON.parse(await readFile(out, 'utf8'));
    expect(record).toMatchObject({
      interrupted: false,
      diverged: false,
      config: {loss: combination, epochs: 2},
    });
    expect(printed).toContain(`Test accuracy ${(100 * record.final.testAccuracy).toFixed(1)} %`);
    expect((await loadModel(save)).model.layers).toHaveLength(7);
  });

  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('on %s stops with what it has', async (signal, status) => {
    const out = join(await temporaryFolder(), 'run.json');
    const files = ['--data', await generatedFiles(), '--out', out];
    const {child, done, printedOnce} = startProgram(['train', ...small, '--epochs', '100000', ...files]);
    await printedOnce(/ 2\/100000 /);
    child.kill(signal);
    const {code, printed} = await done;
    expect(code, printed).toBe(status);
    expect(printed).toContain('Stopping after this step. Ctrl-C again quits at once.');
    expect(printed).toMatch(/Interrupted\. Test accuracy/);
    const record = JSON.parse(await readFile(out, 'utf8'));
    expect(record).toMatchObject({interrupted: true, diverged: false});
    expect(record.epochs.length).toBeGreaterThanOrEqual(2);
  });

  test('tells of a run that diverges, in the record too', async () => {
    const folder = await temporaryFolder();
    const out = join(folder, 'run.json');
    const diverging = ['--optimizer', 'sgd', '--learning-rate', '1e38', '--loss', 'hinge'];
    const files = ['--data', await generatedFiles(), '--out', out, '--save', join(folder, 'model')];
    const {code, printed} = await startProgram(['train', ...small, ...diverging, ...files]).done;
    expect(code).toBe(1);
    expect(printed).toMatch(/not finite numbers any more, after [1-9]\d* steps?\. A lower --learning-rate/);
    expect(JSON.parse(await readFile(out, 'utf8'))).toMatchObject({diverged: true, final: null});
    await expect(loadModel(join(folder, 'model'))).rejects.toThrow(/ENOENT/);
  });

  test.each([
    ['a reader that goes', '2>&1 | head -n 1'],
    ['a full disk', '> /dev/full 2> /dev/full'],
  ])('does not lose its record to %s', async (_, redirection) => {
    const out = join(await temporaryFolder(), 'run.json');
    const args = ['train', ...small, '--epochs', '3', '--data', await generatedFiles(), '--out', out];
    await start(['sh', '-c', `"$@" ${redirection}`, 'sh', ...commandLine, ...args]).done;
    expect(JSON.parse(await readFile(out, 'utf8'))).toMatchObject({interrupted: false, config: {epochs: 3}});
  });

  test('prints the record where it turns out that it cannot be written', async () => {
    const out = join(await temporaryFolder(), 'full');
    await symlink('/dev/full', out);
    const args = ['train', ...small, '--epochs', '1', '--data', await generatedFiles(), '--out', out];
    const {code, printed} = await startProgram(args).done;
    expect(code).toBe(1);
    expect(printed).toMatch(/error: .*full could not be written \(ENOSPC.*\); the record is printed instead/);
    expect(JSON.parse(/^\{$[\s\S]*^\}$/m.exec(printed)![0])).toMatchObject({
      diverged: false,
      config: {epochs: 1},
    });
  });

  test('under "npm run", takes relative names as the user typed them', async () => {
    const folder = await temporaryFolder();
    const underNpm = {INIT_CWD: folder, npm_package_json: join(process.cwd(), 'package.json')};
    const {code, printed} = await startProgram(
      ['train', '--data', 'nothing', '--out', 'a/run.json'],
      underNpm,
    ).done;
    expect(code).toBe(1);
    expect(printed).toContain(`error: ${join(folder, 'nothing', 'data_batch_1.bin')} is missing`);
    expect(await readdir(folder)).toEqual(['a']);
  });

  test('reports a problem in a line, without a stack trace', async () => {
    const {code, printed} = await startProgram(['train', '--data', join(await temporaryFolder(), 'nothing')])
      .done;
    expect(code).toBe(1);
    expect(printed.trim()).toMatch(/^error: .*data_batch_1\.bin is missing\. The folder must hold .*$/);
  });
});

describe.skipIf(!hasRealCifar10)('real CIFAR-10', () => {
  test('a slice of it trains with the combined loss', async () => {
    const data = await readCifar10(await realCifar10(), {limit: 4000});
    // All ten classes, about as often each.
    const counts = Array.from(
      {length: 10},
      (_, label) => data.training.labels.filter((each) => each === label).length,
    );
    expect(Math.min(...counts)).toBeGreaterThan(300);
    const {record, model} = await train({...defaultConfig, loss: combination, epochs: 3}, data);
    model.dispose();
    expect(record.epochs.map(({steps}) => steps)).toEqual([32, 32, 32]);
    expect(record.final!.testAccuracy).toBeGreaterThan(0.28); // chance is 0.1
  });
});
