/** The largest float32. */
export const LARGEST = 3.4028234663852886e38;

/** The maximum of no logits: in place of −∞, so that differences are finite. */
export const LOWEST = -LARGEST;

/** The smallest normal float32. The reciprocals of smaller numbers overflow, and graphics processors take them for 0. */
export const SMALLEST_NORMAL = 2 ** -126;
