import {defineConfig} from 'vitest/config';
import {sourceAlias} from './scripts/sourceAlias.js';

/** What takes too long, or needs a network, for `npm test`. */
export default defineConfig({
  resolve: {alias: sourceAlias},
  test: {include: ['test/**/*.nightly.ts'], testTimeout: 60_000},
});
