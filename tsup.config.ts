import {defineConfig, type Options} from 'tsup';

/** `@tensorflow/tfjs-core` and `-layers` are, on a plain page, both the global `tf`. */
const globalTf: NonNullable<Options['esbuildPlugins']>[number] = {
  name: 'global-tf',
  setup(build) {
    build.onResolve({filter: /^@tensorflow\/tfjs-(core|layers)$/}, () => ({
      path: 'tf',
      namespace: 'global-tf',
    }));
    build.onLoad({filter: /.*/, namespace: 'global-tf'}, () => ({
      contents: `
        const {tf} = globalThis;
        if (!tf?.layers) {
          throw new Error(
            'tfjs-losses: load tf.min.js first: ' +
              '<script src="https://cdn.jsdelivr.net/npm/@tensorflow/tfjs@4"></script> before the script of tfjs-losses',
          );
        }
        module.exports = tf;`,
    }));
  },
};

const common: Options = {target: 'es2022', sourcemap: true};

export default defineConfig([
  {
    ...common,
    entry: {
      index: 'src/index.ts',
      core: 'src/core/index.ts',
      metrics: 'src/metrics/index.ts',
      recognition: 'src/recognition/index.ts',
    },
    splitting: false, // each entry point is one file, and grows by nothing that the others need
    format: ['esm', 'cjs'],
    dts: true,
    clean: ['!tfjs-losses.min.js*'], // the build below runs at the same time
  },
  {
    ...common,
    entry: {'tfjs-losses': 'src/index.ts'},
    format: 'iife',
    globalName: 'tfjsLosses',
    minify: true,
    outExtension: () => ({js: '.min.js'}),
    noExternal: [/^@tensorflow\//],
    esbuildPlugins: [globalTf],
  },
]);
