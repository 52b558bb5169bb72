import type {TensorInfo} from '@tensorflow/tfjs-core';

/**
 * The text of a program, and what it reads. Text is GLSL of a kind that WGSL can be made of: braces around every branch, functions from
 * the beginning of a line, `select(b, a, condition)` for `condition ? a : b`, no vectors, and no parameter that anything is assigned to.
 *
 * It reads matrices as `getLogits(row, j)`, vectors as `getUpstream(i)`, and floats that may change from run to run as n0, n1, …
 */
export interface Program {
  readonly text?: string;
  /** Integers that go with shapes, such as BATCH. */
  readonly sizes?: Readonly<Record<string, number>>;
  /** Inputs that have records: of each there is a struct, and a function `exampleOf(row)` that reads it. */
  readonly recordsIn?: Readonly<Record<string, Records>>;
}

/** Numbers of a row that belong together: the names of records, and those of their fields. */
export type Records = Readonly<Record<string, readonly string[]>>;

/** What a program runs on. What is missing, or not read, is left out. */
export interface Given {
  readonly inputs: Readonly<Record<string, TensorInfo | undefined>>;
  /** n0, n1, … */
  readonly numbers?: readonly number[];
}

/** A function of what is in one place of a matrix. Inputs are its arguments, by their names. */
export interface Cell {
  readonly name: string;
  /** Inputs that are matrices, with a number for the place. */
  readonly cells?: readonly string[];
  /** Inputs that are vectors, with a number for each row or each column. */
  readonly rows?: readonly string[];
  readonly columns?: readonly string[];
  /** Records of the row. */
  readonly records?: readonly string[];
  /** Statements that return the value; the place is `row` and `j`. */
  readonly body: string;
}

/** Something that is summed up over the entries of a vector. */
export interface Quantity {
  /** Its field in the struct `Sums`. */
  readonly name: string;
  readonly entries: Cell;
  /** Its value for no entries. */
  readonly none: string;
  /**
   * Returns `value` with the entry f at place i; `own` is the entry that is omitted, `mass` what a soft label gives to its class. If `isRelative`,
   * `largest` is the largest of the entries at hand.
   */
  readonly step: string;
  readonly isRelative?: boolean;
  /** Returns the sum of `whole` and `part`, two `Sums`; if `isRelative`, what is not is that of both in `whole` already. */
  readonly merge: string;
}

/** Sums over the columns (axis 0) or rows (axis 1) of a matrix. */
export interface Sums {
  readonly quantities: readonly Quantity[];
  readonly axis: 0 | 1;
  readonly length: number;
  /** The place of the entry of vector `row` that does not count; −1 for none. */
  readonly omitted?: string;
}

/** A program that leaves records, or one number, for each of some vectors. */
export interface VectorProgram extends Program {
  readonly count: number;
  /** What is `whole` in the body. */
  readonly sums?: Sums;
  /** Left out, it is one number: `value`. */
  readonly records?: Records;
  /** Statements that declare the fields of the records of the vector `row`. */
  readonly body: string;
}

/** A program for each place of a matrix. */
export interface CellProgram extends Program {
  readonly cell: Cell;
  readonly shape: readonly [rows: number, columns: number];
}

/** What a graphics processor runs; each program has one tensor as its result. It is made once, so that what it is made of must stay. */
export interface Programs {
  vectors(program: VectorProgram, given: Given): TensorInfo;
  cells(program: CellProgram, given: Given): TensorInfo;
  /** Class ids as programs read them, a vector or two digits for each: see `labels.ts`. To be disposed of if they are new. */
  readableIds(ids: TensorInfo): TensorInfo;
  dispose(tensor: TensorInfo): void;
}

/** What `make` gives, once for this owner and key. */
export function once<T>(owner: object, key: string, make: () => T): T {
  const known = made.get(owner) ?? new Map<string, unknown>();
  made.set(owner, known);
  if (!known.has(key)) known.set(key, make());
  return known.get(key) as T;
}

const made = new WeakMap<object, Map<string, unknown>>();

