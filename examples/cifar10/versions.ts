import {readFileSync} from 'node:fs';
import * as tf from '@tensorflow/tfjs';

/** What the results of a run depend on, beside its configuration. */
export function versions(): Record<string, string> {
  const {version} = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  return {
    'tfjs-losses': version,
    '@tensorflow/tfjs': tf.version.tfjs,
    backend: tf.getBackend(),
    node: process.versions.node,
    platform: `${process.platform} ${process.arch}`,
  };
}
