import type {TensorInfo} from '@tensorflow/tfjs-core';
import {labelFormOf} from '../../tensors/labels.js';
import type {Kernels, LossAttributes, LossBackward, LossSources} from '../contract.js';
import {anglesOf, gradientOfFeatures, gradientOfKernel} from './angle.js';
import {classIdsOf} from './labels.js';
import {type LossInputs, lossesIn, recordsOfLoss} from './loss.js';
import {type BackwardInputs, gradientOfKernelNorms, gradientOfSource} from './lossGradient.js';
import {columnsOverNorms, normsOf, unitColumnsGradient} from './norms.js';
import type {CellProgram, Programs} from './programs.js';

/** The kernels of a graphics processor. A loss leaves the records of its rows, and the norms that the plan needs. */
export function gpuKernels(programs: Programs): Kernels<TensorInfo> {
  /** Of no examples a graphics processor computes nothing, and what it did before would show. */
  const zeros = ({shape}: {readonly shape: number[]}): TensorInfo => {
    const [columns, rows = 1] = [...shape].reverse();
    return {...programs.cells(zero, [rows, columns!], {inputs: {}}), shape};
  };
  const isEmpty = ({logits}: LossSources<TensorInfo>) => logits.shape[0] === 0;

  return {
    loss(inputs, attributes) {
      const {labels, features, kernel} = inputs;
      if (isEmpty(inputs)) return [zeros({shape: [0]})];
      const norms = [
        ...(features ? [normsOf(programs, features, 1)] : []),
        ...(kernel ? [normsOf(programs, kernel, 0)] : []),
      ];
      const classIds = classIdsOf(programs, labels);
      const all = {...inputsOf(inputs, attributes, norms), classIds: classIds.tensor};
      const hasSine = attributes.plan.needs.sine;
      const angles = hasSine ? anglesOf(programs, 'features', classIds.program, all) : undefined;
      const state = recordsOfLoss(programs, attributes, {...all, angles}, classIds);
      if (angles) programs.dispose(angles);
      if (classIds.isOwn) programs.dispose(classIds.tensor);
      return [lossesIn(programs, attributes.plan, state, labels.shape[0]!), state, ...norms];
    },

    lossGradient(inputs, attributes) {
      const {logits, products, kernel} = inputs;
      if (isEmpty(inputs)) {
        const ofNorms = kernel ? [{shape: kernel.shape.slice(1)}] : [];
        return [logits, ...(products ? [products] : []), ...ofNorms].map(zeros) as [TensorInfo];
      }
      const all = backwardInputsOf(inputs, attributes);
      return [
        gradientOfSource(programs, attributes, 'logits', all),
        ...(products ? [gradientOfSource(programs, attributes, 'products', all)] : []),
        ...(kernel ? [gradientOfKernelNorms(programs, attributes, all)] : []),
      ];
    },

    featuresGradient(inputs, attributes) {
      if (isEmpty(inputs)) return [zeros(inputs.features!)];
      return [gradientOfFeatures(programs, attributes.plan, backwardInputsOf(inputs, attributes))];
    },

    kernelGradient(inputs, attributes) {
      if (isEmpty(inputs)) return [zeros(inputs.kernel!)];
      const all = {...backwardInputsOf(inputs, attributes), dKernelNorms: inputs.dKernelNorms};
      return [gradientOfKernel(programs, attributes.plan, all)];
    },

    unitColumns({matrix}) {
      const norms = normsOf(programs, matrix, 0);
      return [columnsOverNorms(programs, matrix, norms), norms];
    },

    unitColumnsGradient: (inputs) => [unitColumnsGradient(programs, inputs)],
  };
}

const zero: CellProgram = {cell: {name: 'zero', body: 'return 0.0;'}};

function inputsOf(
  {logits, labels, products, features, kernel}: LossSources<TensorInfo>,
  {plan}: LossAttributes,
  norms: readonly TensorInfo[],
): LossInputs {
  const isSoft = plan.softLabels && labelFormOf(labels) === 'rows';
  const [featureNorms, kernelNorms] = [features && norms[0], kernel && norms.at(-1)];
  return {logits, products, features, kernel, labels: isSoft ? labels : undefined, featureNorms, kernelNorms};
}

function backwardInputsOf(
  inputs: LossSources<TensorInfo> & LossBackward<TensorInfo>,
  attributes: LossAttributes,
): BackwardInputs {
  const {upstream, memory} = inputs;
  const [state, ...norms] = memory;
  return {...inputsOf(inputs, attributes, norms), upstream, state: state!};
}
