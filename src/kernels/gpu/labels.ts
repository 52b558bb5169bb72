import type {TensorInfo} from '@tensorflow/tfjs-core';
import {INVALID, labelFormOf, UNLABELLED} from '../../tensors/labels.js';
import {floatLiteral} from '../../formula/shaderText.js';
import {cellAtText, cellText, type Programs, type Quantity} from './programs.js';

/** Class ids as a program reads them. */
export interface ClassIds {
  readonly tensor: TensorInfo;
  /** `float classIdOf(int row)`, the id of a class or one of the codes of `tensors/labels.ts`. */
  readonly text: string;
  /** Whether the tensor is to be disposed of. */
  readonly isOwn: boolean;
}

/** The input that a program has to give to read them. */
export const CLASS_IDS = 'classIds';

/** Of labels that are ids, or rows [batch, classes]. */
export function classIdsOf(programs: Programs, labels: TensorInfo, classes: number): ClassIds {
  if (labelFormOf(labels) === 'ids') {
    const tensor = programs.readableIds(labels);
    return {tensor, text: tensor.shape.length === 1 ? idsText : digitsText, isOwn: tensor !== labels};
  }
  const tensor = programs.rows({
    inputs: {labels},
    text: `${cellText(entries)}${cellAtText(entries)}`,
    batch: labels.shape[0]!,
    records: LABEL,
    sums: {quantities: oneHotQuantities, length: classes, omitted: '-1.0'},
    body: `float classId = whole.low;
  if (whole.low >= 0.0) { classId = 1024.0 * whole.high + whole.low; }`,
  });
  return {
    tensor,
    text: `${programs.recordsText(CLASS_IDS, LABEL)}
float classIdOf(int row) {
  Label label = labelOf(row);
  return label.classId;
}
`,
    isOwn: true,
  };
}

const LABEL = {label: ['classId']};

const checkedText = (id: string) => `
float classIdOf(int row) {
  float id = ${id};
  if (id >= -1.0 && id < float(CLASSES) && id == floor(id)) { return id; }
  return ${floatLiteral(INVALID)};
}
`;

const idsText = checkedText('getClassIds(row)');

/** Numbers of half precision hold integers up to 2,048 only, so that larger ids are in two: 1024·high + low. */
const digitsText = checkedText('1024.0 * getClassIds(row, 0) + getClassIds(row, 1)');

const entries = {name: 'labels0', cells: ['labels'], body: 'return labels;'};
const [unlabelled, invalid] = [floatLiteral(UNLABELLED), floatLiteral(INVALID)];

/** The place of the 1 in a one-hot row, in two digits; the lower one is a code if the row is none. */
const oneHotQuantities: readonly Quantity[] = [
  {
    name: 'low',
    entries,
    none: unlabelled,
    step: `if (f == 0.0) { return value; }
  if (f == 1.0 && value == ${unlabelled}) { return float(j) - 1024.0 * floor(float(j) / 1024.0); }
  return ${invalid};`,
    merge: `if (part.low == ${unlabelled}) { return whole.low; }
  if (whole.low == ${unlabelled}) { return part.low; }
  return ${invalid};`,
  },
  {
    name: 'high',
    entries,
    none: '0.0',
    step: `if (f == 1.0) { return value + floor(float(j) / 1024.0); }
  return value;`,
    merge: 'return whole.high + part.high;',
  },
];
