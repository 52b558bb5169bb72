import type {TypedArray} from '@tensorflow/tfjs-core';
import type {Plan} from '../../../formula/plan.js';

/**
 * What is known of the examples on the way to their gradients: columns of [batch], one behind the other. The first has the ids
 * of the classes, then come the columns of the plan, then ‖x‖, and at the end the norms ‖W_j‖, [classes].
 */
export class State {
  /** Exact in float32 up to 2^24; one of the codes of `tensors/labels.ts` where there is no class. */
  readonly classIds: TypedArray;
  readonly #values: TypedArray;
  readonly #plan: Plan;
  readonly #batch: number;
  #featureNorms: TypedArray | undefined;
  #kernelNorms: TypedArray | undefined;

  /** The state that lies in so many numbers. */
  constructor(values: TypedArray, plan: Plan, batch: number) {
    this.#values = values;
    this.#plan = plan;
    this.#batch = batch;
    this.classIds = this.#columnAt(0);
  }

  /** How many numbers there are. */
  static size({columns, needs}: Plan, batch: number, classes: number): number {
    return batch * (1 + columns.length + Number(needs.features)) + (needs.kernel ? classes : 0);
  }

  /** A column of the plan; undefined if it has none of this name. */
  column(name: string): TypedArray | undefined {
    const place = this.#plan.columns.indexOf(name);
    return place < 0 ? undefined : this.#columnAt(1 + place);
  }

  /** ‖x‖; of no use where the plan does not need them, and so are ‖W_j‖. */
  get featureNorms(): TypedArray {
    this.#featureNorms ??= this.#columnAt(1 + this.#plan.columns.length);
    return this.#featureNorms;
  }

  get kernelNorms(): TypedArray {
    this.#kernelNorms ??= this.#values.subarray(State.size(this.#plan, this.#batch, 0));
    return this.#kernelNorms;
  }

  #columnAt(place: number): TypedArray {
    return this.#values.subarray(place * this.#batch, (place + 1) * this.#batch);
  }
}
