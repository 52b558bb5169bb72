import type {TypedArray} from '@tensorflow/tfjs-core';
import type {Plan} from '../../../formula/plan.js';

/**
 * What is known of the examples on the way to their gradients: columns of [batch], one behind the other. The first has the ids
 * of the classes, then come the columns of the plan, then ‖x‖, and at the end the norms ‖W_j‖, [classes].
 */
export interface State {
  /** Exact in float32 up to 2^24; one of the codes of `tensors/labels.ts` where there is no class. */
  readonly classIds: TypedArray;
  readonly columns: Readonly<Record<string, TypedArray | undefined>>;
  /** ‖x‖ and ‖W_j‖; empty where the plan does not need them. */
  readonly featureNorms: TypedArray;
  readonly kernelNorms: TypedArray;
}

/** How many numbers there are. */
export function stateSize(plan: Plan, batch: number, classes: number): number {
  const {features, kernel} = plan.needs;
  return batch * (1 + plan.columns.length + Number(features)) + (kernel ? classes : 0);
}

/** The state that lies in so many numbers. */
export function stateIn(values: TypedArray, plan: Plan, batch: number, classes: number): State {
  const {features, kernel} = plan.needs;
  const columnAt = (place: number) => values.subarray(place * batch, (place + 1) * batch);
  const count = plan.columns.length;
  return {
    classIds: columnAt(0),
    columns: Object.fromEntries(plan.columns.map((name, c) => [name, columnAt(1 + c)])),
    featureNorms: features ? columnAt(1 + count) : values.subarray(0, 0),
    kernelNorms: values.subarray(values.length - (kernel ? classes : 0)),
  };
}
