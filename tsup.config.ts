import {defineConfig} from 'tsup';

export default defineConfig({
  entry: {index: 'src/index.ts', metrics: 'src/metrics/index.ts', recognition: 'src/recognition/index.ts'},
  splitting: false, // each entry point is one file, and grows by nothing that the others need
  format: ['esm', 'cjs'],
  target: 'es2022',
  dts: true,
  sourcemap: true,
  clean: true,
});
