import type {TensorInfo} from '@tensorflow/tfjs-core';
import {INVALID, labelFormOf, UNLABELLED} from '../../tensors/labels.js';
import {cellText, once, type Program, type Programs, type Quantity, type VectorProgram} from './programs.js';

/** Class ids as a program reads them: the input `classIds`, and in the text `classIdOf(row)`, the id of a class or a code. */
export interface ClassIds {
  readonly tensor: TensorInfo;
  /** Whether the tensor is to be disposed of. */
  readonly isOwn: boolean;
  readonly kind: string;
  readonly program: Program;
}

/** Of labels that are ids, or rows [batch, classes]. */
export function classIdsOf(programs: Programs, labels: TensorInfo, classes: number): ClassIds {
  if (labelFormOf(labels) === 'ids') {
    const tensor = programs.readableIds(labels);
    const kind = tensor.shape.length === 1 ? 'ids' : 'digits';
    return {tensor, isOwn: tensor !== labels, kind, program: {text: textOf[kind]}};
  }
  const [batch] = labels.shape as [number];
  const program = once(
    oneHot,
    `${labels.shape}`,
    (): VectorProgram => ({
      text: cellText(oneHot),
      count: batch,
      records: LABEL,
      sums: {quantities: classes > LARGEST_INTEGER ? digits : [id], axis: 1, length: classes},
      body: `float classId = whole.id;
  ${classes > LARGEST_INTEGER ? 'if (classId >= 0.0) { classId += 1024.0 * whole.high; }' : ''}`,
    }),
  );
  return {
    tensor: programs.vectors(program, {inputs: {labels}}),
    isOwn: true,
    kind: 'rows',
    program: {recordsIn: {classIds: LABEL}, text: textOf.rows},
  };
}

const LABEL = {label: ['classId']};

/** Numbers of half precision hold integers up to this one only, so that larger ids are in two digits: 1024·high + low. */
const LARGEST_INTEGER = 2048;

const textOf = {
  ids: checkedText('getClassIds(row)'),
  digits: checkedText('1024.0 * getClassIds(row, 0) + getClassIds(row, 1)'),
  rows: `
float classIdOf(int row) {
  Label label = labelOf(row);
  return label.classId;
}
`,
};

function checkedText(id: string): string {
  return `
float classIdOf(int row) {
  float id = ${id};
  if (id >= -1.0 && id < float(CLASSES) && id == floor(id)) { return id; }
  return ${INVALID}.0;
}
`;
}

const oneHot = {name: 'label', cells: ['labels'], body: 'return labels;'};

/** The place of the 1 in a one-hot row; a code if the row is none. */
const id: Quantity = {
  name: 'id',
  entries: oneHot,
  none: `${UNLABELLED}.0`,
  step: `if (f == 0.0) { return value; }
  if (f == 1.0 && value == ${UNLABELLED}.0) { return float(i); }
  return ${INVALID}.0;`,
  merge: `if (part.id == ${UNLABELLED}.0) { return whole.id; }
  if (whole.id == ${UNLABELLED}.0) { return part.id; }
  return ${INVALID}.0;`,
};

const digits: readonly Quantity[] = [
  {...id, step: id.step.replace('float(i)', 'float(i) - 1024.0 * floor(float(i) / 1024.0)')},
  {
    name: 'high',
    entries: oneHot,
    none: '0.0',
    step: `if (f == 1.0) { return value + floor(float(i) / 1024.0); }
  return value;`,
    merge: 'return whole.high + part.high;',
  },
];
