import type {TensorInfo} from '@tensorflow/tfjs-core';
import {labelFormOf} from '../../tensors/labels.js';
import type {Kernels, LossAttributes, LossSources} from '../contract.js';
import {anglesOf, columnsOverNorms, gradientOfFeatures, gradientOfKernel, type Vectors} from './angle.js';
import {CLASS_IDS, classIdsOf} from './labels.js';
import {type LossInputs, recordsOf, recordsOfLoss} from './loss.js';
import {type BackwardInputs, gradientOfKernelNorms, gradientOfSource} from './lossGradient.js';
import type {Programs} from './programs.js';
import {namedNumbers} from './streams.js';
import {unitColumnsGradient} from './unitColumns.js';

type Sources = LossSources<TensorInfo>;

/** The kernels of a graphics processor. A loss leaves the records of its rows, and the norms that the plan needs. */
export function gpuKernels(programs: Programs): Kernels<TensorInfo> {
  const zeros = (shape: readonly number[]) => {
    const [rows, columns] = shape.length === 2 ? (shape as [number, number]) : [1, shape[0]!];
    const cell = {name: 'zero', body: 'return 0.0;'};
    return {...programs.cells({inputs: {}, text: '', cell, shape: [rows, columns]}), shape: [...shape]};
  };

  return {
    loss(inputs, attributes) {
      const {logits, labels, features, kernel} = inputs;
      const [batch, classes] = logits.shape as [number, number];
      // Of nothing a graphics processor computes nothing.
      if (batch === 0) return [zeros([0])];
      const norms = [
        ...(features ? [programs.norms(features, 1)] : []),
        ...(kernel ? [programs.norms(kernel, 0)] : []),
      ];
      const {plan} = attributes;
      const given = givenTo(attributes, classes);
      const all = inputsOf(inputs, attributes, norms);
      const classIds = classIdsOf(programs, labels, classes);
      const ofIds = {inputs: {[CLASS_IDS]: classIds.tensor}, sizes: given.sizes, text: classIds.text};
      const angles = plan.needs.sine ? anglesOf(programs, all as Vectors, 'features', ofIds) : undefined;
      const state = recordsOfLoss(programs, plan, all, angles, classIds, given);
      if (angles) programs.dispose(angles);
      if (classIds.isOwn) programs.dispose(classIds.tensor);
      const losses = programs.vector({
        inputs: {state},
        text: programs.recordsText('state', recordsOf(plan)),
        length: batch,
        value: 'exampleOf(i).loss',
      });
      return [losses, state, ...norms];
    },

    lossGradient(inputs, attributes) {
      const {logits, products, kernel} = inputs;
      const [batch, classes] = logits.shape as [number, number];
      if (batch === 0) {
        return [zeros(logits.shape), ...(products ? [zeros(products.shape)] : []), ...(kernel ? [zeros([classes])] : [])];
      }
      const {plan} = attributes;
      const given = givenTo(attributes, classes);
      const all = backwardInputsOf(inputs, attributes);
      return [
        gradientOfSource(programs, plan, 'logits', all, given),
        ...(products ? [gradientOfSource(programs, plan, 'products', all, given)] : []),
        ...(kernel ? [gradientOfKernelNorms(programs, plan, all, given)] : []),
      ];
    },

    featuresGradient(inputs, attributes) {
      const {logits, features} = inputs;
      if (logits.shape[0] === 0) return [zeros(features!.shape)];
      return [gradientOfFeatures(programs, attributes.plan, backwardInputsOf(inputs, attributes))];
    },

    kernelGradient(inputs, attributes) {
      const {logits, kernel, dKernelNorms} = inputs;
      if (logits.shape[0] === 0) return [zeros(kernel!.shape)];
      const all = {...backwardInputsOf(inputs, attributes), dKernelNorms};
      return [gradientOfKernel(programs, attributes.plan, all)];
    },

    unitColumns({matrix}) {
      const norms = programs.norms(matrix, 0);
      return [columnsOverNorms(programs, matrix, norms), norms];
    },

    unitColumnsGradient: (inputs) => [unitColumnsGradient(programs, inputs)],
  };
}

function givenTo({numbers}: LossAttributes, classes: number) {
  return {numbers: namedNumbers(numbers), sizes: {CLASSES: classes}};
}

function inputsOf(inputs: Sources, {plan}: LossAttributes, norms: readonly TensorInfo[]): LossInputs {
  const {logits, labels, products, features, kernel} = inputs;
  return {
    logits,
    products,
    features,
    kernel,
    rows: plan.softLabels && labelFormOf(labels) === 'rows' ? labels : undefined,
    featureNorms: features && norms[0],
    kernelNorms: kernel && norms.at(-1),
  };
}

function backwardInputsOf(
  inputs: Sources & {readonly upstream: TensorInfo; readonly memory: readonly TensorInfo[]},
  attributes: LossAttributes,
): BackwardInputs {
  const {upstream, memory} = inputs;
  const [state, ...norms] = memory;
  return {...inputsOf(inputs, attributes, norms), upstream, state: state!};
}
