export * from './core/index.js';
export {MarginDense, type MarginDenseOptions, marginDense} from './head/marginDense.js';
export {toDense} from './head/toDense.js';
