import {Tensor, util} from '@tensorflow/tfjs-core';
import {describe} from '../checks/checks.js';
import type {LabelForm} from '../tensors/labels.js';

/**
 * The form of labels that may be anything, for logits of this shape.
 *
 * @throws TypeError or RangeError if they fit the logits in neither form.
 */
export function checkedLabelForm(owner: string, labels: Tensor, logitsShape: number[]): LabelForm {
  if (!(labels instanceof Tensor)) {
    throw new TypeError(
      `${owner}: labels must be a tensor, got ${describe(labels)}; wrap them in tf.tensor()`,
    );
  }
  const {shape, dtype} = labels;
  const [examples, classes] = [logitsShape.slice(0, -1), logitsShape.at(-1)!];
  const areRows = util.arraysEqual(shape, logitsShape);
  if (areRows && classes === 1) {
    throw new RangeError(
      `${owner}: logits [${logitsShape}] have a single class, with which there is nothing to learn; ` +
        'for two classes give the last layer 2 units, and the labels as class ids 0 and 1: labels.flatten()',
    );
  }
  if (!areRows && !util.arraysEqual(shape, examples) && !util.arraysEqual(shape, [...examples, 1])) {
    throw new RangeError(
      `${owner}: for logits [${logitsShape}] labels must be one-hot [${logitsShape}] ` +
        `or class ids [${examples}] or [${[...examples, 1]}], got [${shape}]`,
    );
  }
  if (dtype !== 'float32' && dtype !== 'int32') throw new TypeError(dtypeMessage(owner, labels, areRows));
  return areRows ? 'rows' : 'ids';
}

function dtypeMessage(owner: string, {shape, dtype}: Tensor, areRows: boolean): string {
  const form = areRows ? 'one-hot labels' : 'class ids';
  const remedy =
    dtype === 'string'
      ? "give the number of each name's class, such as tf.tensor1d(names.map((name) => classNames.indexOf(name)), 'int32')"
      : `convert them with ${areRows ? '.toFloat()' : '.toInt()'}`;
  return `${owner}: ${form} [${shape}] must be float32 or int32, got ${dtype}; ${remedy}`;
}
