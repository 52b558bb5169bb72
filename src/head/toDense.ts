import {type Tensor, type Tensor2D, tidy} from '@tensorflow/tfjs-core';
import {layers} from '@tensorflow/tfjs-layers';
import {describe} from '../checks/checks.js';
import {MarginDense} from './marginDense.js';
import {unitColumns} from './unitColumns.js';

/**
 * A plain `tf.layers.dense` with the weights of a {@link MarginDense} and the same logits, for a model that only predicts: saved with
 * it, the model loads without this package. With `normalizeKernel` its kernel is the normalized one. The weights are a copy.
 *
 * @param layer - The last layer of a model, built.
 * @returns The dense layer, built, of the same name.
 * @throws TypeError if `layer` is not a MarginDense; RangeError if it has no weights yet.
 *
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs';
 * import {type MarginDense, marginDense, toDense} from 'tfjs-losses';
 *
 * const model = tf.sequential({layers: [marginDense({units: 3, inputShape: [8]})]});
 * // … train it …
 * const head = model.layers.at(-1) as MarginDense;
 * const logits = toDense(head).apply(head.input) as tf.SymbolicTensor;
 * const served = tf.model({inputs: model.inputs, outputs: logits});
 * served.layers.at(-1)!.getClassName(); // 'Dense'
 * ```
 */
export function toDense(layer: MarginDense): layers.Layer {
  if (!(layer instanceof MarginDense)) {
    throw new TypeError(
      `toDense: it takes the marginDense layer of a model, such as model.layers.at(-1), got ${describe(layer)}`,
    );
  }
  if (!layer.built) {
    throw new RangeError(
      'toDense: the layer has no weights yet; give the first layer of the model an inputShape such as [8]',
    );
  }
  const {units, useBias, normalizeKernel} = layer.getConfig() as {
    readonly units: number;
    readonly useBias: boolean;
    readonly normalizeKernel: boolean;
  };
  const [kernel, ...bias] = layer.getWeights() as [Tensor2D, ...Tensor[]];
  const dense = layers.dense({name: layer.name, units, useBias});
  dense.build([null, kernel.shape[0]]);
  tidy(() => dense.setWeights([normalizeKernel ? unitColumns(kernel) : kernel, ...bias]));
  return dense;
}
