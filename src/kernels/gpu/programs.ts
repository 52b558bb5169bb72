import type {TensorInfo} from '@tensorflow/tfjs-core';

/**
 * What a program reads. Its text is GLSL of a kind that WGSL can be made of: braces around every branch, functions from the
 * beginning of a line, `select(b, a, condition)` for `condition ? a : b`, no vectors, and parameters that nothing is assigned to.
 */
export interface Source {
  /** Tensors: matrices as `getLogits(row, j)`, vectors as `getUpstream(i)`. What is missing, or not read, is left out. */
  readonly inputs: Readonly<Record<string, TensorInfo | undefined>>;
  /** Floats that may change from run to run, under their names. Anything else in the text makes another program, to be compiled. */
  readonly numbers?: Readonly<Record<string, number>>;
  /** Integers that go with shapes, such as BATCH. */
  readonly sizes?: Readonly<Record<string, number>>;
  readonly text: string;
}

/** A function of what stands in one place of a matrix. Inputs are its arguments, by their names. */
export interface Cell {
  readonly name: string;
  /** Inputs that are matrices with a number for the place. */
  readonly cells?: readonly string[];
  /** Inputs that are vectors with a number for each row or each column. */
  readonly rows?: readonly string[];
  readonly columns?: readonly string[];
  /** Records of the row, which its functions read: see {@link Records}. */
  readonly records?: readonly string[];
  /** Statements that return the value; `row` and `j` is the place. */
  readonly body: string;
}

/** Numbers of a row that belong together: the names of records, and those of their fields. */
export type Records = Readonly<Record<string, readonly string[]>>;

/** Something that is summed up over the entries of a vector. */
export interface Quantity {
  /** Its field in the struct `Sums`. */
  readonly name: string;
  /** What the entries are. */
  readonly entries: Cell;
  /** Its value for no entries. */
  readonly none: string;
  /**
   * Returns `value` with the entry f at place j; `own` is the entry of the true class, `label` that of the labels. If `isRelative`,
   * `largest` is the largest of the entries at hand.
   */
  readonly step: string;
  readonly isRelative?: boolean;
  /** Returns the sum of `whole` and `part`, two `Sums`; if `isRelative`, what is not relative is that of both in `whole`. */
  readonly merge: string;
}

/** A program that leaves records of the rows. */
export interface RowProgram extends Source {
  readonly batch: number;
  readonly records: Records;
  /** Sums over the rows of a matrix, which are `whole` in `body`, without the entry at `omitted`, if that is none. */
  readonly sums?: {readonly quantities: readonly Quantity[]; readonly length: number; readonly omitted: string};
  /** Statements that declare the fields of the records. */
  readonly body: string;
}

/** A program for each place of a matrix. */
export interface CellProgram extends Source {
  readonly cell: Cell;
  readonly shape: readonly [rows: number, columns: number];
}

/** What a graphics processor runs; each program has one tensor as its result. */
export interface Programs {
  rows(program: RowProgram): TensorInfo;
  /** The text of `<name>Of(row)` for each record, which are structs, of what such a program left in an input of this name. */
  recordsText(input: string, records: Records): string;
  /** A number for each place: a matrix. */
  cells(program: CellProgram): TensorInfo;
  /** Their sum over each column: a vector. */
  columnSums(program: CellProgram): TensorInfo;
  /** A vector of what `value` is for each `i`. */
  vector(program: Source & {readonly length: number; readonly value: string}): TensorInfo;
  /** The norms of the columns (axis 0) or rows (axis 1) of a matrix. */
  norms(matrix: TensorInfo, axis: 0 | 1): TensorInfo;
  /** Class ids as programs read them, a vector or two digits for each: see `labels.ts`. To be disposed of if they are new. */
  readableIds(ids: TensorInfo): TensorInfo;
  dispose(tensor: TensorInfo): void;
}

/** The text of a cell's function. */
export function cellText({name, cells = [], rows = [], columns = [], records = [], body}: Cell): string {
  const floats = [...cells, ...rows, ...columns].map((input) => `float ${input}`);
  const structs = records.map((record) => `${capitalized(record)} ${record}`);
  return `
float ${name}(${['int row', 'int j', ...floats, ...structs].join(', ')}) {
  ${body}
}
`;
}

/** The text of `<name>At(row, j)`, which reads the arguments of a cell's function and calls it. */
export function cellAtText({name, cells = [], rows = [], columns = [], records = []}: Cell): string {
  const args = [
    ...cells.map((input) => `${reader(input)}(row, j)`),
    ...rows.map((input) => `${reader(input)}(row)`),
    ...columns.map((input) => `${reader(input)}(j)`),
    ...records.map((record) => `${record}Of(row)`),
  ];
  return `
float ${name}At(int row, int j) {
  return ${name}(${['row', 'j', ...args].join(', ')});
}
`;
}

/** The struct of some records or sums. */
export function structText(name: string, fields: readonly string[]): string {
  return `
struct ${name} { ${fields.map((field) => `float ${field};`).join(' ')} };
`;
}

/** The functions that take entries into a quantity, `step_…`, and merge sums, `merge_…`. */
export function quantitiesText(quantities: readonly Quantity[]): string {
  return `${structText('Sums', quantities.map(({name}) => name))}
${quantities
  .map(
    ({name, step, merge}) => `
float step_${name}(float value, int j, float f, float largest, float own, float label) {
  ${step}
}

float merge_${name}(Sums whole, Sums part) {
  ${merge}
}
`,
  )
  .join('')}`;
}

/** Whether the step of one of these reads `own` or `label`. */
export function readsIn(quantities: readonly Quantity[], name: 'own' | 'label'): boolean {
  return quantities.some(({step}) => new RegExp(`\\b${name}\\b`).test(step));
}

/** The function that reads an input. */
export function reader(input: string): string {
  return `get${capitalized(input)}`;
}

export function capitalized(name: string): string {
  return name[0]!.toUpperCase() + name.slice(1);
}

/** A text without the functions that its `main` does not need, in either language. */
export function linked(text: string): string {
  const known = linkedTexts.get(text);
  if (known !== undefined) return known;
  const functions = /^(?:\w+ (?:\w+ )?)(\w+)\(.*\{\n(?:(?!\}).*\n)*\}\n?/gm;
  const bodies = new Map([...text.matchAll(functions)].map(([body, name]) => [name!, body]));
  const needed = new Set<string>();
  const need = (name: string) => {
    const body = bodies.get(name);
    if (body === undefined || needed.has(name)) return;
    needed.add(name);
    for (const [, called] of body.matchAll(/(\w+)\(/g)) need(called!);
  };
  need('main');
  const result = text.replace(functions, (body, name) => (needed.has(name) ? body : ''));
  linkedTexts.set(text, result);
  return result;
}

const linkedTexts = new Map<string, string>();

/** The inputs, numbers or sizes that a text reads. */
export function namesIn(text: string, names: readonly string[]): string[] {
  return names.filter((name) => new RegExp(`\\b${name}\\b`).test(text));
}
