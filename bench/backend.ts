/** Makes a backend available in Node; that of plain JavaScript always is. */
export async function startBackend(backend: string): Promise<void> {
  if (backend === 'wasm') await import('@tensorflow/tfjs-backend-wasm');
}
