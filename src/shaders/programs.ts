import type {TensorInfo} from '@tensorflow/tfjs-core';

/**
 * The text of a program, and what it reads: matrices as `getLogits(row, j)`, vectors as `getUpstream(i)`, floats that may change from
 * run to run as n0, n1, …, and integers that go with shapes under their names.
 *
 * Text is GLSL of a kind that WGSL can be made of: braces around every branch, functions from the beginning of a line,
 * `select(b, a, condition)` for `condition ? a : b`, no vectors, and no parameter that anything is assigned to.
 */
export interface Program {
  readonly text?: string;
  /** Inputs that have records: of each there is a struct, and a function `exampleOf(row)` that reads it. */
  readonly recordsIn?: Readonly<Record<string, Records>>;
}

/**
 * Numbers of a row that belong together: the names of records, and those of their fields. A field whose name ends in `Id` is an
 * integer, and exact in half precision too.
 */
export type Records = Readonly<Record<string, readonly string[]>>;

/** What a program runs on. Inputs that are missing, or not read, are left out. */
export interface Given {
  readonly inputs: Readonly<Record<string, TensorInfo | undefined>>;
  readonly numbers?: readonly number[];
  readonly sizes?: Readonly<Record<string, number>>;
}

/** A function of what is in one place of a matrix: its arguments are inputs and records, by their names. */
export interface Cell {
  readonly name: string;
  /** Matrices, with a number for the place. */
  readonly cells?: readonly string[];
  /** Vectors, with a number for each row or each column. */
  readonly rows?: readonly string[];
  readonly columns?: readonly string[];
  /** Records of the row. */
  readonly records?: readonly string[];
  /** Statements that return the value; the place is `row` and `j`. */
  readonly body: string;
}

/** A number for each place of a matrix. */
export interface CellProgram extends Program {
  readonly cell: Cell;
}

/** Records, or one number, for each of some vectors. */
export interface VectorProgram extends Program {
  /** What is `whole` in the body. */
  readonly sums?: Sums;
  /** Left out, it is one number: `value`. */
  readonly records?: Records;
  /** Statements that declare the fields of the records, of the vector `row`. */
  readonly body: string;
}

/** Sums over the columns (axis 0) or rows (axis 1) of a matrix. */
export interface Sums {
  readonly axis: 0 | 1;
  readonly quantities: readonly Quantity[];
  /** The place of the entry of vector `row` that does not count; −1 for none. */
  readonly omitted?: string;
  /** A number for each entry, in steps `weight`; 0, and not read, for vectors of which an entry is omitted. */
  readonly weights?: Cell | undefined;
  /** Whether half precision would not do for them. */
  readonly areExact?: boolean;
}

/** Something that is summed up over the entries of a vector. */
export interface Quantity {
  /** Its field in the struct `Sums`. */
  readonly name: string;
  readonly entries: Cell;
  /** Its value for no entries. */
  readonly none: string;
  /**
   * Returns `value` with the entry f at place i. `own` is the entry that is omitted, and if the quantity is relative, `largest` is the
   * largest of the entries at hand.
   */
  readonly step: string;
  readonly isRelative?: boolean;
  /** Returns the sum of `whole` and `part`; if the quantity is relative, those that are not are that of both in `whole` already. */
  readonly merge: string;
}

/** What a graphics processor runs; each program has one tensor as its result. */
export interface Programs {
  cells(program: CellProgram, shape: readonly number[], given: Given): TensorInfo;
  /** Of so many vectors, each of so many entries. */
  vectors(program: VectorProgram, shape: readonly [count: number, length: number], given: Given): TensorInfo;
  /** A vector of integers as programs read them exactly: the vector, or a new matrix of two digits for each, 1024·high + low. */
  exactIntegers(integers: TensorInfo): TensorInfo;
  dispose(tensor: TensorInfo): void;
}

const made = new WeakMap<object, Map<string, unknown>>();

/** What `make` gives, once for this owner and key. */
export function once<T>(owner: object, key: string, make: () => T): T {
  const known = made.get(owner) ?? new Map<string, unknown>();
  made.set(owner, known);
  if (!known.has(key)) known.set(key, make());
  return known.get(key) as T;
}

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

