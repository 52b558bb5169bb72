import type {TensorInfo} from '@tensorflow/tfjs-core';
import {type Quantity, quantitiesText, readsIn, type Source} from '../programs.js';
import {launch, type WebGpuBackend, WORKGROUP} from './program.js';

/** A program that sums up vectors. */
export interface Reduction extends Source {
  readonly shape: number[];
  /** How many vectors there are, and how long they are: columns (axis 0) or rows (axis 1) of a matrix. */
  readonly vectors: number;
  readonly length: number;
  readonly axis: 0 | 1;
  /** Of entries that are read by `<name>At(row, j)`. */
  readonly quantities: readonly Quantity[];
  /** The place of an entry that does not count, of the vector `row`; −1 for none. */
  readonly omitted?: string;
  /** WGSL that writes what the sums `whole` of a vector make to `result`. */
  readonly finish: string;
}

/** So many columns occupy a graphics processor, and it reads them side by side, as they lie in memory. */
const MANY_COLUMNS = 512;

/**
 * A short vector is read by one invocation, a longer one by several of a workgroup. They meet only once, and one of them does
 * the rest: renderers in software take long over a barrier.
 */
export function reduction(backend: WebGpuBackend, program: Reduction): TensorInfo {
  const {vectors, length, axis, quantities, finish, text, sizes, ...launched} = program;
  const lanes = lanesFor(axis, length, vectors);
  return launch(backend, {
    ...launched,
    sizes: {...sizes, VECTORS: vectors, LENGTH: length},
    invocations: vectors * lanes,
    text: `${text}${quantitiesText(quantities)}`,
    main: `
const LANES : i32 = ${lanes};
${partText(program)}
fn merged(whole : Sums, part : Sums, isRelative : bool) -> Sums {
  var sums = whole;
  if (isRelative) {
    ${mergesOf(quantities.filter(({isRelative}) => isRelative))}
  } else {
    ${mergesOf(quantities.filter(({isRelative}) => !isRelative))}
  }
  return sums;
}
fn finish(row : i32, whole : Sums) {
  ${finish}
}
${lanes > 1 ? byGroup(noneOf(quantities)) : byInvocation}`,
  });
}

/** How many invocations share a vector: few values, for each is a program of its own. */
function lanesFor(axis: 0 | 1, length: number, vectors: number): number {
  if (length <= 64 || (axis === 0 && vectors >= MANY_COLUMNS)) return 1;
  return length <= 1024 ? 16 : WORKGROUP;
}

/** The sums of every LANES-th entry of a vector; what is relative to the largest in a second loop. */
function partText({quantities, axis, omitted = '-1.0'}: Reduction): string {
  const names = (of: readonly Quantity[]) => [...new Set(of.map(({entries}) => entries.name))];
  const at = axis === 0 ? '(j, row)' : '(row, j)';
  const loop = (stepped: readonly Quantity[]) =>
    stepped.length === 0
      ? ''
      : `
  for (var j = first; j < LENGTH; j += LANES) {
    if (j == omitted) { continue; }
    ${readsIn(stepped, 'label') ? 'let label = getLabels(row, j);' : ''}
    ${names(stepped).map((name) => `let ${name}_f = ${name}At${at};`).join('\n    ')}
    ${stepped.map(stepText).join('\n    ')}
  }`;
  const own = names(quantities.filter((quantity) => readsIn([quantity], 'own')));
  return `
fn partOf(row : i32, first : i32) -> Sums {
  var part = ${noneOf(quantities)};
  let omitted = i32(${omitted});
  ${own.map((name) => `let ${name}_own = ${name}At(row, max(omitted, 0));`).join('\n  ')}
  ${loop(quantities.filter(({isRelative}) => !isRelative))}
  ${loop(quantities.filter(({isRelative}) => isRelative))}
  return part;
}
`;

  function stepText(quantity: Quantity): string {
    const {name, entries, isRelative} = quantity;
    const largest = quantities.find((other) => other.entries.name === entries.name)!.name;
    const args = [
      `part.${name}`,
      'j',
      `${entries.name}_f`,
      isRelative ? `part.${largest}` : '0.0',
      readsIn([quantity], 'own') ? `${entries.name}_own` : '0.0',
      readsIn([quantity], 'label') ? 'label' : '0.0',
    ];
    return `part.${name} = step_${name}(${args.join(', ')});`;
  }
}

function mergesOf(quantities: readonly Quantity[]): string {
  return quantities.map(({name}) => `sums.${name} = merge_${name}(sums, part);`).join(' ');
}

function noneOf(quantities: readonly Quantity[]): string {
  return `Sums(${quantities.map(({none}) => none).join(', ')})`;
}

const byInvocation = `
fn main(index : i32) {
  if (index < VECTORS) { finish(index, partOf(index, 0)); }
}`;

const byGroup = (none: string) => `
var<workgroup> parts : array<Sums, ${WORKGROUP}>;
fn main(index : i32) {
  let vector = index / LANES;
  let place = index % ${WORKGROUP};
  if (vector < VECTORS) { parts[place] = partOf(vector, index % LANES); }
  workgroupBarrier();
  if (vector < VECTORS && index % LANES == 0) {
    var whole = ${none};
    for (var other = place; other < place + LANES; other++) { whole = merged(whole, parts[other], false); }
    for (var other = place; other < place + LANES; other++) { whole = merged(whole, parts[other], true); }
    finish(vector, whole);
  }
}`;
