import type {TensorInfo} from '@tensorflow/tfjs-core';
import type {Plan} from '../../formula/plan.js';
import type {Given, Programs} from '../../shaders/programs.js';
import {labelFormOf} from '../../tensors/labels.js';
import type {LossAttributes, LossSources} from '../contract.js';

/** A batch as the programs of a loss see it, forward or back. */
export interface Batch {
  readonly programs: Programs;
  readonly plan: Plan;
  /** Whether rows of labels may be distributions, so that they are among the inputs. */
  readonly hasSoftLabels: boolean;
  readonly sizes: {readonly BATCH: number; readonly CLASSES: number; readonly DEPTH: number};
  /** [batch, classes] and [batch, features]. */
  readonly shape: readonly [number, number];
  readonly featureShape: readonly [number, number];
  /**
   * The inputs are `logits`, and as far as the plan needs them, `products`, `perClass`, `features`, `kernel`, `featureNorms` ‖x‖ and `kernelNorms`
   * ‖W_j‖; what else a program reads is added. Behind the numbers of the plan is what every class has of evenly smoothed labels.
   */
  readonly given: Given;
}

/** @param norms - ‖x‖ and ‖W_j‖, as far as there are features and kernel. */
export function batchOf(
  programs: Programs,
  {logits, labels, products, perClass, features, kernel}: LossSources<TensorInfo>,
  {plan, numbers}: LossAttributes,
  norms: readonly TensorInfo[],
  others: Readonly<Record<string, TensorInfo>>,
): Batch {
  const [batch, classes] = logits.shape as [number, number];
  const hasSoftLabels = plan.softLabels !== undefined && labelFormOf(labels) === 'rows';
  const depth = features?.shape[1] ?? 0;
  const sizes = {BATCH: batch, CLASSES: classes, DEPTH: depth};
  const lengths = {featureNorms: features && norms[0], kernelNorms: kernel && norms.at(-1)};
  const soft = hasSoftLabels ? {labels} : {};
  return {
    programs,
    plan,
    hasSoftLabels,
    sizes,
    shape: [batch, classes],
    featureShape: [batch, depth],
    given: {
      inputs: {logits, products, perClass, features, kernel, ...lengths, ...soft, ...others},
      numbers: [...numbers, plan.softLabels ? numbers[plan.softLabels.evenly]! / classes : 0],
      sizes,
    },
  };
}

/** The same with more inputs. */
export function withInputs(given: Given, inputs: Given['inputs']): Given {
  return {...given, inputs: {...given.inputs, ...inputs}};
}
