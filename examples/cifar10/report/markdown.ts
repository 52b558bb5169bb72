/** A number with a proper minus sign, and none on 0.0. */
export function fixed(value: number, digits = 1): string {
  return value
    .toFixed(digits)
    .replace(/^-(0\.?0*)$/, '$1')
    .replace('-', '−')
    .replace('Infinity', '∞');
}

/** A difference, with its sign. */
export function signed(value: number, digits = 1): string {
  const text = fixed(value, digits);
  return Number(value.toFixed(digits)) > 0 ? `+${text}` : text;
}

/** `3`, or `3–5` where they differ. */
export function range(values: readonly number[], digits = 0): string {
  const [least, most] = [fixed(Math.min(...values), digits), fixed(Math.max(...values), digits)];
  if (least === most) return least;
  return least.startsWith('−') ? `${least} to ${most}` : `${least}–${most}`;
}

/** `one, two and three`. */
export function list(items: readonly string[]): string {
  if (items.length < 2) return items.join('');
  return `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;
}

/** `1 run`, `2 runs`. */
export function count(n: number, thing: string): string {
  return `${n.toLocaleString('en')} ${thing}${n === 1 ? '' : 's'}`;
}

/** Each value once, in the order of the first of each. */
export function distinct<T>(values: readonly T[]): T[] {
  return [...new Set(values)];
}

export interface Column {
  readonly title: string;
  readonly align?: 'left' | 'right';
}

/** A table in Markdown. */
export function markdownTable(columns: readonly Column[], rows: ReadonlyArray<readonly string[]>): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [
    line(columns.map(({title}) => title)),
    `|${columns.map(({align}) => (align === 'right' ? '--:' : '---')).join('|')}|`,
    ...rows.map(line),
  ].join('\n');
}

/** Columns of numbers. */
export function numbers(...titles: readonly string[]): Column[] {
  return titles.map((title) => ({title, align: 'right'}));
}

/** A link to a figure of the report, with a description for those who do not see it; null if there is no such figure. */
export type ImageLink = (name: string, description: string) => string | null;

/** The parts of a section, with an empty line between them; null stands for what is not there. */
export function section(...parts: ReadonlyArray<string | null>): string {
  return parts.filter((part) => part !== null && part !== '').join('\n\n');
}

/** What a section says as long as its results are missing. */
export function notRunYet(command: string): string {
  return `No results yet: \`npm run cifar10 -- ${command}\` makes them.`;
}
