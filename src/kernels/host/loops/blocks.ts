/** So many numbers of a matrix stay in a fast cache while one loop after the other goes over them. */
const BLOCK_SIZE = 4096;

/**
 * Calls `visit` for one block of rows after the other. What is done to a matrix is done to a block at a time: few rows enough
 * to stay in the cache, and many enough that a call of a loop costs nothing beside its work.
 */
export function forBlocks(batch: number, classes: number, visit: (first: number, end: number) => void): void {
  const size = Math.max(1, Math.floor(BLOCK_SIZE / classes));
  for (let first = 0; first < batch; first += size) visit(first, Math.min(first + size, batch));
}
