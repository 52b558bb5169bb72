import {open, readdir, readFile, writeFile} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import {describe, expect, test, vi} from 'vitest';
import {existing, ResultsFile, readResults} from '../experiments/resultsFile.js';
import {trialKey} from '../experiments/trial.js';
import {foundSettings} from './records.js';
import {generatedFiles, startProgram, temporaryFolder} from './support.js';

// Each of them starts a dozen processes, which takes its time on a busy machine.
vi.setConfig({testTimeout: 300_000});

/** A search of six short trials on generated images. */
async function search(results: string, ...more: string[]) {
  const settings = ['--loss', 'softmax', '--candidates', '4', '--epochs', '3', '--limit', '64'];
  return ['search', 'random', ...settings, '--results', results, '--data', await generatedFiles(), ...more];
}

const keysOf = async (path: string) => (await readResults([path])).map(trialKey);

describe('experiments', () => {
  test('killed at any moment and started again, repeat nothing and lose at most the running trials', async () => {
    const results = join(await temporaryFolder(), 'results.jsonl');
    const args = await search(results, '--jobs', '2');
    const {child, done, printedOnce} = startProgram(args);
    await printedOnce(/^2\/6 /m);
    child.kill('SIGKILL');
    await done;
    const before = await keysOf(results);
    expect(before.length).toBeGreaterThanOrEqual(2);
    expect(before.length).toBeLessThan(6);

    const {code, printed} = await startProgram(args).done;
    expect(code, printed).toBe(0);
    expect(printed).toContain('6 trials: 6 done, 0 diverged, 0 failed.');
    const after = await keysOf(results);
    expect(after.slice(0, before.length)).toEqual(before);
    expect(after).toHaveLength(6);
    const lines = (await readFile(results, 'utf8')).trim().split('\n');
    expect(lines, 'no trial was run twice').toHaveLength(6);
    expect(printed.match(/^\d\/6 /gm)).toHaveLength(6 - before.length);

    const chosen = join(await temporaryFolder(), 'hyperparameters.json');
    const choice = await startProgram(['search', 'choose', '--results', results, '--out', chosen]).done;
    expect(choice.code, choice.printed).toBe(0);
    expect(JSON.parse(await readFile(chosen, 'utf8')).settings.softmax.from).toMatchObject({
      trials: 6,
      epochs: 10,
    });
  });

  test('a trial that fails or diverges is recorded as such, and the others go on', async () => {
    const folder = await temporaryFolder();
    const [hyperparameters, results] = [join(folder, 'found.json'), join(folder, 'results.jsonl')];
    const {settings} = foundSettings;
    const broken = {
      ...foundSettings,
      settings: {
        ...settings,
        hinge: {...settings.hinge, learningRate: 1e38},
        'lsoftmax(m=2)': {...settings['lsoftmax(m=2)'], lambda: {base: 1, gamma: 1, power: 1, min: 5}},
      },
    };
    await writeFile(hyperparameters, JSON.stringify(broken));
    const chosen = ['--only', 'tables', '--rows', 'hinge', 'softmax', 'lsoftmax-2', '--seeds', '1'];
    const files = [
      '--hyperparameters',
      hyperparameters,
      '--results',
      results,
      '--data',
      await generatedFiles(),
    ];
    const {code, printed} = await startProgram(['reproduce', ...chosen, ...files, '--limit', '64']).done;
    expect(code).toBe(1);
    expect(printed).toContain('3 trials: 1 done, 1 diverged, 1 failed');
    const records = await readResults([results]);
    const outcome = Object.fromEntries(records.map(({label, ...record}) => [label, record]));
    expect(outcome.softmax).toMatchObject({outcome: 'done', problem: null});
    expect(outcome.softmax!.final!.testAccuracy).toBeGreaterThan(0);
    expect(outcome.hinge).toMatchObject({outcome: 'diverged', final: null});
    expect(outcome.hinge!.problem).toMatch(/not finite numbers after \d+ steps/);
    expect(outcome['lsoftmax-2']).toMatchObject({outcome: 'failed', final: null});
    expect(outcome['lsoftmax-2']!.problem).toMatch(/min must be <= base/);
    expect(outcome.softmax!.command).toContain('--data DIR');
    expect(outcome.softmax!.command).not.toContain(folder);
  });

  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('%s stops at once and says how to go on', async (signal, status) => {
    const results = join(await temporaryFolder(), 'results.jsonl');
    const {child, done, printedOnce} = startProgram(await search(results, '--jobs', '1'));
    await printedOnce(/^1\/6 /m);
    child.kill(signal);
    const {code, printed} = await done;
    expect(code, printed).toBe(status);
    expect(printed).toMatch(
      /Stopped\. What is done is in .*results\.jsonl; the same command goes on from there/,
    );
    expect((await keysOf(results)).length).toBeLessThan(6);
  });

  test('do not begin with data that is not there', async () => {
    const results = join(await temporaryFolder(), 'results.jsonl');
    const args = [...(await search(results)).slice(0, -1), join(results, 'nothing')];
    const {code, printed} = await startProgram(args).done;
    expect(code).toBe(1);
    expect(printed).toMatch(/^error: .*data_batch_1\.bin is missing/m);
    expect(existing([results])).toEqual([]);
  });

  test('complain once about a damaged batch, before the first trial', async () => {
    const [results, data] = [join(await temporaryFolder(), 'results.jsonl'), await generatedFiles()];
    const file = await open(join(data, 'data_batch_4.bin'), 'r+');
    await file.write(Uint8Array.of(77), 0, 1, 9999 * 3073);
    await file.close();
    // With --limit none of the trials would read as far.
    const {code, printed} = await startProgram([...(await search(results)).slice(0, -1), data]).done;
    expect(code).toBe(1);
    expect(printed.trim()).toMatch(/^error: .*data_batch_4\.bin: record 9999 is labelled 77.*$/);
    expect(await readdir(dirname(results))).toEqual([]);
  });

  test('do not write to a file to which others are writing', async () => {
    const results = join(await temporaryFolder(), 'results.jsonl');
    const other = await ResultsFile.open(results);
    const {code, printed} = await startProgram(await search(results)).done;
    await other.close();
    expect(code, printed).toBe(1);
    expect(printed).toMatch(
      /^error: another program is writing to .*results\.jsonl; wait for its end, or name/m,
    );
    expect(await keysOf(results).catch(() => [])).toEqual([]);
  });

  test('on some of the images do not go to the results on all of them', async () => {
    const {code, printed} = await startProgram(['search', 'random', '--limit', '64']).done;
    expect(code).toBe(1);
    expect(printed).toMatch(/with --limit, name a file for the results with --results/);
  });

  test('choosing leaves a file alone that it cannot read', async () => {
    const folder = await temporaryFolder();
    const [results, chosen] = [join(folder, 'results.jsonl'), join(folder, 'found.json')];
    await writeFile(results, '');
    for (const broken of ['{"settings":', '{}']) {
      await writeFile(chosen, broken);
      const args = ['search', 'choose', '--results', results, '--out', chosen];
      expect((await startProgram(args).done).code).toBe(1);
      expect(await readFile(chosen, 'utf8')).toBe(broken);
    }
  });

  test('say which file is missing and how to get it', async () => {
    const missing = join(await temporaryFolder(), 'nothing.json');
    const {code, printed} = await startProgram(['reproduce', '--hyperparameters', missing]).done;
    expect(code).toBe(1);
    expect(printed).toMatch(
      /nothing\.json cannot be read .*write it .* with "npm run cifar10 -- search choose"/,
    );
  });
});
