import type {TypedArray} from '@tensorflow/tfjs-core';

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
