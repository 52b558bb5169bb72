import {existsSync} from 'node:fs';
import {appendFile, mkdir, readFile, symlink, utimes, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {beforeEach, describe, expect, test, vi} from 'vitest';
import {existing, ResultsFile, readResults} from '../experiments/resultsFile.js';
import {trialKey} from '../experiments/trial.js';
import type {TrialRecord} from '../experiments/trialRecord.js';
import {reportedResults} from '../reportCommand.js';
import {recordOf, trialOf} from './records.js';
import {temporaryFolder} from './support.js';

/** Opens the file, adds records to it, and closes it. */
async function added(path: string, ...records: TrialRecord[]) {
  const file = await ResultsFile.open(path);
  for (const record of records) await file.append(record);
  await file.close();
  return file;
}

const seedsIn = async (path: string) => (await readResults([path])).map(({config}) => config.seed);

describe('a results file', () => {
  test('keeps what was added for the next one who opens it', async () => {
    const path = join(await temporaryFolder(), 'new', 'results.jsonl');
    expect((await added(path)).get(trialOf(1))).toBeUndefined();
    expect((await added(path, recordOf(trialOf(1), 0.5))).get(trialOf(1))).toEqual(recordOf(trialOf(1), 0.5));
    const again = await added(path);
    expect(again.get(trialOf(1))).toEqual(recordOf(trialOf(1), 0.5));
    expect(again.get(trialOf(2))).toBeUndefined();
  });

  test('loses nothing but the line that a killed program did not finish', async () => {
    const path = join(await temporaryFolder(), 'results.jsonl');
    await added(path, recordOf(trialOf(1), 0.5));
    const line = JSON.stringify(recordOf({...trialOf(2), label: 'λ'}, 0.6));
    // The cut goes through a character of several bytes, too.
    for (const length of [1, Buffer.from(line).indexOf('λ') + 1, Buffer.byteLength(line) - 1]) {
      await appendFile(path, Buffer.from(line).subarray(0, length));
      expect(await readResults([path])).toHaveLength(1);
      expect((await added(path)).get(trialOf(2))).toBeUndefined();
      expect(await readFile(path, 'utf8')).toBe(`${JSON.stringify(recordOf(trialOf(1), 0.5))}\n`);
    }
    await added(path, recordOf(trialOf(3), 0.7));
    expect(await seedsIn(path)).toEqual([1, 3]);
  });

  test('keeps a last line that is whole but for its end, as editors leave it', async () => {
    const path = join(await temporaryFolder(), 'results.jsonl');
    await writeFile(path, JSON.stringify(recordOf(trialOf(1), 0.5)));
    expect(await seedsIn(path)).toEqual([1]);
    await added(path, recordOf(trialOf(2), 0.6));
    expect(await seedsIn(path)).toEqual([1, 2]);
  });

  test('says which line is not JSON, and leaves the file as it is', async () => {
    const path = join(await temporaryFolder(), 'results.jsonl');
    const text = `${JSON.stringify(recordOf(trialOf(1), 0.5))}\n{oops}\n{"unfinished`;
    await writeFile(path, text);
    const message = /results\.jsonl, line 2 is not JSON .*take the line out/;
    await expect(ResultsFile.open(path)).rejects.toThrow(message);
    await expect(ResultsFile.open(path), 'nor does it keep the lock').rejects.toThrow(message);
    await expect(readResults([path])).rejects.toThrow(/line 2/);
    expect(await readFile(path, 'utf8')).toBe(text);
  });

  test('that cannot be written, or not be read back, is refused before anything runs', async () => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, 'results.jsonl'));
    await expect(ResultsFile.open(join(folder, 'results.jsonl'))).rejects.toThrow(/results\.jsonl/);
    await symlink('/dev/null', join(folder, 'null'));
    await expect(ResultsFile.open(join(folder, 'null'))).rejects.toThrow(/null is no plain file/);
  });
});

describe('one program at a time writes to a file:', () => {
  beforeEach(() => {
    vi.spyOn(console, 'error').mockReturnValue();
  });

  test('a second one is refused, by whatever name, as long as the first is at work', async () => {
    const folder = await temporaryFolder();
    const [path, link] = [join(folder, 'results.jsonl'), join(folder, 'link.jsonl')];
    await symlink('results.jsonl', link);
    const first = await ResultsFile.open(path);
    const second = [path, link].map((name) =>
      expect(ResultsFile.open(name)).rejects.toThrow(
        /another program is writing to .*; wait for its end, or name/,
      ),
    );
    await Promise.all(second);
    await first.append(recordOf(trialOf(1), 0.5));
    await first.close();
    await added(link, recordOf(trialOf(2), 0.5));
    expect(await seedsIn(path)).toEqual([1, 2]);
  });

  test('the lock of one that was killed is taken over', async () => {
    const path = join(await temporaryFolder(), 'results.jsonl');
    await mkdir(`${path}.lock`); // as proper-lockfile leaves it
    const minuteAgo = Date.now() / 1000 - 60;
    await utimes(`${path}.lock`, minuteAgo, minuteAgo);
    await added(path, recordOf(trialOf(1), 0.5));
    expect(await seedsIn(path)).toEqual([1]);
    expect(existsSync(`${path}.lock`)).toBe(false);
  });
});

describe('a line that is JSON but no result is refused, with its number and what was expected:', () => {
  const record = recordOf(trialOf(1), 0.5);
  const {config} = record;
  test.each([
    ['nothing', {}, /study: .*expected one of "random search"/],
    ['null', null, /expected object, received null/],
    [
      'an accuracy above 1',
      {...record, final: {...record.final, testAccuracy: 55}},
      /final\.testAccuracy: .*<=1/,
    ],
    [
      'an accuracy that was NaN',
      {...record, final: {...record.final, testAccuracy: Number.NaN}},
      /received null/,
    ],
    [
      'epochs in words',
      {...record, config: {...config, epochs: 'ten'}},
      /config\.epochs: .*number, received string/,
    ],
    ['a setting too many', {...record, config: {...config, epoch: 3}}, /config: .*"epoch"/],
    ['an unknown outcome', {...record, outcome: 'fine'}, /outcome: .*expected one of "done"/],
    [
      'missing epochs',
      {...record, curves: {...record.curves, validationAccuracy: []}},
      /an entry for each of the epochs/,
    ],
  ])('%s', async (_, line, expected) => {
    const path = join(await temporaryFolder(), 'results.jsonl');
    await writeFile(path, `${JSON.stringify(record)}\n${JSON.stringify(line)}\n`);
    await expect(readResults([path])).rejects.toThrow(expected);
    await expect(readResults([path])).rejects.toThrow(/results\.jsonl, line 2 .*; take the line out/);
  });
});

test('the committed results are read', async () => {
  const counts = await Promise.all(reportedResults.map(async (path) => (await readResults([path])).length));
  expect(counts).toEqual([144, 72, 54, 36, 51]);
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
      curves.validationAccuracy.at(-1),
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
