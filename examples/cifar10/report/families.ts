import {paperRows, type Row} from '../experiments/rows.js';

/** Rows of the tables that differ in one thing only. */
export interface Family {
  readonly id: FamilyId;
  readonly title: string;
  readonly rows: readonly Row[];
}

/** By what the ids of their rows begin with. */
const titles = {
  '': 'SVM and Softmax',
  lsoftmax: 'L-Softmax',
  asoftmax: 'A-Softmax',
  'hinge-softmax': 'SVM + Softmax',
  'lsoftmax-asoftmax': 'L-Softmax + A-Softmax',
  'hinge-lsoftmax-asoftmax': 'SVM + L-Softmax + A-Softmax',
} as const;

export type FamilyId = keyof typeof titles;

export function family(id: FamilyId): Family {
  return {id, title: titles[id], rows: paperRows.filter((row) => beginning(row.id) === id)};
}

/** The paper's 17 rows. */
export const families: readonly Family[] = (Object.keys(titles) as FamilyId[]).map(family);

/** Those that come with m = 2, 3 and 4. */
export const marginFamilies: readonly Family[] = families.filter(({rows}) => rows.every(({m}) => m !== null));

/** `hinge-softmax` of `hinge-softmax-equal`. */
function beginning(id: string): string {
  return id.slice(0, Math.max(0, id.lastIndexOf('-')));
}

/** What tells a row from the others of its family: `m = 2`, `0.25 + 0.75`. */
export function nameInFamily({title, m}: Row): string {
  if (m !== null) return `m = ${m}`;
  return title.includes(' + ') ? title.split(': ')[0]!.replaceAll(/ (SVM|Softmax)/g, '') : title;
}

/** A row in the middle of a sentence: `L-Softmax (m = 3)`, `0.5 SVM + 0.5 Softmax`. */
export function nameInText({title}: Row): string {
  return title.split(': ')[0]!.replace(/, (m = \d+)$/, ' ($1)');
}