export function structText(name: string, fields: readonly string[]): string {
  return `\nstruct ${name} { ${fields.map((field) => `float ${field};`).join(' ')} };\n`;
}

/** The functions `step_…` and `merge_…` of quantities, and `partOf(row, first)`: the sums of every LANES-th entry of a vector. */
export function sumsText({quantities, axis, weights, omitted = '-1.0'}: Sums): string {
  const nameOf = ({entries}: Quantity) => entries.name;
  const stepText = (quantity: Quantity) => {
    const largest = quantities.find((other) => nameOf(other) === nameOf(quantity))!.name;
    const args = [
      `part.${quantity.name}, i, f_${nameOf(quantity)}, part.${largest}`,
      ...stepArguments([quantity], 'own', 'weight'),
    ];
    return `part.${quantity.name} = step_${quantity.name}(${args.join(', ')});`;
  };
  const at = axis === 0 ? '(i, row)' : '(row, i)';
  const loop = (stepped: readonly Quantity[]) => `
  for (int k = 0; k < LENGTH; k += LANES) {
    int i = first + k;
    if (i >= LENGTH) { break; }
    if (i == omitted) { continue; }
    ${weights && reads(stepped, 'weight') ? `float weight = 0.0;\n    if (omitted < 0) { weight = ${weights.name}At${at}; }` : ''}
    ${[...new Set(stepped.map(nameOf))].map((name) => `float f_${name} = ${name}At${at};`).join('\n    ')}
    ${stepped.map(stepText).join('\n    ')}
  }`;
  const ofOwn = quantities.find((quantity) => reads([quantity], 'own'));
  return `${structText(
    'Sums',
    quantities.map(({name}) => name),
  )}
Sums noSums() {
  return Sums(${quantities.map(({none}) => none).join(', ')});
}
${quantities.map(quantityText).join('')}
Sums partOf(int row, int first) {
  Sums part = noSums();
  int omitted = int(${omitted});
  ${ofOwn ? `float own = ${nameOf(ofOwn)}At(row, int(max(float(omitted), 0.0)));` : ''}${inTurn(quantities).map(loop).join('')}
  return part;
}
`;
}

function quantityText({name, step, merge}: Quantity): string {
  return `
float step_${name}(float value, int i, float f, float largest, float own, float weight) {
  ${step}
}

float merge_${name}(Sums whole, Sums part) {
  ${merge}
}
`;
}

/** The last arguments of steps, `own` and `weight`, where these read them. */
export function stepArguments(
  quantities: readonly Quantity[],
  own: string,
  weight: string,
): [own: string, weight: string] {
  return [reads(quantities, 'own') ? own : '0.0', reads(quantities, 'weight') ? weight : '0.0'];
}

export function reads(quantities: readonly Quantity[], name: 'own' | 'weight'): boolean {
  return quantities.some(({step}) => new RegExp(`\\b${name}\\b`).test(step));
}

/** What is not relative, and then what is. */
export function inTurn(quantities: readonly Quantity[]): Quantity[][] {
  const turns = [false, true].map((turn) => quantities.filter(({isRelative = false}) => isRelative === turn));
  return turns.filter(({length}) => length > 0);
}

/** A text without the functions that its `main` does not need, in either language, and the names that it reads. */
export function linked(text: string): {code: string; names: ReadonlySet<string>; numbers: readonly string[]} {
  const functions = /^(?:\w+ )?\w+ (\w+)\(.*\{\n(?:(?!\}).*\n)*\}\n?/gm;
  const withoutComments = text.replace(/^\/\/.*\n/gm, '');
  const bodies = new Map([...withoutComments.matchAll(functions)].map(([body, name]) => [name!, body]));
  const names = new Set<string>();
  const need = (name: string) => {
    if (names.has(name)) return;
    names.add(name);
    for (const [used] of (bodies.get(name) ?? '').matchAll(/\b[A-Za-z]\w*/g)) need(used);
  };
  need('main');
  const code = withoutComments.replace(functions, (body, name) => (names.has(name) ? body : ''));
  return {code, names, numbers: [...names].filter((name) => /^n\d+$/.test(name)).sort()};
}

export function capitalized(name: string): string {
  return name[0]!.toUpperCase() + name.slice(1);
}
