import type {TensorInfo} from '@tensorflow/tfjs-core';
import {labelFormOf} from '../labels.js';
import type {Kernels, LossKernelInputs} from './contract.js';
import {type SortedTerms, sortTerms} from './sortTerms.js';

/** What the programs of a loss read, forward and back. */
export interface GpuInputs {
  /** s_j, [batch, classes]. */
  readonly scores: TensorInfo;
  /** W_j·x, [batch, classes]. */
  readonly products: TensorInfo;
  /** [batch]. */
  readonly classIds: TensorInfo;
  /** Labels that may be distributions, [batch, classes]. */
  readonly rows?: TensorInfo | undefined;
  /** ‖x‖, [batch], and ‖W_j‖, [classes]; if a term has a margin. */
  readonly featureNorms?: TensorInfo | undefined;
  readonly kernelNorms?: TensorInfo | undefined;
}

/** And back: what arrives for each loss, [batch], and the state, which is as `gpuState.ts` has it. */
export interface GpuBackwardInputs extends GpuInputs {
  readonly upstream: TensorInfo;
  readonly state: TensorInfo;
}

/** Where x·W is, if not among the scores. */
export interface ProductSources {
  readonly features: TensorInfo;
  readonly kernel: TensorInfo;
}

/** The programs that a graphics processor runs, each with one tensor as its result, on a backend B. */
export interface GpuPrograms<B> {
  /** Labels as rows [batch, classes] → the id of the class where a row is one-hot, else −1; int32. */
  classIds(backend: B, rows: TensorInfo): TensorInfo;
  /** The norms of the columns (axis 0) or rows (axis 1) of a matrix. */
  norms(backend: B, matrix: TensorInfo, axis: 0 | 1): TensorInfo;
  /** The columns over their norms, times a factor each if these are given; 0 where a norm is 0. */
  columnsOverNorms(backend: B, matrix: TensorInfo, norms: TensorInfo, factors?: TensorInfo): TensorInfo;
  /** (g − (u·g)u)/‖v‖ for each column g of a gradient by the unit columns u = v/‖v‖. */
  unitColumnsGradient(backend: B, upstream: TensorInfo, columns: TensorInfo, norms: TensorInfo): TensorInfo;
  /** Losses and what the gradient needs of each row. W_y·x is computed anew from `sources`, if these are given. */
  state(backend: B, inputs: GpuInputs, terms: SortedTerms, sources?: ProductSources): TensorInfo;
  /** The losses, which are in the state. */
  losses(backend: B, state: TensorInfo): TensorInfo;
  /** The gradient by the scores, and by the products too if these are the same. */
  byScores(backend: B, inputs: GpuBackwardInputs, terms: SortedTerms): TensorInfo;
  byProducts(backend: B, inputs: GpuBackwardInputs): TensorInfo;
  byKernelNorms(backend: B, inputs: GpuBackwardInputs, terms: SortedTerms): TensorInfo;
  /** So far as it is not that by the scores. */
  byBias(backend: B, inputs: GpuBackwardInputs): TensorInfo;
  byFeatures(
    backend: B,
    features: TensorInfo,
    featureNorms: TensorInfo,
    upstream: TensorInfo,
    state: TensorInfo,
  ): TensorInfo;
}

/** The kernels of a graphics processor. */
export function gpuKernels<B>(backend: B, programs: GpuPrograms<B>): Kernels<TensorInfo> {
  return {
    loss(inputs, {terms}) {
      const {labels, features, kernel, bias, products} = inputs;
      const sorted = sortTerms(terms);
      const classIds = hasRows(inputs) ? [programs.classIds(backend, labels)] : [];
      const norms =
        features && kernel ? [programs.norms(backend, features, 1), programs.norms(backend, kernel, 0)] : [];
      const memory = [...classIds, ...norms];
      // Taken out of the score, W_y·x would lose its digits to a large bias.
      const sources = features && kernel && bias && !products ? {features, kernel} : undefined;
      const state = programs.state(backend, inputsOf(inputs, sorted, memory), sorted, sources);
      return [programs.losses(backend, state), state, ...memory];
    },

    lossGradient({upstream, memory: [state, ...memory], ...inputs}, {terms}) {
      const sorted = sortTerms(terms);
      const given = {...inputsOf(inputs, sorted, memory), upstream, state: state!};
      const {kernel, bias, products} = inputs;
      return [
        programs.byScores(backend, given, sorted),
        ...(kernel ? [programs.byKernelNorms(backend, given, sorted)] : []),
        ...(bias ? [programs.byBias(backend, given)] : []),
        ...(products ? [programs.byProducts(backend, given)] : []),
      ] as [TensorInfo];
    },

    featuresGradient({features, upstream, memory}) {
      const [state, featureNorms] = [memory[0]!, memory.at(-2)!];
      return [programs.byFeatures(backend, features, featureNorms, upstream, state)];
    },

    kernelGradient: ({kernel, byKernelNorms, memory}) => [
      programs.columnsOverNorms(backend, kernel, memory.at(-1)!, byKernelNorms),
    ],

    unitColumns({matrix}) {
      const norms = programs.norms(backend, matrix, 0);
      return [programs.columnsOverNorms(backend, matrix, norms), norms];
    },

    unitColumnsGradient: ({upstream, columns, norms}) => [
      programs.unitColumnsGradient(backend, upstream, columns, norms),
    ],
  };
}

function hasRows({labels, scores}: LossKernelInputs<TensorInfo>): boolean {
  return labelFormOf(labels, scores.shape[1]!) === 'rows';
}

/** `memory` is what `loss` made for itself: class ids of rows, and two vectors of norms if there is a margin. */
function inputsOf(
  inputs: LossKernelInputs<TensorInfo>,
  {takeSoftLabels}: SortedTerms,
  memory: readonly TensorInfo[],
): GpuInputs {
  const {scores, labels, products = scores, kernel} = inputs;
  const areRows = hasRows(inputs);
  return {
    scores,
    products,
    classIds: areRows ? memory[0]! : {...labels, shape: [labels.shape[0]!]},
    ...(areRows && takeSoftLabels && {rows: labels}),
    ...(kernel && {featureNorms: memory.at(-2)!, kernelNorms: memory.at(-1)!}),
  };
}
