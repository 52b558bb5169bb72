import {fileURLToPath} from 'node:url';
import {defineConfig} from 'vitest/config';

/** Tests without tensors, or of docs and package, which choose their own backend: once is enough. */
const backendFree = ['test/reference.test.ts', 'test/coreOnly.test.ts', 'test/docs/**', 'test/package/**'];

/** One project a backend, so that one suite holds every backend to the same numbers. */
function backendProject(backend: string, include: string[], exclude: string[] = []) {
  return {
    extends: true as const,
    test: {name: backend, include, exclude, provide: {backend}, setupFiles: ['test/support/setup.ts']},
  };
}

export default defineConfig({
  resolve: {
    // The examples name the package as a user would; the tests run them against the source.
    alias: {'tfjs-losses': fileURLToPath(new URL('src/index.ts', import.meta.url))},
  },
  test: {
    testTimeout: 60_000,
    // The advice to install tfjs-node, which every test file would print again.
    onConsoleLog: (log) => !log.includes('running TensorFlow.js in Node.js'),
    coverage: {include: ['src/**/*.ts'], thresholds: {lines: 99, branches: 97, functions: 99}},
    projects: [
      backendProject('cpu', ['test/**/*.test.ts', 'examples/**/*.test.ts']),
      backendProject('wasm', ['test/**/*.test.ts'], backendFree),
      backendProject('ops', ['test/**/*.test.ts'], [...backendFree, 'test/errors/**', 'test/kernels/**']),
    ],
  },
});
