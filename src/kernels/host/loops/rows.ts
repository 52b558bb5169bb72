import type {TypedArray} from '@tensorflow/tfjs-core';
import type {Block} from './blocks.js';

/** The logits of a stream, or what they are made of, and the class of each row. */
export interface Rows {
  /** [batch, classes]. */
  readonly source: TypedArray;
  readonly classes: number;
  readonly classIds: TypedArray;
}

/** The gradient that arrives for each row, and where that with respect to the source goes. */
export interface GradientRows extends Rows {
  readonly upstream: TypedArray;
  readonly result: TypedArray;
}

/** Calls `visit` for each row of a class, of all or of a block, with the gradient that arrives for it times its number in a column. */
export function forSlopes(
  {classIds, upstream}: Pick<GradientRows, 'classIds' | 'upstream'>,
  column: TypedArray | undefined,
  visit: (row: number, classId: number, slope: number) => void,
  {first, end}: Block = {first: 0, end: upstream.length},
): void {
  if (!column) return;
  for (let i = first; i < end; i++) {
    const y = classIds[i]! | 0;
    if (y >= 0 && upstream[i] !== 0) visit(i, y, upstream[i]! * column[i]!);
  }
}
