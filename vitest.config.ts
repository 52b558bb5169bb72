import {playwright} from '@vitest/browser-playwright';
import {defineConfig, type TestProjectInlineConfiguration} from 'vitest/config';
import {chromiumLaunch} from './scripts/chromium.js';
import {sourceAlias} from './scripts/sourceAlias.js';
import {vulkanEnvironment} from './scripts/vulkan.js';

type TestOptions = NonNullable<TestProjectInlineConfiguration['test']>;

/** Tests without tensors, or of docs and package, which choose their own backend: once is enough. */
const backendFree = [
  'test/architecture.test.ts',
  'test/reference.test.ts',
  'test/formula/{exponential,trace}.test.ts',
  'test/coreOnly.test.ts',
  'test/metrics/**',
  'test/docs/**',
  'test/package/**',
];

/**
 * A browser keeps the modules it has loaded, so that there a test cannot load the library afresh. And formulas on columns and
 * tensors are for backends without programs: the sines of tfjs's ops have four or five digits on graphics processors.
 */
const nodeOnly = [
  'test/{twoCopies,warning}.test.ts',
  'test/layers/twoLayersCopies.test.ts',
  'test/formula/**',
];

/** Compositions of ops take several times as long as kernels: fewer cases, and the same properties. */
const casesOnOps = 25;

/** A graphics processor in software takes its time: fewer cases there, and the same properties. */
const casesOnGpu = 3;

/** It also takes its time to go through 100,000 classes, above all on a busy machine. */
const timeoutOnGpu = 300_000;

/**
 * What is worth running once more where WebGPU comes from another place than the browser. The kernels are the same there, so that
 * each for itself against the ops is left to the browser.
 */
const throughLosses =
  'test/{amsoftmax,arcface,asoftmax,combined,combinedMargin,focal,generalizedCrossEntropy,hinge,lsoftmax,magface,newLoss,normalizedCrossEntropy,normalizedSoftmax,numericalContract,poly,reverseCrossEntropy,sharedWork,softmax}.test.ts';

const chromium = chromiumLaunch();
const vulkan = vulkanEnvironment();

/** One project a backend, so that one suite holds every backend to the same numbers. */
function backendProject(backend: string, options: TestOptions, cases = 100): TestProjectInlineConfiguration {
  const {PROPERTY_SEED: seed = 20240, PROPERTY_RUNS: numRuns = cases} = process.env;
  return {
    extends: true,
    test: {
      name: backend,
      include: ['test/**/*.test.ts'],
      exclude: backendFree,
      setupFiles: ['test/support/setup.ts'],
      maxWorkers: '100%', // of the cores; by default it is one less
      provide: {backend, properties: {seed: Number(seed), numRuns: Number(numRuns)}},
      ...options,
    },
  };
}

/** Stands in for a project that this machine cannot run: one skipped test that says so. */
function skippedProject(name: string, missing: string): TestProjectInlineConfiguration {
  const reason = `${name} is not tested here: there is no ${missing}`;
  return {extends: true, test: {name, include: ['test/support/skipped.ts'], provide: {reason}}};
}

function browserProject(backend: string): TestProjectInlineConfiguration {
  if (!chromium) return skippedProject(backend, 'Chromium; install one, or name it with CHROMIUM_PATH');
  return backendProject(
    backend,
    {
      name: `${backend} in Chromium`,
      exclude: [...backendFree, ...nodeOnly],
      testTimeout: timeoutOnGpu,
      maxWorkers: 1, // a page each: they share one renderer
      browser: {
        enabled: true,
        headless: true,
        screenshotFailures: false,
        connectTimeout: 300_000, // a page may take its time to open on a busy machine
        provider: playwright({launchOptions: chromium}),
        instances: [{browser: 'chromium', name: backend}],
      },
    },
    casesOnGpu,
  );
}

function webgpuInNode(): TestProjectInlineConfiguration {
  const name = 'webgpu-node';
  const remedy = "install Debian's chromium, or name one with VK_DRIVER_FILES";
  if (!vulkan) return skippedProject(name, `Vulkan driver; ${remedy}`);
  const setupFiles = ['test/support/webgpuInNode.ts', 'test/support/setup.ts'];
  return backendProject(
    'webgpu',
    {
      name,
      testTimeout: timeoutOnGpu,
      include: [throughLosses, 'test/kernels/{memory,registration}.test.ts'],
      setupFiles,
      env: vulkan,
    },
    casesOnGpu,
  );
}

export default defineConfig({
  resolve: {alias: sourceAlias},
  // Found one by one in the midst of a run, these would make the browser load its page again.
  optimizeDeps: {
    include: [
      '@tensorflow/tfjs-backend-cpu',
      '@tensorflow/tfjs-backend-wasm',
      '@tensorflow/tfjs-backend-webgl',
      '@tensorflow/tfjs-backend-webgpu',
      '@tensorflow/tfjs-core',
      '@tensorflow/tfjs-data',
      '@tensorflow/tfjs-layers',
      'fast-check',
    ],
  },
  test: {
    testTimeout: 60_000,
    // The advice to install tfjs-node, which every test file would print again.
    onConsoleLog: (log) => !log.includes('running TensorFlow.js in Node.js'),
    coverage: {
      include: ['src/**/*.ts'],
      // These run on graphics processors, which the projects of `npm run test:coverage` have not.
      exclude: ['src/kernels/gpu/**', 'src/shaders/**', 'src/formula/shader*.ts'],
      thresholds: {lines: 99, branches: 97, functions: 99},
    },
    projects: [
      backendProject('cpu', {include: ['{bench,examples,test}/**/*.test.ts'], exclude: []}),
      backendProject('wasm', {}),
      backendProject('ops', {exclude: [...backendFree, 'test/errors/**', 'test/kernels/**']}, casesOnOps),
      browserProject('webgl'),
      browserProject('webgpu'),
      webgpuInNode(),
    ],
  },
});
