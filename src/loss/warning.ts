import type {Geometry} from '../head/geometry.js';

let hasWarned = false;

/** Warns, once a process, of a model that ranks by lengths which none of its losses train. */
export function warnIfLengthsStay(owner: string, {normalized, areLengthsTrained}: Geometry): void {
  if (hasWarned || normalized || areLengthsTrained) return;
  hasWarned = true;
  console.warn(
    `tfjs-losses: ${owner} alone trains the directions of the weights and leaves their lengths as they are, but the ` +
      "model's predictions depend on both; use marginDense({units: …, normalizeKernel: true}), " +
      `or combine ${owner} with a loss that trains lengths, such as softmax.`,
  );
}
