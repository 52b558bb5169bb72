import {fileURLToPath} from 'node:url';
import {defineConfig} from 'vite';
import {sourceAlias} from '../../scripts/sourceAlias.js';
import {digitsPlugin} from './digits/plugin.js';

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  // The built page works in any folder of any file server.
  base: './',
  resolve: {alias: sourceAlias},
  plugins: [digitsPlugin()],
  worker: {format: 'es'},
  build: {
    outDir: fileURLToPath(new URL('../../docs/site/playground', import.meta.url)),
    emptyOutDir: true,
    target: 'es2022',
    // tfjs is that large, …
    chunkSizeWarningLimit: 1500,
    // … and takes its time.
    rolldownOptions: {checks: {pluginTimings: false}},
  },
});
