import {Tensor, util} from '@tensorflow/tfjs-core';
import {describe, tensorRemedy} from '../checks/checks.js';
import type {LabelForm} from '../tensors/labels.js';

/**
 * The form of labels that may be anything, for logits of this shape.
 *
 * @throws TypeError or RangeError if they fit the logits in neither form.
 */
export function checkedLabelForm(owner: string, labels: Tensor, logitsShape: number[]): LabelForm {
  if (!(labels instanceof Tensor)) {
    throw new TypeError(`${owner}: labels must be a tensor, got ${describe(labels)}${tensorRemedy(labels)}`);
  }
  const {shape, dtype} = labels;
  const [examples, classes] = [logitsShape.slice(0, -1), logitsShape.at(-1)!];
  const areRows = util.arraysEqual(shape, logitsShape);
  if (!areRows && !util.arraysEqual(shape, examples) && !util.arraysEqual(shape, [...examples, 1])) {
    throw new RangeError(
      `${owner}: for logits [${logitsShape}] labels must be one-hot [${logitsShape}] ` +
        `or class ids [${examples}] or [${[...examples, 1]}], got [${shape}]`,
    );
  }
  const isSingle = areRows && classes === 1;
  if (isSingle && dtype !== 'string') {
    throw new RangeError(
      `${owner}: logits [${logitsShape}] have a single class, with which there is nothing to learn; ` +
        'for two classes give the last layer 2 units, and make labels of 0 and 1 one-hot with ' +
        "tf.oneHot(tf.squeeze(tf.cast(labels, 'int32'), [-1]), 2)",
    );
  }
  if (dtype !== 'float32' && dtype !== 'int32') {
    throw new TypeError(dtypeMessage(owner, labels, areRows && !isSingle));
  }
  return areRows ? 'rows' : 'ids';
}

function dtypeMessage(owner: string, {shape, dtype}: Tensor, areRows: boolean): string {
  const form = areRows ? 'one-hot labels' : 'class ids';
  const convert = `convert them with tf.cast(labels, '${areRows ? 'float32' : 'int32'}')`;
  const ofStrings = areRows
    ? `give numbers, such as tf.tensor(Array.from(labels.dataSync(), Number), [${shape}])`
    : "give the number of each name's class, such as " +
      `tf.tensor(Array.from(labels.dataSync(), (name) => classNames.indexOf(name)), [${shape}], 'int32')` +
      '; a name that is none of classNames becomes −1, which is no label';
  return (
    `${owner}: ${form} [${shape}] must be float32 or int32, got ${dtype}; ` +
    (dtype === 'string' ? ofStrings : convert)
  );
}
