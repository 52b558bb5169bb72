import {isOurs} from './lossContenders.js';
import type {Row, Series} from './measure.js';
import type {SectionName} from './sections.js';

/** A table, to be printed or to be put into a guide. */
export interface Table {
  readonly head: readonly string[];
  readonly rows: ReadonlyArray<readonly string[]>;
}

/** How each section is laid out. */
const layouts: Readonly<Record<SectionName, (series: readonly Series[]) => Table>> = {
  loss: ratios,
  head: ratios,
  step: ratios,
  classes: (series) => growth('classes', series),
  terms: (series) => growth('terms', series),
};

/** The tables of some series, one a section and backend, with the name `section-backend`. */
export function tablesOf(series: readonly Series[]): Record<string, Table> {
  const tables: Record<string, Table> = {};
  for (const {section, backend} of series) {
    const group = series.filter((other) => other.section === section && other.backend === backend);
    tables[`${section}-${backend}`] ??= layouts[section](group);
  }
  return tables;
}

/** Whatever of this package took longer than what it was compared with. */
export function slowerTable(series: readonly Series[]): Table {
  const slower = series.flatMap(({backend, section, setting, rows}) =>
    rows
      .filter(({contender, ratio}) => isOurs(contender) && Number(ratio.toFixed(2)) > 1)
      .map((row) => [backend, section, setting, row.contender, ratioOf(row)]),
  );
  return {
    head: ['backend', 'table', 'size', 'loss', 'ratio'],
    rows: slower.length > 0 ? slower : [['none', '', '', '', '']],
  };
}

/** A row a contender, a column a size: the time of the first, the ratios of the others to it. */
function ratios(series: readonly Series[]): Table {
  const contenders = series[0]!.rows.map(({contender}) => contender);
  return {
    head: ['', ...series.map(({setting}) => setting)],
    rows: contenders.map((contender, index) => [
      contender,
      ...series.map(({rows}) => {
        const row = rows[index]!;
        return (index === 0 ? `${milliseconds(row)} ms` : ratioOf(row)) + launchesOf(row);
      }),
    ]),
  };
}

/** A row a size: what the last contender takes, and what the first does. */
function growth(what: string, series: readonly Series[]): Table {
  const hasProcesses = series[0]!.rows[0]!.processBytes !== undefined;
  return {
    head: [what, 'ms', 'ratio', 'MB of tensors', ...(hasProcesses ? ['MB of the process'] : [])],
    rows: series.map(({setting, rows}) => {
      const [first, last] = [rows[0]!, rows.at(-1)!];
      const both = (bytes: 'peakBytes' | 'processBytes') =>
        `${megabytes(last[bytes]!)} / ${megabytes(first[bytes]!)}`;
      const memory = [both('peakBytes'), ...(hasProcesses ? [both('processBytes')] : [])];
      return [setting, milliseconds(last), ratioOf(last), ...memory];
    }),
  };
}

function milliseconds({milliseconds: time}: Row): string {
  return time.toFixed(time < 10 ? 2 : time < 100 ? 1 : 0);
}

function ratioOf({ratio}: Row): string {
  return ratio.toFixed(2);
}

function launchesOf({launches}: Row): string {
  return launches === undefined ? '' : ` (${launches})`;
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}
