/** Room for numbers that nobody needs once a kernel is done. */
export interface Scratch {
  readonly batch: number;
  readonly classes: number;
  /** S of every row, Σ e^{s_j − M}, of the scores and of W_j·x over ‖W_j‖. */
  readonly sums: Float64Array;
  readonly scaledSums: Float64Array;
  /** W_y·x and cos θ_y; the latter is 0 where x or W_y is 0 and there is no angle. */
  readonly trueProducts: Float64Array;
  readonly cosines: Float64Array;
  /** Of one term: f_y − M, the gradients of f_y by W_y·x and by its length, and that of the loss by f_y. */
  readonly gaps: Float64Array;
  readonly byProduct: Float64Array;
  readonly byLength: Float64Array;
  readonly byTarget: Float64Array;
  /** 1/‖W_j‖, and the sums down the columns of gradient times quotient. */
  readonly inverseNorms: Float64Array;
  readonly alongColumns: Float64Array;
}

let last: Scratch | undefined;

/**
 * The same room as the last time if it has the right size: to allocate it anew would be most of a small batch's garbage. It stays
 * when the kernel is done, some numbers an example and a class. Two kernels never use it at once: none calls another.
 */
export function scratchFor(batch: number, classes: number): Scratch {
  if (last?.batch !== batch || last.classes !== classes) last = newScratch(batch, classes);
  return last;
}

function newScratch(batch: number, classes: number): Scratch {
  return {
    batch,
    classes,
    sums: new Float64Array(batch),
    scaledSums: new Float64Array(batch),
    trueProducts: new Float64Array(batch),
    cosines: new Float64Array(batch),
    gaps: new Float64Array(batch),
    byProduct: new Float64Array(batch),
    byLength: new Float64Array(batch),
    byTarget: new Float64Array(batch),
    inverseNorms: new Float64Array(classes),
    alongColumns: new Float64Array(classes),
  };
}
