import type {TensorInfo} from '@tensorflow/tfjs-core';
import type {Kernels} from '../contract.js';
import type {Programs} from './programs.js';

/** (g − (u·g)u)/‖v‖ for each column g of a gradient by the unit columns u = v/‖v‖. */
export function unitColumnsGradient(
  programs: Programs,
  {upstream, columns, norms}: Parameters<Kernels<TensorInfo>['unitColumnsGradient']>[0],
): TensorInfo {
  const shape = columns.shape as [number, number];
  const along = programs.columnSums({
    inputs: {upstream, columns},
    text: '',
    cell: {name: 'product', cells: ['upstream', 'columns'], body: 'return upstream * columns;'},
    shape,
  });
  const gradient = programs.cells({
    inputs: {upstream, columns, norms, along},
    text: '',
    cell: {
      name: 'across',
      cells: ['upstream', 'columns'],
      columns: ['norms', 'along'],
      body: 'return divided(upstream - along * columns, norms);',
    },
    shape,
  });
  programs.dispose(along);
  return gradient;
}
