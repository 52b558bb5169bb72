import type {TensorInfo} from '@tensorflow/tfjs-core';
import type {CellProgram, Programs} from '../../shaders/programs.js';
import type {Kernels, LossAttributes, LossBackward, LossSources} from '../contract.js';
import {anglesOf, gradientOfFeatures, gradientOfKernel} from './angle.js';
import {batchOf} from './batch.js';
import {classIdsOf} from './labels.js';
import {lossesIn, recordsOfLoss} from './loss.js';
import {gradientOfKernelNorms, gradientOfSource} from './lossGradient.js';
import {columnsOverNorms, normsOf, unitColumnsGradient} from './norms.js';

type Backward = LossSources<TensorInfo> & LossBackward<TensorInfo>;

/** The kernels of a graphics processor. A loss leaves the records of its rows, and the norms that the plan needs. */
export function gpuKernels(programs: Programs): Kernels<TensorInfo> {
  /** Of no examples a graphics processor computes nothing, and what it did before would show. */
  const zeros = ({shape}: {readonly shape: number[]}): TensorInfo => {
    const [columns, rows = 1] = [...shape].reverse();
    return {...programs.cells(zero, [rows, columns!], {inputs: {}}), shape};
  };
  const isEmpty = ({logits}: LossSources<TensorInfo>) => logits.shape[0] === 0;
  const backward = ({upstream, memory, ...sources}: Backward, attributes: LossAttributes) =>
    batchOf(programs, sources, attributes, memory.slice(1), {upstream, state: memory[0]!});

  return {
    loss(inputs, attributes) {
      const {labels, features, kernel} = inputs;
      if (isEmpty(inputs)) return [zeros({shape: [0]})];
      const norms = [
        ...(features ? [normsOf(programs, features, 1)] : []),
        ...(kernel ? [normsOf(programs, kernel, 0)] : []),
      ];
      const ids = classIdsOf(programs, labels);
      const batch = batchOf(programs, inputs, attributes, norms, {classIds: ids.tensor});
      const angles = batch.plan.needs.sine ? anglesOf(batch, 'features', ids.program) : undefined;
      const state = recordsOfLoss(batch, ids, angles);
      if (angles) programs.dispose(angles);
      if (ids.isOwn) programs.dispose(ids.tensor);
      return [lossesIn(batch, state), state, ...norms];
    },

    lossGradient(inputs, attributes) {
      const {logits, products, kernel} = inputs;
      if (isEmpty(inputs)) {
        const ofNorms = kernel ? [{shape: kernel.shape.slice(1)}] : [];
        return [logits, ...(products ? [products] : []), ...ofNorms].map(zeros) as [TensorInfo];
      }
      const batch = backward(inputs, attributes);
      return [
        gradientOfSource(batch, 'logits'),
        ...(products ? [gradientOfSource(batch, 'products')] : []),
        ...(kernel ? [gradientOfKernelNorms(batch)] : []),
      ];
    },

    featuresGradient: (inputs, attributes) => [
      isEmpty(inputs) ? zeros(inputs.features!) : gradientOfFeatures(backward(inputs, attributes)),
    ],

    kernelGradient: ({dKernelNorms, ...inputs}, attributes) => [
      isEmpty(inputs) ? zeros(inputs.kernel!) : gradientOfKernel(backward(inputs, attributes), dKernelNorms),
    ],

    unitColumns({matrix}) {
      const norms = normsOf(programs, matrix, 0);
      return [columnsOverNorms(programs, {matrix, norms}), norms];
    },

    unitColumnsGradient: (inputs) => [unitColumnsGradient(programs, inputs)],
  };
}

const zero: CellProgram = {cell: {name: 'zero', body: 'return 0.0;'}};
