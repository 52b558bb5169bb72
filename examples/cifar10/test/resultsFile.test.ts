import {appendFile, mkdir, readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {existing, ResultsFile, readResults} from '../experiments/resultsFile.js';
import {trialKey} from '../experiments/trial.js';
import {recordOf, trialOf} from './records.js';
import {temporaryFolder} from './support.js';

describe('a results file', () => {
  test('keeps what was added for the next one who opens it', async () => {
    const path = join(await temporaryFolder(), 'new', 'results.jsonl');
    const file = await ResultsFile.open(path);
    expect(file.get(trialOf(1))).toBeUndefined();
    await file.append(recordOf(trialOf(1), 0.5));
    expect(file.get(trialOf(1))).toEqual(recordOf(trialOf(1), 0.5));
    const again = await ResultsFile.open(path);
    expect(again.get(trialOf(1))).toEqual(recordOf(trialOf(1), 0.5));
    expect(again.get(trialOf(2))).toBeUndefined();
  });

  test('loses nothing but the line that a killed program did not finish', async () => {
    const path = join(await temporaryFolder(), 'results.jsonl');
    const file = await ResultsFile.open(path);
    await file.append(recordOf(trialOf(1), 0.5));
    const line = JSON.stringify(recordOf({...trialOf(2), label: 'λ'}, 0.6));
    // The cut goes through a character of several bytes, too.
    for (const length of [1, Buffer.from(line).indexOf('λ') + 1, Buffer.byteLength(line) - 1]) {
      await appendFile(path, Buffer.from(line).subarray(0, length));
      expect(await readResults([path])).toHaveLength(1);
      const mended = await ResultsFile.open(path);
      expect(mended.get(trialOf(2))).toBeUndefined();
      expect(await readFile(path, 'utf8')).toBe(`${JSON.stringify(recordOf(trialOf(1), 0.5))}\n`);
    }
    await (await ResultsFile.open(path)).append(recordOf(trialOf(3), 0.7));
    expect((await readResults([path])).map(({config}) => config.seed)).toEqual([1, 3]);
  });

  test('keeps a last line that is whole but for its end, as editors leave it', async () => {
    const path = join(await temporaryFolder(), 'results.jsonl');
    await writeFile(path, JSON.stringify(recordOf(trialOf(1), 0.5)));
    expect(await readResults([path])).toHaveLength(1);
    await (await ResultsFile.open(path)).append(recordOf(trialOf(2), 0.6));
    expect((await readResults([path])).map(({config}) => config.seed)).toEqual([1, 2]);
  });

  test('that another program has added to since is not cut', async () => {
    const path = join(await temporaryFolder(), 'results.jsonl');
    const writer = await ResultsFile.open(path);
    for (let seed = 1; seed <= 20; seed++) {
      await Promise.all([ResultsFile.open(path), writer.append(recordOf(trialOf(seed), 0.5))]);
    }
    expect(await readResults([path])).toHaveLength(20);
  });

  test('says which line is not JSON, and leaves the file as it is', async () => {
    const path = join(await temporaryFolder(), 'results.jsonl');
    const text = `${JSON.stringify(recordOf(trialOf(1), 0.5))}\n{oops}\n{"unfinished`;
    await writeFile(path, text);
    await expect(ResultsFile.open(path)).rejects.toThrow(
      /results\.jsonl, line 2 is not JSON .*take the line out/,
    );
    await expect(readResults([path])).rejects.toThrow(/line 2/);
    expect(await readFile(path, 'utf8')).toBe(text);
  });

  test('that cannot be written is refused before anything runs', async () => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, 'results.jsonl'));
    await expect(ResultsFile.open(join(folder, 'results.jsonl'))).rejects.toThrow(/results\.jsonl/);
  });
});

test('a line that is JSON but no result is refused by number', async () => {
  const path = join(await temporaryFolder(), 'results.jsonl');
  for (const line of ['{}', 'null', '3']) {
    await writeFile(path, `${line}\n`);
    await expect(readResults([path]), line).rejects.toThrow(
      /line 1 is no result of a trial: it must have study/,
    );
  }
});

test('files that were named and are not there are missed; others may not be there yet', async () => {
  const folder = await temporaryFolder();
  await expect(readResults([join(folder, 'typo.jsonl')])).rejects.toThrow(/typo\.jsonl does not exist/);
  await writeFile(join(folder, 'there.jsonl'), '');
  expect(existing([join(folder, 'typo.jsonl'), join(folder, 'there.jsonl')])).toEqual([
    join(folder, 'there.jsonl'),
  ]);
});

describe('readResults', () => {
  test('merges files; of two records of one trial in one study the last counts', async () => {
    const folder = await temporaryFolder();
    const [one, other] = [join(folder, 'one.jsonl'), join(folder, 'other.jsonl')];
    const write = (path: string, ...records: unknown[]) =>
      writeFile(path, records.map((record) => `${JSON.stringify(record)}\n`).join(''));
    await write(one, recordOf(trialOf(1), 0.5), recordOf(trialOf(2), 0.5));
    await write(other, recordOf(trialOf(2), 0.6), recordOf({...trialOf(1), study: 'timing'}, 0.7));
    const accuracies = (await readResults([one, other])).map(({study, config, curves}) => [
      study,
      config.seed,
      curves.validationAccuracy[0],
    ]);
    expect(accuracies).toEqual([
      ['tables', 1, 0.5],
      ['tables', 2, 0.6],
      ['timing', 1, 0.7],
    ]);
  });
});

test('a trial is told by its configuration and its seed, in whatever order they are written', () => {
  const {config, ...trial} = trialOf(1);
  const reversed = Object.fromEntries(Object.entries(config).reverse()) as unknown as typeof config;
  expect(trialKey({...trial, config: reversed})).toBe(trialKey(trialOf(1)));
  const other = {...trialOf(1), label: 'other'};
  expect(trialKey(other)).toBe(trialKey(trialOf(1)));
  expect(trialKey(trialOf(2))).not.toBe(trialKey(trialOf(1)));
  expect(trialKey(trialOf(1, {dropout: 0.2}))).not.toBe(trialKey(trialOf(1)));
  expect(trialKey({...trialOf(1), limit: 100})).not.toBe(trialKey(trialOf(1)));
});
