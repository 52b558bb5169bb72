import type {TensorInfo} from '@tensorflow/tfjs-core';
import {cellText, type Program, type Programs, type VectorProgram} from '../../shaders/programs.js';
import {INVALID, labelFormOf, UNLABELLED} from '../../tensors/labels.js';

/** Class ids as the input `classIds`, and a program that reads them by `classIdOf(row)`: the id of a class, or a code. */
export interface ClassIds {
  readonly kind: keyof typeof PROGRAMS;
  readonly program: Program;
  readonly tensor: TensorInfo;
  /** Whether the tensor is to be disposed of. */
  readonly isOwn: boolean;
}

/** Of labels that are ids, or rows [batch, classes]. */
export function classIdsOf(programs: Programs, labels: TensorInfo): ClassIds {
  const isRows = labelFormOf(labels) === 'rows';
  const tensor = isRows
    ? programs.vectors(oneHot, labels.shape as [number, number], {inputs: {labels}})
    : programs.exactIntegers(labels);
  const kind = isRows ? 'rows' : tensor === labels ? 'ids' : 'digits';
  return {kind, program: PROGRAMS[kind], tensor, isOwn: tensor !== labels};
}

const checked = (id: string): Program => ({
  text: `
float classIdOf(int row) {
  float id = ${id};
  if (id >= -1.0 && id < float(CLASSES) && id == floor(id)) { return id; }
  return ${INVALID}.0;
}
`,
});

const LABEL = {label: ['classId']};

/** Numbers of half precision hold integers up to 2,048 only, so that larger ids are in two digits: 1024·high + low. */
const PROGRAMS = {
  ids: checked('getClassIds(row)'),
  digits: checked('1024.0 * getClassIds(row, 0) + getClassIds(row, 1)'),
  rows: {
    recordsIn: {classIds: LABEL},
    text: `
float classIdOf(int row) {
  return labelOf(row).classId;
}
`,
  },
};

const entries = {name: 'label', cells: ['labels'], body: 'return labels;'};

/** The place of the 1 in a one-hot row; a code if the row is none. */
const oneHot: VectorProgram = {
  text: cellText(entries),
  records: LABEL,
  sums: {
    axis: 1,
    quantities: [
      {
        name: 'id',
        entries,
        none: `${UNLABELLED}.0`,
        step: `if (f == 0.0) { return value; }
  if (f == 1.0 && value == ${UNLABELLED}.0) { return float(i); }
  return ${INVALID}.0;`,
        merge: `if (part.id == ${UNLABELLED}.0) { return whole.id; }
  if (whole.id == ${UNLABELLED}.0) { return part.id; }
  return ${INVALID}.0;`,
      },
    ],
    areExact: true,
  },
  body: 'float classId = whole.id;',
};
