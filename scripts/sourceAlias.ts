import {fileURLToPath} from 'node:url';

const source = (path: string) => fileURLToPath(new URL(`../src/${path}`, import.meta.url));

/** The examples name the package as a user would; here its names lead to the source. The longer ones come first. */
export const sourceAlias = {
  'tfjs-losses/core': source('core/index.ts'),
  'tfjs-losses/metrics': source('metrics/index.ts'),
  'tfjs-losses/recognition': source('recognition/index.ts'),
  'tfjs-losses': source('index.ts'),
};
