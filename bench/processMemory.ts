import {execFile} from 'node:child_process';
import {fileURLToPath} from 'node:url';
import {promisify} from 'node:util';
import type {Series} from './measure.js';

const script = fileURLToPath(new URL('growth.ts', import.meta.url));

/** The series with what each contender takes of a process of its own, beyond its inputs. */
export async function withProcessMemory(series: Series): Promise<Series> {
  const {backend, section, setting} = series;
  const rows = [];
  for (const row of series.rows) {
    const {stdout} = await promisify(execFile)(process.execPath, [
      '--import',
      'tsx',
      script,
      JSON.stringify({backend, section, setting, contender: row.contender}),
    ]);
    rows.push({...row, processBytes: Number(stdout.trim().split('\n').at(-1))});
  }
  return {...series, rows};
}
