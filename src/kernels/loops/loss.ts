import type {TypedArray} from '@tensorflow/tfjs-core';
import type {KernelTerm} from '../contract.js';
import {sortTerms} from '../sortTerms.js';
import {forBlocks} from './blocks.js';
import {findClassIds} from './classIds.js';
import {sumRows, sumScaledRows} from './exponentials.js';
import {addHinge} from './hinge.js';
import {addMargin, measureAngles} from './margin.js';
import {columnNorms, invertNorms} from './norms.js';
import {scratchFor} from './scratch.js';
import {addSmoothing, addSoftLabels, addSoftmax} from './softmax.js';
import {classIdIn, FACTOR, kernelNormsIn} from './state.js';

/** The inputs of the kernel `loss`, and where its outputs go. */
export interface LossArrays {
  readonly scores: TypedArray;
  readonly labels: TypedArray;
  readonly features?: TypedArray | undefined;
  readonly kernel?: TypedArray | undefined;
  readonly bias?: TypedArray | undefined;
  readonly products?: TypedArray | undefined;
  readonly losses: TypedArray;
  readonly state: TypedArray;
}

/** The weighted losses of every example, and the state for the gradient. */
export function computeLosses(
  arrays: LossArrays,
  classes: number,
  hasRows: boolean,
  terms: readonly KernelTerm[],
): void {
  const {labels, kernel, losses, state} = arrays;
  const {hinges, softmaxes, margins, hasPlain, hasScaled, takeSoftLabels} = sortTerms(terms);
  const batch = losses.length;
  const scratch = scratchFor(batch, classes);
  const kernelNorms = kernelNormsIn(state, kernel ? classes : 0);
  state.fill(0, 0, state.length - kernelNorms.length);
  if (kernel) columnNorms(kernel, kernelNorms);
  if (hasScaled) invertNorms(kernelNorms, scratch.inverseNorms);
  findClassIds(labels, hasRows, batch, classes, state);
  const haveSoftLabels = hasRows && takeSoftLabels;
  for (let i = 0; i < batch; i++) {
    losses[i] = classIdIn(state, batch, i) >= 0 || haveSoftLabels ? 0 : Number.NaN;
  }
  forBlocks(batch, classes, (first, end) => {
    if (hasPlain) sumRows(arrays, scratch, first, end);
    if (hasScaled) sumScaledRows(arrays, scratch, first, end);
    for (const term of hinges) addHinge(arrays, term, scratch, first, end);
    for (const term of softmaxes) {
      if (term.labelSmoothing > 0) addSmoothing(arrays, term, scratch, first, end);
      if (haveSoftLabels) addSoftLabels(arrays, term, scratch, first, end);
    }
  });
  for (const term of softmaxes) addSoftmax(arrays, term, scratch);
  if (margins.length > 0) measureAngles(arrays, scratch);
  for (const term of margins) addMargin(arrays, term, scratch);
  for (let i = 0; i < batch; i++) {
    if (Number.isNaN(losses[i])) state[FACTOR * batch + i] = Number.NaN;
  }
}