/** The function of a cell, `name(row, j, …)`, and `nameAt(row, j)`, which reads the arguments and calls it. */
export function cellText({name, cells = [], rows = [], columns = [], records = [], body}: Cell): string {
  const floats = [...cells, ...rows, ...columns].map((input) => `float ${input}`);
  const structs = records.map((record) => `${capitalized(record)} ${record}`);
  const args = [
    ...cells.map((input) => `get${capitalized(input)}(row, j)`),
    ...rows.map((input) => `get${capitalized(input)}(row)`),
    ...columns.map((input) => `get${capitalized(input)}(j)`),
    ...records.map((record) => `${record}Of(row)`),
  ];
  return `
float ${name}(${['int row', 'int j', ...floats, ...structs].join(', ')}) {
  ${body}
}

float ${name}At(int row, int j) {
  return ${name}(${['row', 'j', ...args].join(', ')});
}
`;
}

/** The functions `step_…` and `merge_…` of quantities, and `partOf(row, first)`: the sums of every LANES-th entry of a vector. */
export function sumsText({quantities, axis, omitted = '-1.0'}: Sums): string {
  const names = (of: readonly Quantity[]) => [...new Set(of.map(({entries: {name}}) => name))];
  const loop = (stepped: readonly Quantity[]) => `
  for (int k = 0; k < LENGTH; k += LANES) {
    int i = first + k;
    if (i >= LENGTH) { break; }
    if (i == omitted) { continue; }
    ${reads(stepped, 'mass') ? 'float mass = massOf(getLabels(row, i));' : ''}
    ${names(stepped)
      .map((name) => `float f_${name} = ${name}At(${axis === 0 ? 'i, row' : 'row, i'});`)
      .join('\n    ')}
    ${stepped.map((quantity) => stepText(quantity, quantities)).join('\n    ')}
  }`;
  const own = names(quantities.filter((quantity) => reads([quantity], 'own')));
  return `
struct Sums { ${quantities.map(({name}) => `float ${name};`).join(' ')} };

Sums noSums() {
  return Sums(${quantities.map(({none}) => none).join(', ')});
}
${quantities.map(quantityText).join('')}
Sums partOf(int row, int first) {
  Sums part = noSums();
  int omitted = int(${omitted});
  ${own.map((name) => `float own_${name} = ${name}At(row, int(max(float(omitted), 0.0)));`).join('\n  ')}${inTurn(quantities).map(loop).join('')}
  return part;
}
`;
}

function quantityText({name, step, merge}: Quantity): string {
  return `
float step_${name}(float value, int i, float f, float largest, float own, float mass) {
  ${step}
}

float merge_${name}(Sums whole, Sums part) {
  ${merge}
}
`;
}

function stepText(quantity: Quantity, quantities: readonly Quantity[]): string {
  const {name, isRelative, entries} = quantity;
  const largest = quantities.find((other) => other.entries.name === entries.name)!.name;
  const args = [
    `part.${name}, i, f_${entries.name}`,
    isRelative ? `part.${largest}` : '0.0',
    reads([quantity], 'own') ? `own_${entries.name}` : '0.0',
    reads([quantity], 'mass') ? 'mass' : '0.0',
  ];
  return `part.${name} = step_${name}(${args.join(', ')});`;
}

/** What is not relative, and then what is. */
export function inTurn(quantities: readonly Quantity[]): Quantity[][] {
  const turns = [false, true].map((turn) => quantities.filter(({isRelative = false}) => isRelative === turn));
  return turns.filter(({length}) => length > 0);
}

/** Whether the step of one of these reads `own` or `mass`. */
export function reads(quantities: readonly Quantity[], name: 'own' | 'mass'): boolean {
  return quantities.some(({step}) => new RegExp(`\\b${name}\\b`).test(step));
}

/** A text without the functions that its `main` does not need, in either language; and the names of functions that read inputs, and of numbers. */
export function linked(text: string): {
  code: string;
  readers: ReadonlySet<string>;
  numbers: readonly string[];
} {
  const functions = /^(?:\w+ )?\w+ (\w+)\(.*\{\n(?:(?!\}).*\n)*\}\n?/gm;
  const bodies = new Map([...text.matchAll(functions)].map(([body, name]) => [name!, body]));
  const needed = new Set<string>();
  const need = (name: string) => {
    if (needed.has(name)) return;
    needed.add(name);
    for (const [, called] of (bodies.get(name) ?? '').matchAll(/(\w+)\(/g)) need(called!);
  };
  need('main');
  const code = text.replace(functions, (body, name) => (needed.has(name) ? body : ''));
  return {code, readers: needed, numbers: [...new Set(code.match(/\bn\d+\b/g))].sort()};
}

export function capitalized(name: string): string {
  return name[0]!.toUpperCase() + name.slice(1);
}
