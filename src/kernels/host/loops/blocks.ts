/** So many numbers of a matrix stay in a fast cache while one loop after the other goes over them. */
const BLOCK_SIZE = 4096;

/** Some rows, from the first to the end. */
export interface Block {
  readonly first: number;
  readonly end: number;
}

/**
 * Calls `visit` for one block of rows after the other. What is done to a matrix is done to a block at a time: few enough rows to
 * stay in the cache, and enough that the call of a loop costs nothing beside its work.
 */
export function forBlocks(batch: number, classes: number, visit: (block: Block) => void): void {
  const size = Math.max(1, Math.floor(BLOCK_SIZE / classes));
  for (let first = 0; first < batch; first += size) visit({first, end: Math.min(first + size, batch)});
}
