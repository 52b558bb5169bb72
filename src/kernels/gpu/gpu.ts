import type {TensorInfo} from '@tensorflow/tfjs-core';
import {labelFormOf} from '../../tensors/labels.js';
import type {Kernels, LossAttributes, LossBackward, LossSources} from '../contract.js';
import {anglesOf, gradientOfFeatures, gradientOfKernel} from './angle.js';
import {classIdsOf} from './labels.js';
import {type LossInputs, recordsOf, recordsOfLoss} from './loss.js';
import {type BackwardInputs, gradientOfKernelNorms, gradientOfSource} from './lossGradient.js';
import {columnsOverNorms, normsOf, unitColumnsGradient} from './norms.js';
import {type CellProgram, once, type Programs, type VectorProgram} from './programs.js';
import {numbersOf} from './streams.js';

/** The kernels of a graphics processor. A loss leaves the records of its rows, and the norms that the plan needs. */
export function gpuKernels(programs: Programs): Kernels<TensorInfo> {
  const zeros = (tensor: {readonly shape: number[]}): TensorInfo => {
    const [columns, rows = 1] = [...tensor.shape].reverse();
    const program: CellProgram = {cell: {name: 'zero', body: 'return 0.0;'}, shape: [rows, columns!]};
    return {...programs.cells(program, {inputs: {}}), shape: tensor.shape};
  };

  return {
    loss(inputs, attributes) {
      const {logits, labels, features, kernel} = inputs;
      const {plan} = attributes;
      const [batch, classes] = logits.shape as [number, number];
      const numbers = numbersOf(plan, attributes.numbers, classes);
      // Of nothing a graphics processor computes nothing.
      if (batch === 0) return [zeros({shape: [0]})];
      const norms = [
        ...(features ? [normsOf(programs, features, 1)] : []),
        ...(kernel ? [normsOf(programs, kernel, 0)] : []),
      ];
      const all = inputsOf(inputs, attributes, norms);
      const classIds = classIdsOf(programs, labels, classes);
      const angles = plan.needs.sine ? anglesOf(programs, all, classIds) : undefined;
      const state = recordsOfLoss(programs, plan, all, angles, classIds, numbers);
      if (angles) programs.dispose(angles);
      if (classIds.isOwn) programs.dispose(classIds.tensor);
      const program = once(
        plan,
        `losses ${batch}`,
        (): VectorProgram => ({
          recordsIn: {state: recordsOf(plan)},
          count: batch,
          body: 'float value = exampleOf(row).loss;',
        }),
      );
      return [programs.vectors(program, {inputs: {state}}), state, ...norms];
    },

    lossGradient(inputs, attributes) {
      const {logits, products, kernel} = inputs;
      const {plan} = attributes;
      const [batch, classes] = logits.shape as [number, number];
      const numbers = numbersOf(plan, attributes.numbers, classes);
      if (batch === 0) {
        const results = [logits, ...(products ? [products] : []), ...(kernel ? [{shape: [classes]}] : [])];
        return results.map(zeros) as [TensorInfo];
      }
      const all = backwardInputsOf(inputs, attributes);
      return [
        gradientOfSource(programs, plan, 'logits', all, numbers),
        ...(products ? [gradientOfSource(programs, plan, 'products', all, numbers)] : []),
        ...(kernel ? [gradientOfKernelNorms(programs, plan, all, numbers)] : []),
      ];
    },

    featuresGradient(inputs, attributes) {
      if (inputs.logits.shape[0] === 0) return [zeros(inputs.features!)];
      return [gradientOfFeatures(programs, attributes.plan, backwardInputsOf(inputs, attributes))];
    },

    kernelGradient(inputs, attributes) {
      if (inputs.logits.shape[0] === 0) return [zeros(inputs.kernel!)];
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

function inputsOf(
  {logits, labels, products, features, kernel}: LossSources<TensorInfo>,
  {plan}: LossAttributes,
  norms: readonly TensorInfo[],
): LossInputs {
  return {
    logits,
    products,
    features,
    kernel,
    labels: plan.softLabels && labelFormOf(labels) === 'rows' ? labels : undefined,
    featureNorms: features && norms[0],
    kernelNorms: kernel && norms.at(-1),
  };
}

function backwardInputsOf(
  inputs: LossSources<TensorInfo> & LossBackward<TensorInfo>,
  attributes: LossAttributes,
): BackwardInputs {
  const {upstream, memory} = inputs;
  const [state, ...norms] = memory;
  return {...inputsOf(inputs, attributes, norms), upstream, state: state!};
}
